using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Costs;
using Xunit;

namespace GenAiCostPortal.Sources.CostExplorer;

public sealed class BillOfDaysTests
{
    private static readonly DateOnly Day = new(2026, 11, 19);

    private static BilledAmount Amount(string key1, string key2, decimal usd, decimal quantity) => new(Day, key1, key2, usd, quantity, "Units", false);

    private static List<BilledLineRead> Lines(decimal whole, params decimal[] tagged)
    {
        var bill = new BillOfDays();
        bill.AddUsage("Amazon Bedrock", "111111111111", [Amount("111111111111", "USE1-A-input-tokens", whole, whole * 100)],
            [.. tagged.Select((t, i) => Amount($"feature-{i}", "USE1-A-input-tokens", t, t * 100))]);
        return [.. bill.Lines];
    }

    [Fact]
    public void Parts_add_up_to_the_base_whatever_the_tags_say()
    {
        var amounts = Gen.Choose(0, int.MaxValue).Select(n => n / 1_000_000_000m);
        var cases = Gen.Zip(amounts, Gen.ListOf(amounts)).ToArbitrary();
        Check.One(Chance.Runs(), Prop.ForAll(cases, c =>
        {
            var lines = Lines(c.Item1, [.. c.Item2.Take(8)]);
            return lines.Sum(l => l.AmountUsd) == c.Item1 && lines.Sum(l => Money.ToNanoUsd(l.AmountUsd)) == Money.ToNanoUsd(c.Item1)
                && lines.TrueForAll(l => l.AmountUsd >= 0 && l.Quantity >= 0);
        }));
    }

    [Fact]
    public void Tags_above_a_base_restated_meanwhile_share_it()
    {
        // 60 and 40 of 100 against a base of 50: 30 and 20.
        Assert.Equal([("feature-0", 30m), ("feature-1", 20m)], Lines(50m, 60m, 40m).Select(l => (l.TagFeature!, l.AmountUsd)));
    }

    [Fact]
    public void A_free_quantity_is_a_line_and_nothing_at_all_is_none()
    {
        var bill = new BillOfDays();
        bill.AddUsage("Amazon Bedrock", "111111111111",
            [Amount("111111111111", "USE1-Guardrail-SensitiveInformationPolicyFreeUnitsConsumed", 0, 12), Amount("111111111111", "USE1-A-input-tokens", 0, 0)], []);
        Assert.Equal(12m, Assert.Single(bill.Lines).Quantity);
    }
}
