using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The exact decomposition (algorithms §7): the worked example, the zero rules, and what holds for any two windows.</summary>
public sealed class DecompositionTests
{
    private static ChangeCell Cell(int feature, int model, (double First, double Calls, double[] Tokens, double[] Nano) before, (double First, double Calls, double[] Tokens, double[] Nano) now)
    {
        var cell = new ChangeCell(new ChangeCellKey(feature, model, ServiceTier.Standard, RoutingScope.InRegion));
        foreach (var (use, from) in new[] { (cell.Before, before), (cell.Now, now) })
        {
            (use.FirstCalls, use.Calls) = (from.First, from.Calls);
            for (var k = 0; k < 6; k++) (use.Tokens[k], use.NanoUsd[k]) = (from.Tokens[k], from.Nano[k]);
        }
        return cell;
    }

    private static (double, double, double[], double[]) Use(double first, double calls, double prompt, double output, double cached = 0, double inputPrice = 3, double outputPrice = 15)
    {
        double[] tokens = [calls * prompt * (1 - cached), calls * prompt * cached, 0, 0, 0, calls * output];
        // USD per million tokens = thousand nano-USD per token.
        return (first, calls, tokens, [tokens[0] * inputPrice * 1_000, tokens[1] * inputPrice * 100, 0, 0, 0, tokens[5] * outputPrice * 1_000]);
    }

    private static readonly (double, double, double[], double[]) Nothing = (0, 0, new double[6], new double[6]);

    private static ChangeInputs Inputs(FeatureUse feature, params ChangeCell[] cells) => new(cells, new Dictionary<int, FeatureUse> { [1] = feature }, [], []);

    private static IReadOnlyList<ChangeEffect> Effects(ChangeInputs inputs) => ChangeEffects.Of(inputs, (long)Math.Round(inputs.NanoUsd) - (long)Math.Round(inputs.BeforeNanoUsd));

    // The numbers of the design, reached by hand: 500 requests, 4 → 6 calls each, 1.025 → 1.10 attempts, 2,000 → 18,000 prompt and 300 output tokens, $3 and $15.
    [Fact]
    public void The_worked_example_comes_to_the_cent()
    {
        var inputs = Inputs(new FeatureUse(500, 500, 2_000, 3_000), Cell(1, 1, Use(2_000, 2_050, 2_000, 300), Use(3_000, 3_300, 18_000, 300)));
        Assert.Equal(21.525, inputs.BeforeNanoUsd / 1e9, 6);
        Assert.Equal(193.05, inputs.NanoUsd / 1e9, 6);
        var effects = Effects(inputs).ToDictionary(e => e.Factor);
        Assert.Equal([ChangeFactor.CallsPerRequest, ChangeFactor.Retries, ChangeFactor.PromptLength], effects.Keys.Order());
        Assert.Equal(136.36m, Math.Round(effects[ChangeFactor.PromptLength].Usd, 2));
        Assert.Equal(29.95m, Math.Round(effects[ChangeFactor.CallsPerRequest].Usd, 2));
        Assert.Equal(5.22m, Math.Round(effects[ChangeFactor.Retries].Usd, 2));
        Assert.Equal(171.525m, effects.Values.Sum(e => e.Usd));
        Assert.Equal((2_000.0, 18_000.0), (effects[ChangeFactor.PromptLength].From, effects[ChangeFactor.PromptLength].To));
    }

    [Fact]
    public void The_product_of_the_factors_is_the_cost_of_the_cell()
    {
        var cell = Cell(1, 1, Use(2_000, 2_050, 2_000, 300, cached: 0.4), Use(3_000, 3_300, 18_000, 310, cached: 0.1));
        foreach (var (use, requests, all) in new[] { (cell.Before, 500.0, 2_500.0), (cell.Now, 700, 4_000) })
            foreach (var kind in (TokenKind[])[TokenKind.Input, TokenKind.CacheRead, TokenKind.Output])
            {
                var group = use.TokensOf(kind == TokenKind.Output);
                var product = requests * (all / requests) * (use.FirstCalls / all) * (use.Calls / use.FirstCalls) * (group / use.Calls)
                    * (use.Tokens[(int)kind] / group) * (use.NanoUsd[(int)kind] / use.Tokens[(int)kind]);
                Assert.Equal(use.NanoUsd[(int)kind], product, use.NanoUsd[(int)kind] * 1e-12);
            }
    }

