using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using Xunit;
using static GenAiCostPortal.Sources.DataExports.MadeExport;

namespace GenAiCostPortal.Sources.DataExports;

public sealed class ExportFormatTests
{
    private static async Task<ExportCells> ReadAsync(string file, string format = ExportFormat.Cur2, string metric = "UnblendedCost", DateOnly? first = null, int cellsAtMost = ExportCells.CellsAtMost)
    {
        var month = first ?? new DateOnly(2026, 11, 1);
        var cells = new ExportCells(month, month.AddMonths(1), new KeptTags(new OwnerTagKeys(), ["environment", "business unit"]), ScopeBorder.WithoutRules(new OwnerKeys()), cellsAtMost);
        await ExportFiles.ReadAsync(new MemoryStream(ExportBench.Gzip(file)), "file", h => ExportFormat.Of(h, format, metric), cells.Add, () => 0, _ => { }, CancellationToken.None);
        return cells;
    }

    private static List<BilledLineRead> All(ExportCells cells, int year = 2026, int month = 11) =>
        [.. Enumerable.Range(1, DateTime.DaysInMonth(year, month)).SelectMany(d => cells.Of(new DateOnly(year, month, d), false).Lines)];

    [Fact]
    public async Task Columns_are_found_by_name_in_any_order_and_optional_ones_may_be_missing()
    {
        var rows = new[] { Cur(Day(3), "1.5", ("resource_tags", """{"user_team":"a"}""")) };
        string[] needed = ["line_item_unblended_cost", "line_item_usage_type", "line_item_line_item_type", "line_item_usage_account_id", "LINE_ITEM_USAGE_START_DATE", "product", "resource_tags"];
        rows[0]["LINE_ITEM_USAGE_START_DATE"] = Day(3);
        var few = Assert.Single(All(await ReadAsync(File(needed, rows))));
        var all = Assert.Single(All(await ReadAsync(File([.. CurColumns.Reverse()], rows))));
        Assert.Equal((1.5m, "Amazon Bedrock", Nova, "us-east-1", null, ""), (few.AmountUsd, few.Service, few.UsageType, few.Region, few.Quantity, few.ResourceId));
        Assert.Equal((1.5m, "Amazon Bedrock", Nova, "us-east-1", 1000m, "1K tokens"), (all.AmountUsd, all.Service, all.UsageType, all.Region, all.Quantity, all.Unit));
        Assert.Equal("a", few.Tags["Team"]);
    }

    [Theory]
    [InlineData("resource_tags", """{"user_team":"a","user_genai_workload":"chat"}""")]
    [InlineData("resource_tags", "{user_team=a, user_genai_workload=chat}")]
    [InlineData("tags", """{"resourceTags/team":"a","iamPrincipal/GenAI:Workload":"chat"}""")]
    [InlineData("tags", """[{"key":"user:Team","value":"a"},{"key":"user:GenAI:Workload","value":"chat"}]""")]
    public async Task Maps_are_read_however_they_are_written(string column, string text)
    {
        var line = Assert.Single(All(await ReadAsync(File([.. CurColumns, "tags"], Cur(Day(3), "1", (column, text))))));
        Assert.Equal(("""{"GenAI:Workload":"chat","Team":"a"}""", "chat"), (TagSet.Write(line.Tags), line.TagFeature));
    }

    [Fact]
    public async Task Keys_of_a_map_may_have_columns_of_their_own()
    {
        var file = File([.. CurColumns.Except(["resource_tags", "cost_category"]), "resource_tags_user_team", "resource_tags.user_environment", "cost_category_division"],
            Cur(Day(3), "1", ("resource_tags_user_team", "a"), ("resource_tags.user_environment", "prod"), ("cost_category_division", "Retail")));
        Assert.Equal("""{"Environment":"prod","Team":"a","division":"Retail"}""", TagSet.Write(Assert.Single(All(await ReadAsync(file))).Tags));
    }

    [Fact]
    public async Task The_real_FOCUS_sample_reads_to_its_sum()
    {
        var text = await System.IO.File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", "focus", "focus_1.0_sample.csv"));
        var cells = await ReadAsync(text, ExportFormat.Focus, first: new DateOnly(2024, 9, 1));
        decimal Sum(ExportCells c) => All(c, 2024, 9).Sum(l => l.AmountUsd) + Enumerable.Range(1, 30).Sum(d => c.Of(new DateOnly(2024, 9, d), false).Outside.Sum(o => o.AmountUsd));
        // Sums of the 1,000 lines by Python's decimal: BilledCost 20.52022672899, EffectiveCost 14.97651418586.
        Assert.Equal(20.52022672899m, Sum(cells));
        Assert.Equal(14.97651418586m, Sum(await ReadAsync(text, ExportFormat.Focus, "AmortizedCost", new DateOnly(2024, 9, 1))));
        Assert.Equal((0L, 73), (cells.Moved, cells.Accounts.Count));
    }

