using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GenAiCostPortal.Sources.CostExplorer;

public sealed class CostExplorerReaderTests
{
    private const string Payer = "111111111111", Product = "222222222222";
    private const string Claude = "Claude Sonnet 4.6 (Amazon Bedrock Edition)";
    private static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateOnly From = new(2026, 11, 18), To = new(2026, 11, 21);
    private readonly TestClock _clock = new(Now);
    private readonly AwsRequestTally _tally = new();

    private Task<BilledDaysRead> ReadAsync(AwsTestServer server)
    {
        var connection = new AwsConnections(new AwsOptions { Connections = [server.Connection("us-east-1")] }, _clock, NullLoggerFactory.Instance).Get("Payer");
        return new CostExplorerReader(new OwnerKeys(), _clock).ReadAsync(connection, From, To, _tally);
    }

    /// <summary>Two accounts, Bedrock and a marketplace model, both grammars, tags, tax and credit, and something that is no GenAI.</summary>
    private static IEnumerable<TestLine> Usual() =>
    [
        new("2026-11-18", Payer, "Amazon Bedrock", "USE1-Nova2.0Lite-input-tokens", 3.25m, 41_000, "1K tokens", Tag: "chat"),
        new("2026-11-18", Payer, "Amazon Bedrock", "USE1-Nova2.0Lite-input-tokens", 1.75m, 22_000, "1K tokens"),
        new("2026-11-18", Product, "Amazon Bedrock", "EUC1-Guardrail-ContentPolicyUnitsConsumed", 0.4m, 2700, "Units"),
        new("2026-11-19", Product, Claude, "USE1-MP:USE1_InputTokenCount-Units", 60.1m, 20.03m, "Units", Tag: "contract-summary"),
        new("2026-11-19", Product, Claude, "USE1-MP:USE1_InputTokenCount-Units", 30.05m, 10.01m, "Units", Tag: "search"),
        new("2026-11-19", Product, Claude, "USE1-MP:USE1_InputTokenCount-Units", 9.85m, 3.3m, "Units"),
        new("2026-11-19", Product, Claude, "", 8m, RecordType: "Tax"),
        new("2026-11-19", Payer, "Amazon Bedrock", "", -2.5m, RecordType: "Credit"),
        new("2026-11-20", Payer, "Amazon Elastic Compute Cloud - Compute", "BoxUsage:m7g.large", 44m, 24, "Hrs"),
        new("2026-11-20", Payer, "Amazon Elastic Compute Cloud - Compute", "", 4m, RecordType: "Tax"),
    ];

