using GenAiCostPortal.Ledger.ModelNames;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

public sealed class ExplanationTests
{
    private static readonly ChangeCell Cell = new(new ChangeCellKey(1, 1, ServiceTier.Standard, RoutingScope.InRegion));

    private static ChangeEffect Effect(ChangeFactor factor, decimal usd, double? from = null, double? to = null, ChangeUnit unit = ChangeUnit.TokensPerCall, string since = "", int feature = 1) =>
        new(factor, "", Costs.Money.ToNanoUsd(usd), feature, Cell, null, from, to, unit) { Since = since };

    private static string Say(decimal before, decimal now, params ChangeEffect[] effects) => Explanation.Sentence(
        Costs.Money.ToNanoUsd(before), Costs.Money.ToNanoUsd(now), effects, id => id == 1 ? "contract-summary" : "other", _ => "Claude Sonnet 4.6", id => id == 1);

    // The sentence of the design.
    [Fact]
    public void A_spike_is_said_with_its_causes_what_moved_and_since_when() => Assert.Equal(
        "+$946 (×7.8). $673 (71 %): prompts in contract-summary grew from 2,100 to 9,400 tokens per call since 2.4.1. $208 (22 %): calls per request went from 4.0 to 9.0, agent loop.",
        Say(139.15m, 1085.40m, Effect(ChangeFactor.PromptLength, 673m, 2_100, 9_400, since: "2.4.1"), Effect(ChangeFactor.CallsPerRequest, 208m, 4, 9, ChangeUnit.CallsPerRequest),
            Effect(ChangeFactor.Retries, 65.25m, 0.01, 0.08, ChangeUnit.ShareOfAttempts)));

    [Fact]
    public void At_most_three_causes_of_fifteen_percent_are_named_and_none_against_the_change()
    {
        var said = Say(100, 200, Effect(ChangeFactor.Requests, 40, 1, 2, ChangeUnit.Requests), Effect(ChangeFactor.PromptLength, 30, 1, 2), Effect(ChangeFactor.OutputLength, 25, 1, 2),
            Effect(ChangeFactor.Mix, 16), Effect(ChangeFactor.Retries, 14, 0.1, 0.2, ChangeUnit.ShareOfAttempts), Effect(ChangeFactor.CachedShare, -25));
        Assert.Equal(3, said.Split('%').Length - 1);
        Assert.DoesNotContain("mix", said, StringComparison.Ordinal);
        Assert.DoesNotContain("cached", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 12.5, "+$12.50 (nothing before).")]
    [InlineData(100, 100.5, "+$0.50.")]
    [InlineData(200, 50, "−$150 (×0.25).")]
    [InlineData(5, 5, "No change.")]
    public void A_headline_has_a_factor_only_where_there_was_something_to_multiply(double before, double now, string said) =>
        Assert.Equal(said, Explanation.Headline(Costs.Money.ToNanoUsd((decimal)before), Costs.Money.ToNanoUsd((decimal)now)));

    [Fact]
    public void Many_small_causes_are_said_to_be_many() =>
        Assert.EndsWith("No single cause makes up 15 % of it.", Say(100, 200, [.. Enumerable.Range(0, 10).Select(_ => Effect(ChangeFactor.Component, 10, feature: -1))]), StringComparison.Ordinal);

    [Theory]
    [InlineData(274_064_800, 612_631_760, ChangeUnit.Tokens, "274 M")]
    [InlineData(9_999_999, 12_345_678, ChangeUnit.Tokens, "10.0 M")]
    [InlineData(2_100, 9_400, ChangeUnit.TokensPerCall, "2,100")]
    [InlineData(-4.53, 2.49, ChangeUnit.Usd, "−$4.53")]
    public void A_figure_has_the_digits_that_tell(double value, double other, ChangeUnit unit, string said) => Assert.Equal(said, Explanation.Figure(value, other, unit));
}