    [Fact]
    public void Zeros_fall_where_the_rule_says()
    {
        var usual = Use(100, 100, 1_000, 100);
        ChangeFactor Only(ChangeInputs inputs, double usd)
        {
            var effect = Assert.Single(Effects(inputs));
            Assert.Equal((decimal)usd, effect.Usd);
            return effect.Factor;
        }
        var feature = new FeatureUse(10, 10, 100, 100);
        Assert.Equal(ChangeFactor.New, Only(Inputs(new FeatureUse(0, 10, 0, 100), Cell(1, 1, Nothing, usual)), 0.45));
        Assert.Equal(ChangeFactor.Ended, Only(Inputs(new FeatureUse(10, 0, 100, 0), Cell(1, 1, usual, Nothing)), -0.45));
        // Another model took over: two cells, each in one window.
        var mix = Effects(Inputs(feature, Cell(1, 1, usual, Nothing), Cell(1, 2, Nothing, Use(100, 100, 1_000, 100, inputPrice: 6))));
        Assert.Equal((ChangeFactor.Mix, 0.3m), (Assert.Single(mix).Factor, mix[0].Usd));
        // Caching began: the cache read is new in its group, the input shrinks.
        Assert.Equal(ChangeFactor.CachedShare, Only(Inputs(feature, Cell(1, 1, usual, Use(100, 100, 1_000, 100, cached: 0.5))), -0.135));
        // No output any more.
        Assert.Equal(ChangeFactor.OutputLength, Only(Inputs(feature, Cell(1, 1, usual, Use(100, 100, 1_000, 0))), -0.15));
        // It became free.
        Assert.Equal(ChangeFactor.UnitPrice, Only(Inputs(feature, Cell(1, 1, usual, Use(100, 100, 1_000, 100, inputPrice: 0, outputPrice: 0))), -0.45));
    }

    [Fact]
    public void Without_requests_there_is_one_factor_of_calls()
    {
        var effects = Effects(Inputs(new FeatureUse(null, null, 100, 300), Cell(1, 1, Use(100, 100, 1_000, 100), Use(300, 300, 1_000, 100))));
        Assert.Equal((ChangeFactor.Calls, 0.9m), (Assert.Single(effects).Factor, effects[0].Usd));
    }

    [Fact]
    public void What_only_the_bill_tells_of_is_quantity_mix_and_rate()
    {
        var inputs = new ChangeInputs([], new Dictionary<int, FeatureUse>(), [],
            [new BilledUse(1, 1, TokenKind.Input, 1e6, 2e6, 3e9, 6e9), new BilledUse(1, 1, TokenKind.Output, 1e6, 2e6, 15e9, 60e9)]);
        var effects = Effects(inputs).ToDictionary(e => e.Factor, e => e.Usd);
        Assert.Equal([ChangeFactor.BilledQuantity, ChangeFactor.BilledRate], effects.Keys.Order());
        Assert.Equal(48, effects.Values.Sum());
        // L(60, 15) · ln 2 for the rate of output alone: 45 ÷ ln 4 · ln 2 = 22.5.
        Assert.Equal(22.5m, effects[ChangeFactor.BilledRate]);
    }

