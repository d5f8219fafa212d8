using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>The past priced anew. Nova Pro lists at $0.80 in and $3.20 out per million; a call here has 1,000 in and 100 out: $0.00112 at the list.</summary>
public sealed class RepricingTests : IAsyncLifetime
{
    private const string Nova = "amazon.nova-pro-v1:0", Unknown = "acme.unknown-model-v9";
    private const string Sums = "SELECT Span, SUM(EstimatedCostNanoUsd), SUM(UnpricedTokens), SUM(CallsWithoutCost) FROM cost_rollup GROUP BY Span ORDER BY Span";
    private static readonly DateOnly Day = new(2026, 11, 20);
    private WriterStore _store = null!;

    public async Task InitializeAsync()
    {
        _store = await WriterStore.OpenAsync();
        await _store.Get<PriceFinder>().LoadAsync();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private Repricings Orders => _store.Get<Repricings>();
    private static RepricingAsk Fill(int days = 1) => new(RepricingOperation.FillGaps, Day.AddDays(1 - days), Day.AddDays(1));
    private static RepricingAsk Correct(Price right, int from = 0, int days = 1) => new(RepricingOperation.Correct, Day.AddDays(1 - days), Day.AddDays(1), right.Id, from);

    private Task<Price> OwnAsync(string model, decimal? input, decimal? output = null, DateOnly? from = null) => _store.Get<OwnPrices>().AddAsync(new OwnPrice(
        model, default, default, "", default, from ?? Day.AddDays(-9), new[] { (TokenKind.Input, input), (TokenKind.Output, output) }.Where(k => k.Item2 is not null).ToDictionary(k => k.Item1, k => k.Item2!.Value), ""), "Ada");

    private async Task<int> RunAsync(RepricingAsk ask)
    {
        var id = await Orders.AskAsync(ask, "Ada");
        await _store.Get<RepricingRun>().RunDueAsync();
        return id;
    }

    private async Task UndoAsync(int id)
    {
        await Orders.UndoAsync(id, "Ada");
        await _store.Get<RepricingRun>().RunDueAsync();
    }

    private Task CallAsync(ulong trace, string model = Nova, long startMs = 100, long? input = 1000, long? output = 100) =>
        _store.WriteAsync(MadeTrace.Root(trace, startMs: startMs), MadeTrace.Call(trace, 2, 1, startMs, startMs + 900, input, output, model: model));

    [Fact]
    public async Task A_wrong_price_is_corrected_as_previewed_and_undo_is_exactly_back()
    {
        await CallAsync(1);
        await CallAsync(2, startMs: -3_600_000);
        await CallAsync(3, MadeTrace.Claude);
        var right = await OwnAsync(Nova, 0.4m);
        var before = _store.Content();

        var preview = await Orders.PreviewAsync(Correct(right));
        // Two calls: 1,000 × 0.40 + 100 × 3.20 a million = $0.00072 each, in place of $0.00112.
        Assert.Equal((2, 2_200, 0.00224m, 0.00144m, 1), (preview.Calls, preview.Tokens, preview.BeforeUsd, preview.AfterUsd, preview.Days));
        Assert.Equal("amazon.nova-pro", Assert.Single(preview.Models).Model);
        Assert.Equal((before, 0), (_store.Content(), (await Orders.HistoryAsync()).Count));

        var claude = _store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 1") - 2_240_000;
        var id = await RunAsync(Correct(right));
        Assert.Equal([$"1|{claude + 1_440_000}|0|0", $"2|{claude + 1_440_000}|0|0"], _store.Read(Sums));
        var done = Assert.Single(await Orders.HistoryAsync());
        Assert.Equal((RepricingState.Done, 2L, 2_240_000L, 1_440_000L, "Ada", ""), (done.Repricing.State, done.Repricing.Calls, done.Repricing.BeforeNanoUsd, done.Repricing.AfterNanoUsd, done.Repricing.Who, done.WhyNoUndo));
        // Stored calls keep the price they were given.
        Assert.Equal(["1120000|2"], _store.Read("SELECT EstimatedCostNanoUsd, COUNT(*) FROM call WHERE EstimatedCostNanoUsd = 1120000 GROUP BY 1"));

        await UndoAsync(id);
        Assert.Equal(before, _store.Content());
        Assert.Equal(0, _store.Number("SELECT SUM(RepricedId) FROM cost_rollup"));
        Assert.Equal(RepricingState.Undone, Assert.Single(await Orders.HistoryAsync()).Repricing.State);
    }

    [Fact]
    public async Task Only_usage_that_carried_the_wrong_price_is_touched_where_it_is_named()
    {
        await CallAsync(1);
        var wrong = await OwnAsync(Nova, 8m);
        await CallAsync(2);
        var right = await OwnAsync(Nova, 0.4m, from: Day.AddDays(-8));
        var preview = await Orders.PreviewAsync(Correct(right, wrong.Id));
        // 1,000 × 8.00 + 100 × 3.20 a million = $0.00832; the call at the list stays.
        Assert.Equal((1, 0.00832m, 0.00072m), (preview.Calls, preview.BeforeUsd, preview.AfterUsd));
        await RunAsync(Correct(right, wrong.Id));
        Assert.Equal(["1|1840000|0|0", "2|1840000|0|0"], _store.Read(Sums));
    }

    [Fact]
    public async Task Gaps_get_the_price_that_held_then_and_never_today_s()
    {
        await CallAsync(1, Unknown);
        await OwnAsync(Unknown, 2m, 10m, from: Day.AddDays(1));
        Assert.Equal(0, (await Orders.PreviewAsync(Fill(30))).Calls);
        await RunAsync(Fill(30));
        Assert.Equal(["1|0|1100|1", "2|0|1100|1"], _store.Read(Sums));

        await OwnAsync(Unknown, 1m, 5m, from: Day.AddDays(-3));
        var before = _store.Content();
        // 1,000 × 1 + 100 × 5 a million = $0.0015.
        Assert.Equal(0.0015m, (await Orders.PreviewAsync(Fill(30))).AfterUsd);
        var id = await RunAsync(Fill(30));
        Assert.Equal(["1|1500000|0|0", "2|1500000|0|0"], _store.Read(Sums));
        Assert.Empty((await _store.Get<PriceBookReport>().ReadAsync()).Unpriced);
        await UndoAsync(id);
        Assert.Equal(before, _store.Content());
        Assert.Single((await _store.Get<PriceBookReport>().ReadAsync()).Unpriced);
    }

    [Fact]
    public async Task What_was_priced_in_part_keeps_what_it_had_and_gets_only_what_was_missing()
    {
        await OwnAsync(Unknown, 2m);
        await CallAsync(1, Unknown);
        Assert.Equal(["1|2000000|100|0", "2|2000000|100|0"], _store.Read(Sums));
        var before = _store.Content();
        await OwnAsync(Unknown, 3m, 10m);
        var id = await RunAsync(Fill());
        // Input stays at 2.00: 1,000 × 2 + 100 × 10 a million = $0.003. Correcting a price is the other operation.
        Assert.Equal(["1|3000000|0|0", "2|3000000|0|0"], _store.Read(Sums));
        // The completed price is nobody's but this usage's.
        Assert.DoesNotContain(_store.Get<PriceFinder>().All, p => p.Source == PriceSource.Filled);
        await UndoAsync(id);
        Assert.Equal(before, _store.Content());
    }

    [Fact]
    public async Task Calls_without_tokens_stay_without_a_cost_at_any_price()
    {
        await CallAsync(1, Unknown);
        await CallAsync(2, Unknown, input: null, output: null);
        await OwnAsync(Unknown, 1m, 5m);
        var id = await RunAsync(Fill());
        Assert.Equal(["1|1500000|0|1", "2|1500000|0|1"], _store.Read(Sums));
        // One more comes late for an hour that has been filled.
        await CallAsync(3, Unknown, input: null, output: null);
        Assert.Equal(2, _store.Number("SELECT SUM(CallsWithoutCost) FROM cost_rollup WHERE Span = 2"));
        await UndoAsync(id);
        Assert.Equal(["1|0|1100|3", "2|0|1100|3"], _store.Read(Sums));
    }

    [Fact]
    public async Task Late_spans_of_calls_that_were_priced_anew_are_priced_like_them()
    {
        await CallAsync(1);
        var right = await OwnAsync(Nova, 0.4m);
        var id = await RunAsync(Correct(right));
        // The call gets another owner and more output by a late span of itself, and moves to a series of its own: still at the right price.
        await _store.WriteAsync(MadeTrace.Call(1, 2, 1, 100, 1000, 1000, 200, model: Nova, more: ("app.feature", "other")));
        // 1,000 × 0.40 + 200 × 3.20 a million = $0.00104; at the list 0.00144.
        Assert.Equal(["1|1040000|0|0", "2|1040000|0|0"], _store.Read(Sums));
        await UndoAsync(id);
        Assert.Equal(["1|1440000|0|0", "2|1440000|0|0"], _store.Read(Sums));
    }

    [Fact]
    public async Task The_same_again_changes_nothing()
    {
        await CallAsync(1);
        var right = await OwnAsync(Nova, 0.4m);
        await RunAsync(Correct(right));
        var after = _store.Content();
        Assert.Equal(0, (await Orders.PreviewAsync(Correct(right))).Calls);
        await RunAsync(Correct(right));
        Assert.Equal(after, _store.Content());
    }

    [Fact]
    public async Task A_run_that_was_interrupted_goes_on_where_it_was()
    {
        for (var day = 0; day < 4; day++) await CallAsync((ulong)day + 1, startMs: -day * 86_400_000L);
        var right = await OwnAsync(Nova, 0.4m);
        await Orders.AskAsync(Correct(right, days: 9), "Ada");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.Get<RepricingRun>().RunDueAsync(new At(0.5, stop.Cancel), stop.Token));
        // Two days are done, two wait; nothing else may be ordered meanwhile.
        Assert.Equal(2 * 720_000 + 2 * 1_120_000, _store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 2"));
        Assert.True(await Orders.HasUnfinishedAsync());
        await Assert.ThrowsAsync<RepricingRefusedException>(() => Orders.AskAsync(Fill(), "Bea"));
        await _store.Get<RepricingRun>().RunDueAsync();
        Assert.Equal(["1|2880000|0|0", "2|2880000|0|0"], _store.Read(Sums));
        Assert.Equal((RepricingState.Done, 4), (await Orders.HistoryAsync()).Select(r => (r.Repricing.State, r.Repricing.Days)).Single());
    }

    [Fact]
    public async Task What_others_stand_on_is_not_undone_before_them()
    {
        await CallAsync(1);
        var before = _store.Content();
        var first = await RunAsync(Correct(await OwnAsync(Nova, 0.4m)));
        var second = await RunAsync(Correct(await OwnAsync(Nova, 0.2m, from: Day.AddDays(-8))));
        Assert.Equal(520_000, _store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 2"));
        var refused = await Assert.ThrowsAsync<RepricingRefusedException>(() => Orders.UndoAsync(first, "Ada"));
        Assert.Equal($"Re-pricing {second} of 20 Nov 2026 stands on it; undo that one first.", refused.Message);
        await UndoAsync(second);
        Assert.Equal(720_000, _store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 2"));
        await UndoAsync(first);
        Assert.Equal(before, _store.Content());
        await Assert.ThrowsAsync<RepricingRefusedException>(() => Orders.UndoAsync(first, "Ada"));
    }

    [Fact]
    public async Task Mistakes_are_named_by_field()
    {
        Assert.Equal(["priceId"], (await Orders.MistakesAsync(new(RepricingOperation.Correct, Day, Day.AddDays(1)))).Keys);
        Assert.Equal(["to"], (await Orders.MistakesAsync(new(RepricingOperation.FillGaps, Day, Day))).Keys);
        var nova = await OwnAsync(Nova, 1m);
        var other = await OwnAsync(Unknown, 1m);
        Assert.Equal(["fromPriceId"], (await Orders.MistakesAsync(Correct(nova, other.Id))).Keys);
        Assert.Empty(await Orders.MistakesAsync(Correct(nova)));
    }

    private sealed class At(double share, Action act) : IProgress<double>
    {
        public void Report(double value)
        {
            if (value >= share) act();
        }
    }
}
