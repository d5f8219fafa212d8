using System.Text;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.PriceList;

public sealed class PriceListJobTests
{
    private const string Own = "AmazonBedrock";
    private const string Marketplace = "AmazonBedrockFoundationModels";
    private static readonly DateTime Now = new(2026, 11, 23, 4, 30, 0, DateTimeKind.Utc);
    private static readonly ModelName Palmyra = ModelNameReader.Read("us.writer.palmyra-x5-v1:0");
    private static readonly ModelName GlobalPalmyra = ModelNameReader.Read("global.writer.palmyra-x5-v1:0");
    private static readonly ModelName Micro = ModelNameReader.Read("amazon.nova-micro-v1:0");
    private readonly TestClock _clock = new(Now);

    private sealed record Bench(TestPriceList List, AwsTestServer Server, TestPortal Portal) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Portal.DisposeAsync();
            await Server.DisposeAsync();
            await List.DisposeAsync();
        }
    }

    private async Task<Bench> OpenAsync(bool fromFiles, params string[] regions)
    {
        var list = new TestPriceList();
        var server = await AwsTestServer.StartAsync(_clock);
        list.Answer(server);
        var options = new AwsOptions { Connections = [server.Connection(regions.Length > 0 ? regions : ["us-east-1"])] };
        options.PriceList.Enabled = true;
        if (fromFiles) options.PriceList.Url = await list.ServeAsync();
        else options.PriceList.Connection = "Payer";
        return new Bench(list, server, await TestPortal.OpenAsync(options, _clock));
    }

    private static TestProduct Nova(string usageType, string usd, string unit = "1K tokens", string region = "us-east-1", string from = "2026-03-01T00:00:00Z") => new(Own, region, usageType, unit, usd, from);

    private static TestProduct OfMarketplace(string usageType, string usd, string model = "Writer Palmyra X5", string region = "us-east-1") =>
        new(Marketplace, region, usageType, "Units", usd) { ServiceName = $"{model} (Amazon Bedrock Edition)" };

    private static Task<List<Price>> RowsAsync(TestPortal portal) => portal.ReadAsync(db => db.Prices.AsNoTracking().Where(p => p.ReadOn == new DateOnly(2026, 11, 23)).OrderBy(p => p.Id).ToListAsync());

    private static Price? At(TestPortal portal, ModelName model, DateTime at, ServiceTier tier = ServiceTier.Standard, string region = "us-east-1") =>
        portal.Get<PriceFinder>().Find(model, tier, ContextBand.Normal, region, at);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_ways_give_the_same_rows_in_nano_dollars_per_million_tokens(bool fromFiles)
    {
        await using var bench = await OpenAsync(fromFiles);
        bench.List.Products.AddRange(
        [
            Nova("USE1-NovaMicro-input-tokens", "0.0000400000"), Nova("USE1-NovaMicro-output-tokens", "0.16", "1M tokens"), Nova("USE1-NovaMicro-cache-read-input-token-count", "0.00001"),
            Nova("USE1-NovaMicro-cache-write-input-token-count", "0.0000000000"), Nova("USE1-NovaMicro-input-tokens-batch", "0.00002"),
            OfMarketplace("USE1-MP:USE1_InputTokenCount-Units", "0.66"), OfMarketplace("USE1-MP:USE1_InputTokenCount_Global-Units", "0.60"), OfMarketplace("USE1-MP:USE1_OutputTokenCount-Units", "6.6"),
        ]);
        var run = await bench.Portal.RunAsync("PriceList");
        Assert.Equal((FeedOutcome.Succeeded, 8L, fromFiles ? "" : "Payer"), (run.Outcome, run.Rows, run.Connection));
        Assert.Equal("8 products of 1 regions: 8 token prices, 4 new rows; 0 products are not about tokens. Not listed: AmazonBedrockService" + (fromFiles ? "." : " in us-east-1."), run.Message);
        // Computed by hand: 0.00004 USD per 1K tokens are 0.04 USD, 40,000,000 nano-USD, per million.
        Assert.Equal(
            [
                ("amazon.nova-micro", ServiceTier.Standard, RoutingScope.InRegion, 40_000_000L, 160_000_000L, 10_000_000L, 0L),
                ("amazon.nova-micro", ServiceTier.Batch, RoutingScope.InRegion, 20_000_000L, null, null, null),
                ("writer.palmyra-x5", ServiceTier.Standard, RoutingScope.Global, 600_000_000L, null, null, null),
                ("writer.palmyra-x5", ServiceTier.Standard, RoutingScope.InRegion, 660_000_000L, (long?)6_600_000_000L, (long?)null, (long?)null),
            ], (await RowsAsync(bench.Portal)).OrderBy(r => r.Model, StringComparer.Ordinal).ThenBy(r => r.Tier).ThenByDescending(r => r.Scope)
                .Select(r => (r.Model, r.Tier, r.Scope, r.InputNanoUsd!.Value, r.OutputNanoUsd, r.CacheReadNanoUsd, r.CacheWrite5mNanoUsd)));
        Assert.All(await RowsAsync(bench.Portal), r => Assert.Equal((PriceSource.AwsPriceList, "us-east-1", new DateOnly(2026, 3, 1)), (r.Source, r.Region, r.EffectiveFrom)));
        Assert.StartsWith("AWS price list AmazonBedrock of 2026-11-17", At(bench.Portal, Micro, Now)!.Provenance, StringComparison.Ordinal);
        Assert.Equal((660_000_000L, 600_000_000L), (At(bench.Portal, Palmyra, Now)!.InputNanoUsd!.Value, At(bench.Portal, GlobalPalmyra, Now)!.InputNanoUsd!.Value));
        Assert.NotEqual(PriceSource.AwsPriceList, At(bench.Portal, Palmyra, new DateTime(2026, 2, 28, 23, 0, 0, DateTimeKind.Utc))?.Source);
        if (!fromFiles) Assert.All(bench.Server.Calls, c => Assert.Equal(("pricing", "us-east-1"), (c.Service, c.Region)));
        Assert.Equal(0L, run.RequestCostNanoUsd);
    }

    [Fact]
    public async Task Reading_again_adds_nothing_and_a_later_price_holds_from_its_day()
    {
        await using var bench = await OpenAsync(false);
        bench.List.Products.AddRange([Nova("USE1-NovaMicro-input-tokens", "0.00004"), Nova("USE1-NovaMicro-output-tokens", "0.00016")]);
        await bench.Portal.RunAsync("PriceList");
        var before = await RowsAsync(bench.Portal);
        var notices = 0;
        using var listening = bench.Portal.Get<LedgerChanges>().Subscribe(part => notices += part == LedgerPart.Prices ? 1 : 0);
        _clock.Now = Now.AddDays(7);
        Assert.Contains("0 new rows", (await bench.Portal.RunAsync("PriceList")).Message, StringComparison.Ordinal);
        Assert.Equal(0, notices);

        bench.List.Products[0] = bench.List.Products[0] with { Usd = "0.00003", From = "2026-12-15T00:00:00Z" };
        _clock.Now = Now.AddDays(14);
        Assert.Contains("1 new rows", (await bench.Portal.RunAsync("PriceList")).Message, StringComparison.Ordinal);
        Assert.Equal(1, notices);
        Assert.Equal(40_000_000L, At(bench.Portal, Micro, new DateTime(2026, 12, 14, 23, 59, 0, DateTimeKind.Utc))!.InputNanoUsd);
        Assert.Equal((30_000_000L, 160_000_000L), At(bench.Portal, Micro, new DateTime(2026, 12, 15, 0, 0, 0, DateTimeKind.Utc)) is { } p ? (p.InputNanoUsd!.Value, p.OutputNanoUsd!.Value) : default);
        Assert.Equal(before.Select(r => (r.Id, r.InputNanoUsd, r.EffectiveFrom)), (await RowsAsync(bench.Portal)).Select(r => (r.Id, r.InputNanoUsd, r.EffectiveFrom)));
    }

    [Fact]
    public async Task What_is_not_understood_is_counted_and_named_and_never_priced()
    {
        await using var bench = await OpenAsync(true);
        bench.List.Products.AddRange(
        [
            Nova("USE1-NovaMicro-input-tokens", "0.00004"),
            Nova("USE1-Mystery-things", "1"), Nova("USE1-qqq-zzz9-input-tokens", "0.001"), Nova("USE1-NovaLite-input-tokens", "0.00006", "1K TPM Hour"), Nova("USE1-NovaLite-output-tokens", "0.06", "1K tokens"),
            Nova("USE1-NovaPro-input-tokens", "0"), Nova("USE1-NovaPro-output-tokens", "0.0032") with { Grades = 2 }, Nova("USE1-NovaPremier-input-tokens-flex", "0.001") with { Also = [("service_tier", "Priority")] },
            // Not about tokens of the model itself.
            Nova("USE1-NovaCanvas-T2I-1024-Standard", "0.04", "image"), Nova("USE1-NovaMicro-input-tokens-custom-model", "0.00009"), Nova("USE1-Guardrail-ContentPolicyUnitsConsumed", "0.00015", "TextUnits"),
            Nova("USE1-NovaMicro-output-tokens", "0.5") with { Also = [("feature", "Model Customization")] },
            OfMarketplace("USE1-MP:USE1_InputTokenCount-Units", "3.26", "Claude Instant (100K)"),
        ]);
        var run = await bench.Portal.RunAsync("PriceList");
        Assert.Equal((FeedOutcome.Succeeded, 1L), (run.Outcome, run.Rows));
        Assert.Single(await RowsAsync(bench.Portal));
        Assert.Contains("13 products of 1 regions: 1 token prices, 1 new rows; 5 products are not about tokens.", run.Message, StringComparison.Ordinal);
        foreach (var words in new[]
        {
            "1 unknown usage types (USE1-Mystery-things)", "1 unknown models (USE1-qqq-zzz9-input-tokens)", "1 unknown units (1K TPM Hour)", "1 a hundred times off what is known (USE1-NovaLite-output-tokens)",
            "1 without a price (USE1-NovaPro-input-tokens)", "1 graded by volume (USE1-NovaPro-output-tokens)", "1 unclear tiers (USE1-NovaPremier-input-tokens-flex)",
        })
            Assert.Contains(words, run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tiers_are_read_from_attributes_where_the_usage_type_does_not_say_them()
    {
        await using var bench = await OpenAsync(false);
        bench.List.Products.AddRange(
        [
            Nova("USE1-NovaMicro-input-tokens", "0.00004"),
            Nova("USE2-NovaMicro-input-tokens", "0.00002") with { Also = [("feature", "Batch Inference")] }, Nova("USW2-NovaMicro-input-tokens", "0.00007") with { Also = [("inferenceType", "Input tokens priority")] },
        ]);
        await bench.Portal.RunAsync("PriceList");
        // The attribute of the region wins over the usage type's prefix.
        Assert.Equal([(ServiceTier.Standard, 40_000_000L), (ServiceTier.Batch, 20_000_000L), (ServiceTier.Priority, 70_000_000L)],
            (await RowsAsync(bench.Portal)).OrderBy(r => r.Tier).Select(r => (r.Tier, r.InputNanoUsd!.Value)));
        Assert.All(await RowsAsync(bench.Portal), r => Assert.Equal("us-east-1", r.Region));
    }

    [Fact]
    public async Task Every_region_and_page_is_read_and_a_region_without_a_list_is_named()
    {
        await using var bench = await OpenAsync(true, "us-east-1", "eu-central-1", "sa-east-1");
        for (var i = 0; i < 400; i++) bench.List.Products.Add(Nova($"USE1-NovaMicro-T2I-{i}-Standard", "0.04", "image"));
        bench.List.Products.AddRange([Nova("USE1-NovaMicro-input-tokens", "0.00004"), Nova("EUC1-NovaMicro-input-tokens", "0.000046", region: "eu-central-1")]);
        var run = await bench.Portal.RunAsync("PriceList");
        Assert.Contains("402 products of 3 regions: 2 token prices", run.Message, StringComparison.Ordinal);
        Assert.Contains("AmazonBedrock in sa-east-1, AmazonBedrockFoundationModels, AmazonBedrockService", run.Message, StringComparison.Ordinal);
        Assert.Equal(46_000_000L, At(bench.Portal, Micro, Now, region: "eu-central-1")!.InputNanoUsd);
        Assert.Equal("/offers/v1.0/aws/AmazonBedrock/20261117000000/us-east-1/index.json", bench.List.Asked[1]);
    }

    [Fact]
    public async Task Denial_and_throttling_say_what_to_do_and_change_no_price()
    {
        await using var bench = await OpenAsync(false);
        bench.List.Products.Add(Nova("USE1-NovaMicro-input-tokens", "0.00004"));
        bench.Server.Fault = _ => TestFault.Denied("pricing:GetProducts");
        var run = await bench.Portal.RunAsync("PriceList");
        Assert.Equal((FeedOutcome.Failed, "The credentials lack pricing:GetProducts."), (run.Outcome, run.Message));
        Assert.Empty(await RowsAsync(bench.Portal));
        var left = 2;
        bench.Server.Fault = call => left-- > 0 ? TestFault.Throttle : call.Body.GetProperty("ServiceCode").GetString() == "AmazonBedrockService" ? new TestFault(400, "NotFoundException", "no such service") : null;
        run = await bench.Portal.RunAsync("PriceList");
        Assert.Equal(FeedOutcome.Succeeded, run.Outcome);
        Assert.EndsWith("Not listed: AmazonBedrockFoundationModels in us-east-1, AmazonBedrockService.", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_server_that_fails_or_lies_stops_the_run_and_changes_no_price()
    {
        await using var bench = await OpenAsync(true);
        bench.List.Products.Add(Nova("USE1-NovaMicro-input-tokens", "0.00004"));
        var asked = 0;
        bench.List.Status = path => path.EndsWith("us-east-1/index.json", StringComparison.Ordinal) && asked++ < 2 ? 503 : null;
        bench.List.Rewrite = text => text[..(text.Length / 2)];
        Assert.Equal((FeedOutcome.Failed, "The answer was not what the AWS API promises."), await bench.Portal.RunAsync("PriceList") is var cut ? (cut.Outcome, cut.Message) : default);
        Assert.Equal(3, asked);
        bench.List.Rewrite = _ => "[]";
        Assert.Equal(FeedOutcome.Failed, (await bench.Portal.RunAsync("PriceList")).Outcome);
        bench.List.Status = _ => 500;
        Assert.Equal("AWS had an error of its own, for longer than we retry.", (await bench.Portal.RunAsync("PriceList")).Message);
        Assert.Empty(await RowsAsync(bench.Portal));
        bench.List.Status = _ => 404;
        Assert.StartsWith("The price list has no token price that can be used.", (await bench.Portal.RunAsync("PriceList")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_off_until_asked_for()
    {
        await using var portal = await TestPortal.OpenAsync(new AwsOptions(), _clock);
        await portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        var state = Assert.Single(await portal.Get<FeedReport>().ReadAsync(), f => f.Feed == "PriceList");
        Assert.Equal((FeedHealth.Off, "off"), (state.Health, state.When));
        Assert.Equal(["pricing:GetProducts"], state.Needs);
        portal.Get<AwsOptions>().PriceList.Enabled = true;
        await portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        state = Assert.Single(await portal.Get<FeedReport>().ReadAsync(), f => f.Feed == "PriceList");
        // The public files need no permission.
        Assert.Equal((FeedHealth.NeverRan, "every Monday at 04:30 (UTC)"), (state.Health, state.When));
        Assert.Empty(state.Needs);
        portal.Get<AwsOptions>().PriceList.Enabled = false;
        Assert.Equal("PriceList is off: no connection has it enabled.", (await portal.Get<JobSchedule>().RunNowAsync("PriceList", "Ada")).Message);
    }

    [Fact]
    public async Task A_file_is_read_in_pieces_of_any_size()
    {
        var text = """{"publicationDate":"2026-11-17T01:02:03Z","products":{"A":{"sku":"A","attributes":{"usagetype":"ä"}},"B":{"sku":"B"}},"terms":{"Reserved":{"A":{"x":[1,{"products":{"C":1}}]}},"OnDemand":{"A":{"t":1},"B":{"t":2}}}}"""u8.ToArray();
        for (var size = 1; size <= text.Length; size += 7)
        {
            var said = new StringBuilder();
            var file = new OfferFile(p => said.Append(p.GetProperty("sku").GetString()), (sku, t, day) => said.Append(sku).Append(t.GetProperty("t").GetInt32()).Append(day?.Day));
            await file.ReadAsync(new Drip(text, size), CancellationToken.None);
            Assert.Equal("ABA117B217", said.ToString());
        }
    }

    /// <summary>Gives a few bytes at a time, as a slow line does.</summary>
    private sealed class Drip(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
