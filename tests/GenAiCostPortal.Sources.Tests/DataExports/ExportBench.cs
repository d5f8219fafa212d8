using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>An export in a bucket of AWS on this machine, and the portal that reads it.</summary>
internal sealed class ExportBench : IAsyncDisposable
{
    public const string Bucket = "acme-exports", Root = "billing/genai/", Payer = "111111111111", Other = "222222222222";
    public static readonly DateTime Now = new(2026, 11, 21, 6, 40, 0, DateTimeKind.Utc);

    private ExportBench(TestClock clock, AwsTestServer server, TestPortal portal) => (Clock, Server, Portal) = (clock, server, portal);

    public TestClock Clock { get; }
    public AwsTestServer Server { get; }
    public TestPortal Portal { get; }

    public static async Task<ExportBench> OpenAsync(Action<AwsConnectionOptions>? set = null)
    {
        var clock = new TestClock(Now);
        var server = await AwsTestServer.StartAsync(clock);
        var connection = server.Connection("us-east-1");
        connection.DataExports = new DataExportsOptions { Enabled = true, Bucket = Bucket, Prefix = "billing" };
        set?.Invoke(connection);
        server.Buckets.All.TryAdd(Bucket, new());
        return new ExportBench(clock, server, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, clock));
    }

    /// <summary>Delivers a billing period as AWS does: files first, the manifest last.</summary>
    /// <param name="execution">Folder of this execution; empty when deliveries overwrite each other.</param>
    public void Deliver(string period, DateTime writtenAt, string execution, params string[] files)
    {
        var sub = execution.Length > 0 ? execution + "/" : "";
        var keys = files.Select((text, i) => (Key: $"{Root}data/BILLING_PERIOD={period}/{sub}genai-{i + 1:00000}.csv.gz", Bytes: Gzip(text))).ToList();
        foreach (var (key, bytes) in keys) Put(key, bytes, writtenAt.AddMinutes(-5));
        Manifest(period, writtenAt, sub, [.. keys.Select(k => $"s3://{Bucket}/{k.Key}")]);
    }

    public void Manifest(string period, DateTime writtenAt, string sub, params string[] files) =>
        Put($"{Root}metadata/BILLING_PERIOD={period}/{sub}genai-Manifest.json", Encoding.UTF8.GetBytes(new JsonObject
        {
            ["exportName"] = "genai", ["columns"] = new JsonArray(), ["dataFiles"] = new JsonArray([.. files.Select(f => (JsonNode)f)]),
        }.ToJsonString()), writtenAt);

    public void Put(string key, byte[] bytes, DateTime at) => Server.Buckets.All[Bucket][key] = new TestObject(bytes, at);

    public Task<FeedRun> RunAsync(JobRequest? request = null) => Portal.RunAsync("DataExports", request);

    public Task<List<BilledLine>> LinesAsync() => Portal.ReadAsync(db => db.BilledLines.AsNoTracking().OrderBy(l => l.Day).ThenByDescending(l => l.AmountNanoUsd).ToListAsync());

    public async Task<decimal> TotalUsdAsync() => Money.ToUsd((await LinesAsync()).Sum(l => l.AmountNanoUsd));

    public async Task<decimal> OutsideUsdAsync() => Money.ToUsd(await Portal.ReadAsync(db => db.OutsideScopeCosts.SumAsync(o => o.AmountNanoUsd)));

    public string Name(int id) => Portal.Get<Dimensions>().Name(id);

    public int FilesRead => Server.Calls.Count(c => c.Operation == "GetObject" && c.Body.GetProperty("Key").GetString()!.EndsWith(".gz", StringComparison.Ordinal));

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>Files of an export as text.</summary>
internal static class MadeExport
{
    public const string Nova = "USE1-NovaLite-input-tokens", Claude = "USE1-MP:USE1_InputTokenCount-Units";

    public static readonly string[] CurColumns =
    [
        "bill_invoice_id", "line_item_usage_start_date", "line_item_usage_account_id", "line_item_usage_account_name", "line_item_line_item_type", "line_item_product_code",
        "line_item_usage_type", "line_item_usage_amount", "line_item_unblended_cost", "line_item_resource_id", "line_item_iam_principal", "line_item_line_item_description",
        "pricing_unit", "product", "product_region_code", "resource_tags", "cost_category",
    ];

    public static readonly string[] FocusColumns =
    [
        "BilledCost", "EffectiveCost", "ChargePeriodStart", "ChargeCategory", "ChargeClass", "ConsumedQuantity", "ConsumedUnit", "InvoiceId", "RegionId", "ResourceId", "ServiceName",
        "SkuMeter", "SubAccountId", "SubAccountName", "Tags", "PricingQuantity", "PricingUnit",
    ];

    /// <summary>An hour of Nova Lite input in the payer's account; <paramref name="also"/> changes columns.</summary>
    public static Dictionary<string, string> Cur(string time, string usd, params (string Column, string Value)[] also)
    {
        var row = new Dictionary<string, string>
        {
            ["line_item_usage_start_date"] = time, ["line_item_usage_account_id"] = ExportBench.Payer, ["line_item_usage_account_name"] = "Prod", ["line_item_line_item_type"] = "Usage",
            ["line_item_product_code"] = "AmazonBedrock", ["line_item_usage_type"] = Nova, ["line_item_usage_amount"] = "1000", ["line_item_unblended_cost"] = usd,
            ["pricing_unit"] = "1K tokens", ["product"] = """{"product_name":"Amazon Bedrock","region_code":"us-east-1"}""", ["product_region_code"] = "us-east-1",
        };
        foreach (var (column, value) in also) row[column] = value;
        return row;
    }

    /// <summary>A line of another service.</summary>
    public static Dictionary<string, string> Ec2(string time, string usd, params (string Column, string Value)[] also) => Cur(time, usd,
        [("line_item_product_code", "AmazonEC2"), ("product", """{"product_name":"Amazon Elastic Compute Cloud"}"""), ("line_item_usage_type", "BoxUsage:m5.large"), ("pricing_unit", "Hrs"), .. also]);

    public static Dictionary<string, string> Focus(string time, string usd, params (string Column, string Value)[] also)
    {
        var row = new Dictionary<string, string>
        {
            ["BilledCost"] = usd, ["EffectiveCost"] = usd, ["ChargePeriodStart"] = time, ["ChargeCategory"] = "Usage", ["ConsumedQuantity"] = "1000", ["ConsumedUnit"] = "1K tokens",
            ["RegionId"] = "us-east-1", ["ServiceName"] = "Amazon Bedrock", ["SkuMeter"] = Nova, ["SubAccountId"] = ExportBench.Payer, ["SubAccountName"] = "Prod",
        };
        foreach (var (column, value) in also) row[column] = value;
        return row;
    }

    public static string File(IReadOnlyList<string> columns, params IEnumerable<Dictionary<string, string>> rows)
    {
        var text = new StringBuilder(string.Join(',', columns.Select(Quoted))).Append('\n');
        foreach (var row in rows) text.Append(string.Join(',', columns.Select(c => Quoted(row.GetValueOrDefault(c, ""))))).Append('\n');
        return text.ToString();
    }

    public static string Day(int day, int hour = 0) => string.Create(CultureInfo.InvariantCulture, $"2026-11-{day:00}T{hour:00}:00:00.000Z");

    private static string Quoted(string value) => value.AsSpan().IndexOfAny(",\"\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
