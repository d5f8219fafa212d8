using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.DataExports;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static GenAiCostPortal.Sources.DataExports.MadeExport;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>A day of a bill on both sides of the border, rules that move it, and the doors through which it comes.</summary>
internal static class BorderBench
{
    internal const string Payer = ExportBench.Payer, Product = ExportBench.Other, Lambda = "AWS Lambda", Search = "Amazon OpenSearch Service", S3 = "Amazon Simple Storage Service";
    internal static readonly DateTime Now = ExportBench.Now;
    internal static readonly DateOnly BillDay = new(2026, 11, 12);

    internal static readonly OwnerRuleDraft OfLambda = new()
    {
        Name = "Functions of retrieval", Feature = "retrieval",
        Conditions = [new(RuleSubject.Service, RuleMatch.Is, "aws lambda"), new(RuleSubject.Account, RuleMatch.Is, Product), new(RuleSubject.UsageType, RuleMatch.Contains, "GB-Second")],
    };

    internal static readonly OwnerRuleDraft OfSearch = new()
    {
        Name = "Vector store", Team = "Search",
        Conditions = [new(RuleSubject.Service, RuleMatch.StartsWith, "Amazon OpenSearch"), new(RuleSubject.Tag, RuleMatch.Is, "AI", "CostCenter")],
    };

    internal static readonly OwnerRuleDraft OfCostCenter = new() { Name = "Cost centre", Feature = "assistants", Conditions = [new(RuleSubject.Tag, RuleMatch.Is, "ai", "CostCenter")] };

    /// <summary>A day of $94.50: Bedrock 10, Lambda 21 (3 of it with the feature's tag), OpenSearch 15, EC2 48 with 4 of tax, S3 0.50.</summary>
    internal static TestLine[] Lines(string day) =>
    [
        new(day, Payer, "Amazon Bedrock", Nova, 10m, 1000, "1K tokens"),
        new(day, Product, Lambda, "Lambda-GB-Second", 3m, 30, "Second", Tag: "chat"),
        new(day, Product, Lambda, "Lambda-GB-Second", 5m, 50, "Second"),
        new(day, Product, Lambda, "Request", 2m, 20, "Requests"),
        new(day, Payer, Lambda, "Lambda-GB-Second", 7m, 70, "Second"),
        new(day, Payer, Lambda, "Lambda-GB-Second", 4m, 40, "Second") { Tags = Tags("ai") },
        new(day, Product, Search, "EU-SearchOCU", 6m, 60, "OCU-Hours") { Tags = Tags("ai") },
        new(day, Product, Search, "EU-SearchOCU", 8m, 80, "OCU-Hours") { Tags = Tags("web") },
        new(day, Product, Search, "EU-SearchOCU", 1m, 10, "OCU-Hours"),
        new(day, Payer, "Amazon Elastic Compute Cloud", "BoxUsage:m5.large", 44m, 24, "Hrs"),
        new(day, Payer, "Amazon Elastic Compute Cloud", "", 4m, RecordType: "Tax"),
        new(day, Payer, S3, "TimedStorage-ByteHrs", 0.5m, 5, "GB-Mo") { Tags = Tags("ai") },
    ];

    internal static Dictionary<string, string> Tags(string costCenter) => new() { ["CostCenter"] = costCenter };

    internal static Task<ExportBench> OpenAsync() => ExportBench.OpenAsync(c => c.CostExplorer.Enabled = true);

    internal static async Task<ExportBench> CostExplorerAsync()
    {
        var bench = await OpenAsync();
        bench.Server.Bill.Lines.AddRange(Lines("2026-11-12"));
        return bench;
    }

    internal static async Task AddAsync(ExportBench bench, params OwnerRuleDraft[] rules)
    {
        foreach (var rule in rules) Assert.Equal("", (await bench.Portal.Get<RuleDesk>().AddAsync(rule, "Ada")).Words);
    }