    [Fact]
    public async Task FOCUS_1_2_says_usage_type_tags_and_charge_category()
    {
        var lines = All(await ReadAsync(File(FocusColumns,
            Focus("2026-11-03T05:00:00Z", "1.5", ("Tags", """{"user_genai_workload":"chat","Team":"a"}"""), ("ResourceId", "arn:x")),
            Focus("2026-11-03 06:00:00", "0.5", ("Tags", """{"Team":"a","user_genai_workload":"chat"}"""), ("ResourceId", "arn:x"), ("InvoiceId", "I-1")),
            Focus("2026-11-03T00:00:00Z", "-2", ("ChargeCategory", "Adjustment"), ("ChargeClass", "Correction")), Focus("2026-11-03T00:00:00Z", "-3", ("ChargeCategory", "Credit")),
            Focus("2026-11-03T00:00:00Z", "4", ("ChargeCategory", "Purchase")), Focus("2026-11-03T00:00:00Z", "0.3", ("ChargeCategory", "Tax"))), ExportFormat.Focus));
        var usage = Assert.Single(lines, l => l.Category == ChargeCategory.Usage);
        Assert.Equal((2m, 2000m, "1K tokens", Nova, "chat", "arn:x", true), (usage.AmountUsd, usage.Quantity, usage.Unit, usage.UsageType, usage.TagFeature, usage.ResourceId, usage.IsPreliminary));
        Assert.Equal([(ChargeCategory.Credit, -3m), (ChargeCategory.Refund, -2m), (ChargeCategory.Tax, 0.3m), (ChargeCategory.Fee, 4m)],
            lines.Where(l => l.Category != ChargeCategory.Usage).OrderBy(l => l.AmountUsd).Select(l => (l.Category, l.AmountUsd)));
    }

    // By AWS's rules for amortised costs; figures worked out by hand.
    [Theory]
    [InlineData("UnblendedCost", "SavingsPlanCoveredUsage", 10)]
    [InlineData("AmortizedCost", "SavingsPlanCoveredUsage", 7)]
    [InlineData("NetAmortizedCost", "SavingsPlanCoveredUsage", 6)]
    [InlineData("AmortizedCost", "SavingsPlanNegation", 0)]
    [InlineData("UnblendedCost", "SavingsPlanNegation", 10)]
    [InlineData("AmortizedCost", "SavingsPlanRecurringFee", 3)]
    [InlineData("AmortizedCost", "DiscountedUsage", 4)]
    [InlineData("AmortizedCost", "RIFee", 3)]
    [InlineData("AmortizedCost", "Usage", 10)]
    [InlineData("NetUnblendedCost", "Usage", 9)]
    public async Task The_cost_metric_is_that_of_the_connection(string metric, string type, int usd)
    {
        var file = File([.. CurColumns, "line_item_net_unblended_cost", "savings_plan_savings_plan_effective_cost", "savings_plan_net_savings_plan_effective_cost",
            "savings_plan_total_commitment_to_date", "savings_plan_used_commitment", "reservation_effective_cost", "reservation_unused_recurring_fee",
            "reservation_unused_amortized_upfront_fee_for_billing_period"],
            Cur(Day(3), "10", ("line_item_line_item_type", type), ("line_item_net_unblended_cost", "9"), ("savings_plan_savings_plan_effective_cost", "7"),
                ("savings_plan_net_savings_plan_effective_cost", "6"), ("savings_plan_total_commitment_to_date", "8"), ("savings_plan_used_commitment", "5"),
                ("reservation_effective_cost", "4"), ("reservation_unused_recurring_fee", "1"), ("reservation_unused_amortized_upfront_fee_for_billing_period", "2")));
        Assert.Equal(usd, All(await ReadAsync(file, metric: metric)).Sum(l => l.AmountUsd));
    }

    [Theory]
    [InlineData("arn:aws:sts::1:assumed-role/agent/i-0abc", "arn:aws:sts::1:assumed-role/agent")]
    [InlineData("arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_0a1b/ada@example.com", "arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_0a1b/ada@example.com")]
    [InlineData("arn:aws:iam::1:user/ada", "arn:aws:iam::1:user/ada")]
    [InlineData("", "")]
    public void A_session_is_no_caller_of_its_own_unless_it_is_a_person(string arn, string kept) => Assert.Equal(kept, ExportPrincipals.Of(arn));

    [Theory]
    [InlineData("Units", "a|b|Million Output Tokens", "Million Output Tokens")]
    [InlineData("", "a|b|1K input tokens", "1K input tokens")]
    [InlineData("Units", "a|b|Images", "Units")]
    [InlineData("1M tokens", "a|b|Million Input Tokens", "1M tokens")]
    [InlineData("Units", "plain", "Units")]
    public void The_unit_of_a_marketplace_line_stands_in_its_description(string unit, string description, string read) => Assert.Equal(read, Cur2Format.Unit(unit, description));

    [Fact]
    public async Task Zeros_exponents_and_empty_fields_are_read()
    {
        var cells = await ReadAsync(File(CurColumns, Cur(Day(3), "1.5E-7"), Cur(Day(3), ""), Cur(Day(3), "0", ("line_item_usage_amount", "0"))));
        Assert.Equal((0.00000015m, 2L), (All(cells).Sum(l => l.AmountUsd), cells.Lines));
    }

    [Fact]
    public async Task Beyond_the_cap_resources_and_callers_are_summed_up_and_counted_and_no_money_is_lost()
    {
        var rows = Enumerable.Range(0, 50).Select(i => Cur(Day(3), "0.1", ("line_item_resource_id", $"arn:{i}"), ("line_item_iam_principal", i % 2 == 0 ? $"user-{i}" : ""), ("resource_tags", """{"user_team":"a"}""")));
        var cells = await ReadAsync(File(CurColumns, rows), cellsAtMost: 10);
        var lines = All(cells);
        Assert.Equal((5m, 50_000m, 40L, 12), (lines.Sum(l => l.AmountUsd), lines.Sum(l => l.Quantity), cells.Capped, lines.Count));
        Assert.Equal([("(other)", ""), ("(other)", "(other)")], lines.Where(l => l.ResourceId == "(other)").Select(l => (l.ResourceId, l.Principal)).Order());
        Assert.All(lines, l => Assert.Equal("a", l.Tags["Team"]));
    }
}
