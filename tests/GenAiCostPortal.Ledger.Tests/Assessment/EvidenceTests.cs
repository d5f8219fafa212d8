using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Assessment;

public sealed class EvidenceTests
{
    private static SpendAnswer Spend(decimal? measured, params (string Feature, decimal Billed)[] rows)
    {
        var query = new SpendQuery(new(2026, 10, 23, 0, 0, 0, DateTimeKind.Utc), new(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc), [SpendDimension.Feature], Granularity.None, SpendView.Billed, SpendFilter.None);
        var total = rows.Sum(r => r.Billed);
        return new(query, query.To, new(2026, 11, 19), total, total, 0, 0, measured, measured, 0, 0, 0, 0,
            [.. rows.Select(r => new SpendRow(null, [r.Feature], r.Billed, r.Billed, 0, 0, Basis.Billed, new Dictionary<AllocationMethod, decimal>(), new Dictionary<UnattributedReason, decimal>(), 0, 0, default, 0))]);
    }

    [Theory]
    [InlineData("0.9", EvidenceState.MeasuredYes)]
    [InlineData("0.8999", EvidenceState.MeasuredNo)]
    [InlineData("1", EvidenceState.MeasuredYes)]
    public void Attribution_is_measured_by_the_measured_share_of_dollars(string share, EvidenceState state)
    {
        var evidence = EvidenceReport.Attribution(Spend(decimal.Parse(share, System.Globalization.CultureInfo.InvariantCulture), ("a", 1000m)), new(2026, 10, 23));
        Assert.Equal((state, 0.9), (evidence.State, evidence.Threshold));
    }

    [Fact]
    public void Without_a_bill_attribution_is_not_measurable_rather_than_zero()
    {
        var evidence = EvidenceReport.Attribution(Spend(null), new(2026, 10, 23));
        Assert.Equal((EvidenceState.NotMeasurable, (double?)null, "not measurable yet"), (evidence.State, evidence.Value, evidence.Text));
    }

    [Fact]
    public void A_share_just_below_its_threshold_is_not_rounded_up_to_it() =>
        Assert.StartsWith("89.9\u00a0%", EvidenceReport.Attribution(Spend(0.89999m, ("a", 10m)), new(2026, 10, 23)).Text, StringComparison.Ordinal);

    [Fact]
    public void Tokens_per_feature_are_measured_and_no_tokens_are_no_measurement()
    {
        Assert.Equal(EvidenceState.MeasuredYes, EvidenceReport.Tokens(0.90m, new(2026, 11, 1), new(2026, 11, 19)).State);
        Assert.Equal(EvidenceState.MeasuredNo, EvidenceReport.Tokens(0.8999m, new(2026, 11, 1), new(2026, 11, 19)).State);
        Assert.Equal(EvidenceState.NotMeasurable, EvidenceReport.Tokens(null, new(2026, 11, 1), new(2026, 11, 19)).State);
    }

    [Fact]
    public void One_aggregated_line_of_cost_brings_the_hint_and_two_do_not()
    {
        Assert.NotEqual("", EvidenceReport.Hint(Spend(0m, (SpendQuery.Unattributed, 100m))));
        Assert.Equal("", EvidenceReport.Hint(Spend(0.5m, (SpendQuery.Unattributed, 100m), ("contract-summary", 100m))));
        Assert.Equal("", EvidenceReport.Hint(Spend(null)));
    }
}
