using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.PriceList;

/// <summary>Reads AWS's list prices of Bedrock once a week: through a connection, or from the public files.</summary>
internal sealed class PriceListJob(
    AwsConnections connections, AwsOptions options, OfferFiles files, PriceListWriter writer, PriceFinder finder, FeedRuns runs, TimeProvider time) : IScheduledJob
{
    private static readonly string[] Offers = ["AmazonBedrock", PriceListReading.FoundationModels, "AmazonBedrockService"];
    private readonly PriceListOptions _options = options.PriceList;

    public string Name => "PriceList";
    public IReadOnlyList<string> Connections => _options.Enabled ? [_options.Connection] : [];
    /// <summary>Prices are as they are listed today.</summary>
    public TimeSpan? Reach => null;

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) =>
    [
        new FeedPlan(Name, _options.Connection, "AWS price list", "List prices of Bedrock's models by region, tier and routing, each from its day on",
            _options.Connection is "" ? $"Nothing; it comes from the public files of {_options.Url}, without credentials, or through the connection that PriceList:Connection names" : "Nothing",
            // While it is off both ways are open.
            _options.Enabled && _options.Connection is "" ? [] : ["pricing:GetProducts"], _options.Enabled, _options.Enabled ? when : "off", TimeSpan.FromDays(15), nextRun),
    ];

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (finder.LoadedAt is null) await finder.LoadAsync(cancel);
        var reading = new PriceListReading(finder.All);
        var missing = _options.Connection is "" ? await ReadFilesAsync(reading, run, cancel) : await AskAsync(reading, connections.Get(_options.Connection), run, cancel);

        var now = time.GetUtcNow().UtcDateTime;
        var lastRead = await runs.CoveredToAsync(Name, run.Connection, cancel);
        var (added, contradictory) = await writer.WriteAsync(reading.Prices, lastRead is { } day ? DateOnly.FromDateTime(day) : null, cancel);
        run.Rows = reading.Prices.Count;
        run.Message = string.Create(CultureInfo.InvariantCulture,
            $"{reading.Products} products of {Regions.Count} regions: {reading.Prices.Count} token prices, {added} new rows; {reading.Others} products are not about tokens.");
        if (reading.Unused > 0) run.Message += $" Not used: {reading.UnusedWords}.";
        if (contradictory > 0) run.Message += string.Create(CultureInfo.InvariantCulture, $" {contradictory} prices are listed twice, differently, and are not used.");
        if (missing.Count > 0) run.Message += $" Not listed: {string.Join(", ", missing)}.";
        if (reading.Prices.Count == 0)
            throw new CannotRunException($"The price list has no token price that can be used. {run.Message}", "Check PriceList:Regions and, with the public files, PriceList:Url. Known prices stay as they are.");
        run.Cover(lastRead ?? now.AddMinutes(-1), now);
    }

    private IReadOnlyList<string> Regions => _options.Regions.Count > 0 ? _options.Regions
        : options.Connections.SelectMany(c => c.Regions).Distinct().ToList() is { Count: > 0 } all ? all : ["us-east-1"];

    private async Task<List<string>> ReadFilesAsync(PriceListReading reading, JobRun run, CancellationToken cancel)
    {
        var missing = new List<string>();
        for (var i = 0; i < Offers.Length; i++)
        {
            if (await files.RegionsAsync(Offers[i], run.Tally, cancel) is not { } paths)
            {
                missing.Add(Offers[i]);
                continue;
            }
            for (var r = 0; r < Regions.Count; r++)
            {
                if (!paths.TryGetValue(Regions[r], out var path)) missing.Add($"{Offers[i]} in {Regions[r]}");
                else await ReadFileAsync(reading, Offers[i], path, run, cancel);
                run.Progress.Report((i + (r + 1.0) / Regions.Count) / Offers.Length);
            }
        }
        return missing;
    }

    private Task ReadFileAsync(PriceListReading reading, string offer, string path, JobRun run, CancellationToken cancel)
    {
        // Only what is about tokens is kept until its price comes.
        var products = new Dictionary<string, TokenProduct>(StringComparer.Ordinal);
        var file = new OfferFile(
            json =>
            {
                var product = OfferProduct.Read(offer, json);
                if (reading.Read(product) is { } token) products[product.Sku] = token;
            },
            (sku, terms, published) =>
            {
                if (!products.TryGetValue(sku, out var token)) return;
                foreach (var price in OfferPrice.Read(terms)) reading.Add(token, price, published);
            });
        return files.ReadAsync(path, file, run.Tally, cancel);
    }

    private async Task<List<string>> AskAsync(PriceListReading reading, AwsConnection connection, JobRun run, CancellationToken cancel)
    {
        var api = new AwsJsonApi(connection, "pricing", connection.HomeRegion, "AWSPriceListService", run.Tally);
        var missing = new List<string>();
        for (var i = 0; i < Offers.Length; i++)
        {
            foreach (var region in Regions)
            {
                var products = reading.Products;
                try
                {
                    var pages = api.PagesAsync<GetProductsResponse>("GetProducts", t => new GetProductsRequest(Offers[i], [new PriceFilter("regionCode", region)], t), a => a.NextToken, cancel);
                    await foreach (var page in pages)
                        foreach (var item in page.PriceList) Take(reading, Offers[i], item);
                }
                // What the price list says of a service it does not know.
                catch (AwsRefusedException refusal) when (refusal.Code is "InvalidParameterException" or "NotFoundException")
                {
                    missing.Add(Offers[i]);
                    break;
                }
                if (reading.Products == products) missing.Add($"{Offers[i]} in {region}");
            }
            run.Progress.Report((i + 1.0) / Offers.Length);
        }
        return missing;
    }

    private static void Take(PriceListReading reading, string offer, string item)
    {
        try
        {
            using var json = JsonDocument.Parse(item);
            if (!json.RootElement.TryGetProperty("product", out var product) || reading.Read(OfferProduct.Read(offer, product)) is not { } token) return;
            if (!json.RootElement.TryGetProperty("terms", out var terms) || !terms.TryGetProperty("OnDemand", out var onDemand)) return;
            var published = json.RootElement.TryGetProperty("publicationDate", out var date) ? OfferFile.DateOf(date) : null;
            foreach (var price in OfferPrice.Read(onDemand)) reading.Add(token, price, published);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, e.Message, 200, null, e);
        }
    }
}