    /// <summary>Asks for every day that is stored or in the look-back, as the first run of the next day does.</summary>
    internal static async Task<FeedRun> NextDayAsync(ExportBench bench)
    {
        bench.Server.Calls.Clear();
        bench.Clock.Now = bench.Clock.Now.AddHours(24);
        return await bench.Portal.RunAsync("CostExplorer");
    }

    /// <summary>The ledger of the day by account and service: feature, team, method, dollars.</summary>
    internal static async Task<string[]> LedgerAsync(ExportBench bench)
    {
        var entries = await bench.Portal.ReadAsync(db => db.LedgerEntries.AsNoTracking().Where(e => e.Day == BillDay).ToListAsync());
        return [.. entries.GroupBy(e => string.Join(' ', bench.Name(e.AccountId)[..4], bench.Name(e.BilledServiceId), $"[{bench.Name(e.FeatureId)}/{bench.Name(e.TeamId)}]", e.Method))
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {Money.ToUsd(g.Sum(e => e.AmountNanoUsd)):0.00}")).Order(StringComparer.Ordinal)];
    }

    internal static async Task<(decimal InScope, decimal Outside)> SidesAsync(ExportBench bench) => (await bench.TotalUsdAsync(), await bench.OutsideUsdAsync());

    internal static async Task<BilledDaysRead> ReadAsync(ExportBench bench, IReadOnlyList<OwnerRule> rules) => await bench.Portal.Get<CostExplorerReader>().ReadAsync(
        bench.Portal.Get<AwsConnections>().Get("Payer"), new(2026, 11, 10), new(2026, 11, 14), new AwsRequestTally(), border: await bench.Portal.Get<BorderReader>().ReadAsync(rules));

    internal static CostExplorerQuestions Questions(ExportBench bench) => new(bench.Portal.Get<AwsOptions>(), bench.Portal.Get<OwnerKeys>());

    internal static async Task<CostExplorerQuestion> AskAsync(ExportBench bench, DateOnly from, DateOnly to) =>
        Questions(bench).OfPeriod(from, to, await bench.Portal.Get<BillTrailReport>().ScopesAsync(from, to));

    internal static decimal Sum(ExportBench bench, string question) =>
        bench.Server.Bill.Answer(JsonSerializer.Deserialize<JsonElement>(question))["ResultsByTime"]!.AsArray().SelectMany(t => t!["Groups"]!.AsArray())
            .Sum(g => decimal.Parse(g!["Metrics"]!["UnblendedCost"]!["Amount"]!.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture));

    internal static async Task<int> FilesReadAsync(ExportBench bench)
    {
        bench.Server.Calls.Clear();
        await bench.RunAsync();
        return bench.FilesRead;
    }

    internal static Dictionary<string, string> CurOf(TestLine l) => Cur(l.Day + "T01:00:00Z", Text(l.Usd), ("line_item_usage_account_id", l.Account), ("product", $$"""{"product_name":"{{l.Service}}"}"""),
        ("line_item_product_code", "x"), ("line_item_usage_type", l.UsageType), ("line_item_usage_amount", Text(l.Quantity)), ("pricing_unit", l.Unit), ("line_item_line_item_type", l.RecordType),
        ("resource_tags", JsonSerializer.Serialize(All(l, "user_genai_workload", "user_cost_center"))), ("product_region_code", l.UsageType.StartsWith("EU-", StringComparison.Ordinal) ? "eu-west-1" : "us-east-1"));

    internal static Dictionary<string, string> FocusOf(TestLine l) => Focus(l.Day + "T01:00:00Z", Text(l.Usd), ("SubAccountId", l.Account), ("ServiceName", l.Service), ("SkuMeter", l.UsageType),
        ("ConsumedQuantity", Text(l.Quantity)), ("ConsumedUnit", l.Unit), ("ChargeCategory", l.RecordType), ("Tags", JsonSerializer.Serialize(All(l, "GenAI:Workload", "CostCenter"))));

    internal static Dictionary<string, string> All(TestLine l, string feature, string center)
    {
        var all = l.Tags.ToDictionary(t => center, t => t.Value);
        if (l.Tag.Length > 0) all[feature] = l.Tag;
        return all;
    }

    internal static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
