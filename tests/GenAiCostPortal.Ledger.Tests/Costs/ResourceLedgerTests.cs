using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Capacities, metered hours and guarded calls reach the ledger from the store; what changes has the days built again.</summary>
public sealed class ResourceLedgerTests
{
    private const string Arn = $"arn:aws:bedrock:us-east-1:{TestBill.First}:provisioned-model/abcdef123456";
    private const string Guardrail = $"arn:aws:bedrock:us-east-1:{TestBill.First}:guardrail/gr4d3xample";
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Read1 = new(2026, 11, 14, 6, 0, 0, DateTimeKind.Utc);

    private static BilledLineRead Units(decimal usd, string? resource = null) =>
        new(Day, TestBill.First, "us-east-1", TestBill.Bedrock, "USE1-NovaLite-ProvisionedThroughput-ModelUnits", ChargeCategory.Usage, null, usd, 48, "ModelUnits-Hrs", false) { ResourceId = resource ?? "" };

    private static BilledLineRead Checks(decimal usd) =>
        new(Day, TestBill.First, "us-east-1", TestBill.Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", ChargeCategory.Usage, null, usd, 1_000, "TextUnits", false);

    private static Task<InventoryChange> ListAsync(LedgerFixture f, int? units, string team = "Platform") => f.Get<InventoryWriter>().WriteAsync(TestBill.First, "us-east-1",
        [new ResourceRead(Arn, ResourceKinds.ProvisionedThroughput, "nova-pt", TestBill.First, "us-east-1", "InService", new Dictionary<string, string> { ["team"] = team })
        {
            ModelUnits = units, ModelArn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
        }], []);

    private static RecordedCalls Calls(string feature, int hour, long input) =>
        new(UtcTime.Start(Day).AddHours(hour), Arn, TestBill.First) { Feature = feature, Tokens = new TokenCounts(input, 0, 0, 0, 0, 0), Tier = ModelNames.ServiceTier.Provisioned };

    private static async Task<string[]> BuildAsync(LedgerFixture f, params BilledLineRead[] lines)
    {
        if (lines.Length > 0) await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, lines));
        await f.Get<LedgerBuild>().BuildDueAsync();
        await using var db = await f.OpenAsync();
        var names = f.Get<Dimensions>();
        return [.. db.LedgerEntries.ToList().Where(e => e.AmountNanoUsd != 0).Select(e => FormattableString.Invariant($"{e.Method} {names.Name(e.FeatureId)} {names.Name(e.TeamId)} {Money.ToUsd(e.AmountNanoUsd)}{(e.Flags.HasFlag(LedgerFlags.Idle) ? " idle" : "")}")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_capacity_that_is_entered_tells_used_from_idle_and_builds_the_day_again()
    {
        await using var f = await TestBill.FixtureAsync();
        await ListAsync(f, 2);
        // Six hours with 36,000 input tokens each, two thirds of them of chat.
        await RecordedCalls.AddAsync(f, [.. Enumerable.Range(8, 6).SelectMany(h => (RecordedCalls[])[Calls("chat", h, 24_000), Calls("search", h, 12_000)])]);
        // Without a capacity the calls own the day, as nothing was metered.
        Assert.Equal(["Resource chat  16", "Resource search  8"], await BuildAsync(f, Units(24)));

        // 1,000 a minute and unit: 120,000 an hour. 6 × 30 % = 1.8 hours used of 24 at $1: chat 1.20, search 0.60, idle 22.20.
        var desk = f.Get<CapacityDesk>();
        await desk.SaveAsync(new ThroughputCapacity(Arn, 1_000, null));
        Assert.Equal(["Resource  Platform 22.2 idle", "Resource chat  1.2", "Resource search  0.6"], await BuildAsync(f));
        Assert.Equal(0, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);

        // Entered for the model it holds as well; the resource's own goes before: 2,000 → 15 % of six hours.
        await desk.SaveAsync(new ThroughputCapacity("us.amazon.nova-lite-v1:0", 500, null));
        Assert.Equal(["Resource  Platform 22.2 idle", "Resource chat  1.2", "Resource search  0.6"], await BuildAsync(f));
        await desk.SaveAsync(new ThroughputCapacity(Arn, 2_000, null));
        Assert.Equal(["Resource  Platform 23.1 idle", "Resource chat  0.6", "Resource search  0.3"], await BuildAsync(f));
        // Its own units in place of the listed ones: 4 × 2,000 → 7.5 %.
        await desk.SaveAsync(new ThroughputCapacity(Arn, 2_000, null, 4));
        Assert.Equal(["Resource  Platform 23.55 idle", "Resource chat  0.3", "Resource search  0.15"], await BuildAsync(f));
        // Taken back, the model's holds: 500 → 60 %; then nothing.
        Assert.True(await desk.RemoveAsync(Arn));
        Assert.Equal(["Resource  Platform 20.4 idle", "Resource chat  2.4", "Resource search  1.2"], await BuildAsync(f));
        Assert.True(await desk.RemoveAsync("amazon.nova-lite"));
        Assert.Equal(["Resource chat  16", "Resource search  8"], await BuildAsync(f));
        Assert.False(await desk.RemoveAsync(Arn));
    }

    [Fact]
    public async Task Metered_hours_tell_the_idle_ones_without_a_capacity_and_the_tokens_with_one()
    {
        await using var f = await TestBill.FixtureAsync();
        await ListAsync(f, 2);
        MeteredRead Of(int hour, MeteredMetric metric, double value) => new(UtcTime.Start(Day).AddHours(hour), TestBill.First, "us-east-1", Arn, metric, value);
        await f.Get<MeterWriter>().WriteAsync([Of(3, MeteredMetric.Invocations, 5), Of(3, MeteredMetric.InputTokens, 60_000), Of(4, MeteredMetric.Invocations, 0)]);
        // Invoked in one of 24 hours.
        Assert.Equal(["Resource  Platform 1", "Resource  Platform 23 idle"], await BuildAsync(f, Units(24)));
        // Half of one hour.
        await f.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(Arn, 1_000, 1_000));
        Assert.Equal(["Resource  Platform 0.5", "Resource  Platform 23.5 idle"], await BuildAsync(f));
        // Metered later, although the day is closed by now: the same hour full.
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(13), Units(24)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(1, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE ClosedAt IS NOT NULL AND NeedsBuild=0"));
        await f.Get<MeterWriter>().WriteAsync([Of(3, MeteredMetric.OutputTokens, 120_000)]);
        Assert.Equal(["Resource  Platform 1", "Resource  Platform 23 idle"], await BuildAsync(f));
    }

    [Fact]
    public async Task Provisioned_throughput_that_is_not_listed_is_known_by_its_calls_and_needs_its_units_entered()
    {
        await using var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f, Calls("chat", 8, 60_000));
        await f.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(Arn, 1_000, null));
        Assert.Equal(["Resource chat  24"], await BuildAsync(f, Units(24, Arn)));
        await f.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(Arn, 1_000, null, 2));
        Assert.Equal(["Resource chat  0.5", "Unattributed   23.5 idle"], await BuildAsync(f));
        // The list tells its units and its owner later.
        await f.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(Arn, 1_000, null));
        await ListAsync(f, 1);
        Assert.Equal(["Resource  Platform 23 idle", "Resource chat  1"], await BuildAsync(f));
    }

    [Fact]
    public async Task Utilisation_is_the_mean_of_the_hours_since_it_was_first_used()
    {
        await using var f = await TestBill.FixtureAsync();
        await ListAsync(f, 2);
        await RecordedCalls.AddAsync(f, [.. Enumerable.Range(8, 5).Select(h => Calls("chat", h, 36_000)), Calls("chat", 13, 240_000)]);
        var report = f.Get<ThroughputReport>();
        async Task<ThroughputRow> RowAsync() => Assert.Single((await report.ReadAsync(UtcTime.Start(Day), UtcTime.Start(Day.AddDays(1)), SpendFilter.None)).Rows);
        var row = await RowAsync();
        Assert.Equal((ThroughputState.NoCapacity, null, 2, 16, 420_000L, 0L), (row.State, row.Utilisation, row.ModelUnits, row.Hours, row.InputTokens, row.OutputTokens));
        Assert.Equal((Arn, "nova-pt", "amazon.nova-lite", TestBill.First, "us-east-1"), (row.Arn, row.Name, row.Model, row.AccountId, row.Region));
        // 08:00 to 24:00 are 16 hours: five at 30 %, one at 200 %, which counts as full; 2.5 ÷ 16.
        await f.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(Arn, 1_000, 1_000));
        row = await RowAsync();
        Assert.Equal((ThroughputState.Known, 0.15625m, 2m, UtcTime.Start(Day).AddHours(13)), (row.State, row.Utilisation, row.BusiestHour, row.BusiestAt));
        await using (var db = await f.OpenAsync())
        {
            db.Resources.Single().ModelUnits = null;
            await db.SaveChangesAsync();
        }
        Assert.Equal(ThroughputState.NoModelUnits, (await RowAsync()).State);
        // It belongs to no feature, and another account has none.
        var byFeature = await report.ReadAsync(UtcTime.Start(Day), UtcTime.Start(Day.AddDays(1)), new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = ["chat"] }));
        Assert.Equal((0, SpendDimension.Feature), (byFeature.Rows.Count, Assert.Single(byFeature.NotApplied)));
        Assert.Empty((await report.ReadAsync(UtcTime.Start(Day), UtcTime.Start(Day.AddDays(1)), new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Account] = [TestBill.Second] }))).Rows);
    }

    [Theory]
    [InlineData("", 1L, null, null, "target")]
    [InlineData("arn:aws:sagemaker:us-east-1:111111111111:endpoint/x", 1L, null, null, "target")]
    [InlineData("amazon.nova-lite", 0L, null, null, "inputTokensPerMinute")]
    [InlineData("amazon.nova-lite", null, -5L, null, "outputTokensPerMinute")]
    [InlineData("amazon.nova-lite", 1L, null, 2, "modelUnits")]
    [InlineData(Arn, null, null, 0, "modelUnits")]
    [InlineData(Arn, null, null, null, "inputTokensPerMinute")]
    public async Task What_cannot_be_a_capacity_is_refused_by_field(string target, long? input, long? output, int? units, string field)
    {
        var entry = new ThroughputCapacity(target, input, output, units);
        Assert.Equal([field], CapacityDesk.Mistakes(entry).Keys);
        await using var f = await TestBill.FixtureAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => f.Get<CapacityDesk>().SaveAsync(entry));
        Assert.Empty((await f.Get<CapacityDesk>().ReadAsync()).All);
    }

    [Fact]
    public async Task Calls_without_counts_leave_how_full_it_was_unknown()
    {
        await using var f = await TestBill.FixtureAsync();
        await ListAsync(f, 2);
        await f.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(Arn, 1_000, null));
        await RecordedCalls.AddAsync(f, Calls("chat", 8, 0));
        await using (var db = await f.OpenAsync())
        {
            foreach (var row in db.CostRollups) row.CallsWithoutTokens = 1;
            await db.SaveChangesAsync();
        }
        Assert.Equal(["Resource chat  24"], await BuildAsync(f, Units(24)));
        var row1 = Assert.Single((await f.Get<ThroughputReport>().ReadAsync(UtcTime.Start(Day), UtcTime.Start(Day.AddDays(1)), SpendFilter.None)).Rows);
        Assert.Equal((ThroughputState.CountsUnknown, null), (row1.State, row1.Utilisation));
    }

    [Fact]
    public async Task Guardrail_units_go_to_the_features_whose_spans_name_the_guardrail()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<InventoryWriter>().WriteAsync(TestBill.First, "us-east-1",
            [new ResourceRead(Guardrail, ResourceKinds.Guardrail, "no-advice", TestBill.First, "us-east-1", "READY", new Dictionary<string, string> { ["team"] = "Safety" })], []);
        var start = UtcTime.ToUnixMs(UtcTime.Start(Day)) * 1_000_000;
        Span Call(ulong id, string feature, long input, string guardrail) => MadeTrace.Call(id, id, 0, 0, 500, input, 10, more: [("app.feature", feature), ("aws.bedrock.guardrail.id", guardrail)]) with
        {
            StartUnixNs = start + (long)id * 1_000_000_000, EndUnixNs = start + (long)id * 1_000_000_000 + 500_000_000,
            Resource = new SpanResource(MadeTrace.Attributes(("cloud.account.id", TestBill.First), ("cloud.region", "us-east-1"))),
        };
        await f.Get<TraceWriter>().WriteAsync([Call(1, "chat", 600, Guardrail), Call(2, "search", 200, "gr4d3xample")]);
        // 3 : 1 of $1.
        Assert.Equal(["Resource chat  0.75", "Resource search  0.25"], await BuildAsync(f, Checks(1)));
        // CloudWatch metered 10 requests: two calls ask at most 4.1 times (20 output tokens are a tenth of a piece), 41 %.
        await f.Get<ResourceMeterWriter>().WriteAsync([new MeteredResourceRead(UtcTime.Start(Day).AddHours(1), TestBill.First, "us-east-1", "Guardrail/gr4d3xample", "TextUnitCount", 40),
            new MeteredResourceRead(UtcTime.Start(Day).AddHours(1), TestBill.First, "us-east-1", "Guardrail/gr4d3xample", "Invocations", 10)]);
        Assert.Equal(["Resource  Safety 0.59", "Resource chat  0.3075", "Resource search  0.1025"], await BuildAsync(f));
        // A call that comes late builds the day again: 1,200 tokens of chat, 6.15 of 10 requests; 1,800 : 200.
        await f.Get<TraceWriter>().WriteAsync([Call(3, "chat", 1_200, Guardrail)]);
        Assert.Equal(["Resource  Safety 0.385", "Resource chat  0.5535", "Resource search  0.0615"], await BuildAsync(f));
    }
}