    [Fact]
    public async Task The_plan_reads_the_bill_in_nine_requests_of_a_cent_each()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.AddRange(Usual());
        var read = await ReadAsync(server);
        // 1 everything + 1 tags by service + 2 bases + tags of Bedrock in both accounts and of Claude in the product's + 2 × other records.
        Assert.Equal(9, server.Calls.Count);
        Assert.Equal((9L, 0.09m), (_tally.Requests, Money.ToUsd(_tally.CostNanoUsd)));
        Assert.Equal(105.40m, read.Lines.Where(l => l.Category == ChargeCategory.Usage).Sum(l => l.AmountUsd));
        Assert.Equal((Payer, -2.5m), read.Lines.Where(l => l.Category == ChargeCategory.Credit).Select(l => (l.AccountId, l.AmountUsd)).Single());
        Assert.Equal((Product, 8m), read.Lines.Where(l => l.Category == ChargeCategory.Tax).Select(l => (l.AccountId, l.AmountUsd)).Single());
        Assert.Equal([new OutsideScopeRead(new DateOnly(2026, 11, 20), Payer, "Amazon Elastic Compute Cloud - Compute", 48m)], read.OutsideScope);
        Assert.Equal("Account 2222", read.AccountNames[Product]);
        Assert.Equal((From, To, Now), (read.From, read.To, read.ReadAt));
    }

    [Fact]
    public async Task Tagged_parts_and_the_untagged_rest_are_the_base_exactly()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.AddRange(Usual());
        var claude = (await ReadAsync(server)).Lines.Where(l => l.Service == Claude && l.Category == ChargeCategory.Usage).OrderByDescending(l => l.AmountUsd).ToList();
        Assert.Equal([("contract-summary", 60.1m, 20.03m), ("search", 30.05m, 10.01m), (null, 9.85m, 3.3m)], claude.Select(l => (l.TagFeature, l.AmountUsd, l.Quantity!.Value)));
        Assert.All(claude, l => Assert.Equal(("us-east-1", "Units"), (l.Region, l.Unit)));
    }

    // $1 a month is worth a page. A short read that asked of $1 in three days would take the tags away that the long one found.
    [Theory]
    [InlineData(0.40, true)]
    [InlineData(0.05, false)]
    public async Task A_short_read_asks_for_tags_of_the_accounts_that_a_long_one_asks_for(decimal usd, bool isAsked)
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.Add(new("2026-11-18", Payer, "Amazon Bedrock", "USE1-Nova2.0Lite-input-tokens", usd, 1_000, "1K tokens", Tag: "chat"));
        Assert.Equal(isAsked ? "chat" : null, Assert.Single((await ReadAsync(server)).Lines).TagFeature);
    }

    [Fact]
    public async Task Usage_types_of_both_grammars_are_understood_as_read()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.AddRange(Usual());
        var read = (await ReadAsync(server)).Lines.Where(l => l.Category == ChargeCategory.Usage).ToList();
        Assert.All(read, l => Assert.True(UsageTypeClassifier.Read(l.Service, l.UsageType).IsUnderstood, l.UsageType));
        Assert.Equal(["eu-central-1", "us-east-1"], read.Select(l => l.Region).Distinct().Order());
    }

    [Fact]
    public async Task Every_page_costs_a_cent_and_none_is_lost()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        for (var i = 0; i < 25; i++) server.Bill.Lines.Add(new("2026-11-19", Payer, "Amazon Bedrock", $"USE1-Model{i:00}-input-tokens", 0.5m, 1, "1K tokens"));
        server.Bill.GroupsPerPage = 10;
        var read = await ReadAsync(server);
        // Everything, tags by service, base in three pages.
        Assert.Equal(5, server.Calls.Count);
        Assert.Equal(0.05m, Money.ToUsd(_tally.CostNanoUsd));
        Assert.Equal(12.5m, read.Lines.Sum(l => l.AmountUsd));
        Assert.Equal(25, read.Lines.Count);
    }

    [Fact]
    public async Task Exponents_and_long_fractions_are_read_exactly()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.Add(new("2026-11-19", Payer, "Amazon Bedrock", "USE1-A-input-tokens", 0.00000012m, 1, AmountText: "1.2E-7"));
        server.Bill.Lines.Add(new("2026-11-19", Payer, "Amazon Bedrock", "USE1-B-input-tokens", 40.3543773134m, 1));
        Assert.Equal([0.00000012m, 40.354377313m], (await ReadAsync(server)).Lines.Select(l => l.AmountUsd));
    }

    [Fact]
    public async Task Days_that_AWS_still_estimates_are_marked()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.AddRange(Usual());
        server.Bill.EstimatedFrom = "2026-11-19";
        Assert.Equal([(18, false), (19, true)], (await ReadAsync(server)).Lines.Select(l => (l.Day.Day, l.IsPreliminary)).Distinct().Order());
    }

    [Fact]
    public async Task Tagged_lines_of_other_services_are_in_scope_and_the_rest_stays_outside()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.AddRange(
        [
            new("2026-11-19", Product, "AWS Lambda", "Lambda-GB-Second", 7m, 100, "Second", Tag: "contract-summary"),
            new("2026-11-19", Product, "AWS Lambda", "Lambda-GB-Second", 20m, 300, "Second"),
        ]);
        var read = await ReadAsync(server);
        Assert.Equal(("contract-summary", 7m, 100m), read.Lines.Select(l => (l.TagFeature, l.AmountUsd, l.Quantity!.Value)).Single());
        Assert.Equal(20m, Assert.Single(read.OutsideScope).AmountUsd);
    }

    [Fact]
    public async Task One_account_needs_no_query_for_its_other_records()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.Add(new("2026-11-19", Payer, "Amazon Bedrock", "USE1-A-input-tokens", 0.5m, 1));
        server.Bill.Lines.Add(new("2026-11-19", Payer, "Amazon Bedrock", "", -0.25m, RecordType: "Enterprise Discount Program Discount"));
        var read = await ReadAsync(server);
        Assert.Equal(3, server.Calls.Count);
        Assert.Equal((Payer, ChargeCategory.Discount, -0.25m), read.Lines.Where(l => l.UsageType == "").Select(l => (l.AccountId, l.Category, l.AmountUsd)).Single());
    }

    [Fact]
    public async Task A_refused_page_gives_nothing_at_all()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Bill.Lines.AddRange(Usual());
        server.Fault = call => call.Number >= 5 ? TestFault.Denied("ce:GetCostAndUsage") : null;
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => ReadAsync(server));
        Assert.Equal("ce:GetCostAndUsage", refusal.MissingAction);
        Assert.Equal(4, _tally.Requests);
    }

    [Theory]
    [InlineData("Tax", ChargeCategory.Tax)]
    [InlineData("Credit", ChargeCategory.Credit)]
    [InlineData("Refund", ChargeCategory.Refund)]
    [InlineData("Support fee", ChargeCategory.Support)]
    [InlineData("Enterprise Discount Program Discount", ChargeCategory.Discount)]
    [InlineData("Savings Plan Negation", ChargeCategory.Discount)]
    [InlineData("SavingsPlanCoveredUsage", ChargeCategory.Usage)]
    [InlineData("DiscountedUsage", ChargeCategory.Usage)]
    [InlineData("Recurring reservation fee", ChargeCategory.Fee)]
    public void Record_types_become_charge_categories(string recordType, ChargeCategory category) => Assert.Equal(category, BillOfDays.CategoryOf(recordType));
}