    private static readonly Gen<(double, double, double[], double[])> Uses =
        from isThere in Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false)))
        from first in Gen.Choose(1, 5_000)
        from retried in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 500)))
        from tokens in Gen.Choose(0, 3_000_000).ArrayOf(6)
        from zero in Gen.Choose(0, 11)
        from price in Gen.Frequency((6, Gen.Choose(1, 90_000)), (1, Gen.Constant(0)))
        select isThere
            ? (first, (double)first + retried, tokens.Select((t, k) => k == zero ? 0.0 : t).ToArray(), tokens.Select((t, k) => k == zero ? 0.0 : Math.Round(t * (double)price * (k + 1) / 7)).ToArray())
            : Nothing;

    private static readonly Arbitrary<ChangeInputs> AnyInputs = Arb.From(
        from sides in Gen.Zip(Uses, Uses).ListOf(6)
        from requests in Gen.Choose(0, 400).ArrayOf(6)
        from money in Gen.Choose(-2_000_000, 2_000_000).ArrayOf(6)
        from billed in Gen.Choose(0, 2_000_000).ArrayOf(8)
        select Make(sides.ToList(), requests, money, billed));

    private static ChangeInputs Make(List<((double, double, double[], double[]) Before, (double, double, double[], double[]) Now)> sides, int[] requests, int[] money, int[] billed)
    {
        var cells = sides.Select((s, i) => Cell(1 + i / 2, 1 + i % 2, s.Before, s.Now)).Where(c => c.Before.IsPresent || c.Now.IsPresent).ToList();
        var features = cells.GroupBy(c => c.Key.FeatureId).ToDictionary(g => g.Key, g => new FeatureUse(
            requests[g.Key], requests[g.Key + 1], g.Sum(c => c.Before.FirstCalls), g.Sum(c => c.Now.FirstCalls)));
        // Money of a side without calls is not a cell's.
        foreach (var cell in cells)
            foreach (var use in (CellUse[])[cell.Before, cell.Now])
                for (var k = 0; k < 6; k++) if (!use.IsPresent || use.Tokens[k] == 0) use.NanoUsd[k] = 0;
        return new ChangeInputs(cells, features,
            [new(ChangeFactor.UnrecordedUsage, "", money[0], money[1]), new(ChangeFactor.Component, "Guardrails", money[2], money[3]), new(ChangeFactor.Credits, "", money[4], money[5])],
            [new(9, 1, TokenKind.Input, billed[0], billed[1], billed[2], billed[3]), new(9, 2, TokenKind.Output, billed[4], billed[5], billed[6], billed[7])]);
    }

    private static void Holds(Func<ChangeInputs, bool> property) => Prop.ForAll(AnyInputs, property).Check(Chance.Runs(150));

    [Fact]
    public void Effects_add_up_to_the_change_to_the_nano_usd() => Holds(i =>
        Effects(i).Sum(e => e.NanoUsd) == (long)Math.Round(i.NanoUsd) - (long)Math.Round(i.BeforeNanoUsd));

    [Fact]
    public void Before_rounding_nothing_is_left_over() => Holds(i =>
        Math.Abs(Decomposition.Of(i).Sum(e => e.NanoUsd) - (i.NanoUsd - i.BeforeNanoUsd)) <= 1e-9 * Math.Max(1, Size(i)));

    [Fact]
    public void Exchanging_the_windows_negates_every_effect() => Holds(i =>
    {
        var turned = Effects(Turned(i)).ToDictionary(e => (Turn(e.Factor), e.Name), e => -e.NanoUsd);
        return Effects(i).All(e => turned.Remove((e.Factor, e.Name), out var other) && other == e.NanoUsd) && turned.Count == 0;
    });

    [Fact]
    public void Scaling_all_money_scales_every_effect() => Holds(i =>
    {
        var scaled = Decomposition.Of(Scaled(i, 8));
        return Decomposition.Of(i).Zip(scaled).All(p => Math.Abs(p.First.NanoUsd * 8 - p.Second.NanoUsd) <= 1e-9 * Math.Max(1, Size(i)));
    });

    [Fact]
    public void Scaling_requests_and_calls_of_both_windows_moves_no_effect_of_price_and_length() => Holds(i =>
    {
        var doubled = i with { Features = i.Features.ToDictionary(f => f.Key, f => new FeatureUse(f.Value.RequestsBefore * 2, f.Value.Requests * 2, f.Value.FirstCallsBefore, f.Value.FirstCalls)) };
        return Effects(i).Select(e => (e.Factor, e.NanoUsd)).SequenceEqual(Effects(doubled).Select(e => (e.Factor, e.NanoUsd)));
    });

    [Fact]
    public void Unrecorded_usage_is_its_change_and_nothing_else() => Holds(i =>
    {
        var change = i.Others[0].NanoUsd - i.Others[0].BeforeNanoUsd;
        var said = Effects(i).FirstOrDefault(e => e.Factor == ChangeFactor.UnrecordedUsage)?.NanoUsd ?? 0;
        // Whole already, so only the rounding of the others can move it, by a unit.
        return Math.Abs(said - change) <= 1;
    });

    private static double Size(ChangeInputs i) => i.Cells.Sum(c => c.Before.CostNanoUsd + c.Now.CostNanoUsd) + i.Others.Sum(o => Math.Abs(o.BeforeNanoUsd) + Math.Abs(o.NanoUsd)) + i.Billed.Sum(b => b.BeforeNanoUsd + b.NanoUsd);

    private static ChangeFactor Turn(ChangeFactor factor) => factor switch { ChangeFactor.New => ChangeFactor.Ended, ChangeFactor.Ended => ChangeFactor.New, _ => factor };

    private static ChangeInputs Turned(ChangeInputs i) => new(
        [.. i.Cells.Select(c => Cell(c.Key.FeatureId, c.Key.ModelId, Of(c.Now), Of(c.Before)))],
        i.Features.ToDictionary(f => f.Key, f => new FeatureUse(f.Value.Requests, f.Value.RequestsBefore, f.Value.FirstCalls, f.Value.FirstCallsBefore)),
        [.. i.Others.Select(o => o with { BeforeNanoUsd = o.NanoUsd, NanoUsd = o.BeforeNanoUsd })],
        [.. i.Billed.Select(b => b with { QuantityBefore = b.Quantity, Quantity = b.QuantityBefore, BeforeNanoUsd = b.NanoUsd, NanoUsd = b.BeforeNanoUsd })]);

    private static ChangeInputs Scaled(ChangeInputs i, double by) => new(
        [.. i.Cells.Select(c => Cell(c.Key.FeatureId, c.Key.ModelId, Of(c.Before, by), Of(c.Now, by)))], i.Features,
        [.. i.Others.Select(o => o with { BeforeNanoUsd = o.BeforeNanoUsd * by, NanoUsd = o.NanoUsd * by })],
        [.. i.Billed.Select(b => b with { BeforeNanoUsd = b.BeforeNanoUsd * by, NanoUsd = b.NanoUsd * by })]);

    private static (double, double, double[], double[]) Of(CellUse u, double by = 1) => (u.FirstCalls, u.Calls, u.Tokens, [.. u.NanoUsd.Select(n => n * by)]);
}
