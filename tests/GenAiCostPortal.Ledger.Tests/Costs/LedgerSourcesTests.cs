using System.Text.Json;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What the store holds beside bill and calls reaches the ledger: tags, principals, resources and what they metered.</summary>
public sealed class LedgerSourcesTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Read1 = new(2026, 11, 14, 6, 0, 0, DateTimeKind.Utc);

    private static BilledLineRead Hosting(decimal usd) =>
        new(Day, TestBill.First, "us-east-1", "Amazon SageMaker", "USE1-Host:ml.m5.xlarge", ChargeCategory.Usage, null, usd, 24, "Hrs", false);

    private static async Task<string[]> BuildAsync(LedgerFixture f, params BilledLineRead[] lines)
    {
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, lines));
        await f.Get<LedgerBuild>().BuildDueAsync();
        return await EntriesAsync(f);
    }

    private static async Task<string[]> EntriesAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        var names = f.Get<Dimensions>();
        return [.. db.LedgerEntries.ToList().Where(e => e.AmountNanoUsd != 0).Select(e => FormattableString.Invariant($"{e.Method} {names.Name(e.FeatureId)} {names.Name(e.TeamId)} {Money.ToUsd(e.AmountNanoUsd)}{(e.Flags.HasFlag(LedgerFlags.Idle) ? " idle" : "")}")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Tags_and_principals_of_lines_name_owners_that_nobody_has_named_before()
    {
        await using var f = await TestBill.FixtureAsync();
        await using (var db = await f.OpenAsync())
        {
            db.OwnerRules.Add(new OwnerRule { Name = "worker", Feature = "invoices", Conditions = JsonSerializer.Serialize(new[] { new RuleCondition(RuleSubject.Principal, RuleMatch.Pattern, "*role/Worker*") }) });
            await db.SaveChangesAsync();
        }
        Assert.Equal(["Principal invoices  0.06", "Tag  Search 0.12", "Tag rank Search 0.18"], await BuildAsync(f,
            TestBill.Input(Day, 1_000_000) with { Principal = "arn:aws:iam::111111111111:role/Worker" },
            TestBill.Input(Day, 2_000_000) with { Tags = new Dictionary<string, string> { ["user:team"] = "Search" } },
            TestBill.Input(Day, 3_000_000) with { Tags = new Dictionary<string, string> { ["Team"] = "Search", ["genai_workload"] = "rank" } }));
    }

    [Fact]
    public async Task An_endpoints_hours_go_by_what_it_metered_and_its_tags()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<InventoryWriter>().WriteAsync(TestBill.First, "us-east-1",
            [new ResourceRead("arn:aws:sagemaker:us-east-1:111111111111:endpoint/docs", ResourceKinds.SageMakerEndpoint, "docs", TestBill.First, "us-east-1", "InService", new Dictionary<string, string> { ["team"] = "Billing" })], []);
        Assert.Equal(["Resource  Billing 2.4"], await BuildAsync(f, Hosting(2.4m)));

        // Invoked in 6 of 24 hours: 0.6 used, 1.8 idle. The metrics came late: the day is built again, although nothing else changed.
        await f.Get<ResourceMeterWriter>().WriteAsync([.. Enumerable.Range(8, 6).Select(h =>
            new MeteredResourceRead(UtcTime.Start(Day).AddHours(h), TestBill.First, "us-east-1", "SageMakerEndpoint/docs", "Invocations", 10))]);
        Assert.Equal(1, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        Assert.Equal(["Resource  Billing 0.6", "Resource  Billing 1.8 idle"], await EntriesAsync(f));
        // The same values again change nothing.
        await f.Get<ResourceMeterWriter>().WriteAsync([new MeteredResourceRead(UtcTime.Start(Day).AddHours(8), TestBill.First, "us-east-1", "SageMakerEndpoint/docs", "Invocations", 10)]);
        Assert.Equal(0, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
    }

    [Fact]
    public async Task A_tag_that_a_resource_gets_later_reaches_the_days_of_the_last_weeks()
    {
        await using var f = await TestBill.FixtureAsync();
        Assert.Equal(["Unattributed   2.4"], await BuildAsync(f, Hosting(2.4m)));
        await f.Get<InventoryWriter>().WriteAsync(TestBill.First, "us-east-1",
            [new ResourceRead("arn:aws:sagemaker:us-east-1:111111111111:endpoint/docs", ResourceKinds.SageMakerEndpoint, "docs", TestBill.First, "us-east-1", "InService", new Dictionary<string, string> { ["GenAI:Workload"] = "docs-ai" })], []);
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(["Resource docs-ai  2.4"], await EntriesAsync(f));
    }

    [Fact]
    public async Task Own_metrics_name_the_features_of_a_place_without_calls()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<ResourceMeterWriter>().WriteAsync(
        [
            new MeteredResourceRead(UtcTime.Start(Day).AddHours(3), TestBill.First, "us-east-1", "Feature/chat", "TokensPerRequest", 250_000),
            new MeteredResourceRead(UtcTime.Start(Day).AddHours(4), TestBill.First, "us-east-1", "Feature/chat", "TokensPerRequest", 250_000),
        ]);
        // 500,000 of 2,000,000 billed tokens: a quarter of $0.12.
        Assert.Equal(["Metric chat  0.03", "Unattributed   0.09"], await BuildAsync(f, TestBill.Input(Day, 2_000_000)));
    }
}
