using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GenAiCostPortal.Ledger.Traces;

public sealed class WaterfallTests
{
    private static WaterfallSpan Span(ulong id, ulong parent, long start, long end) => new(new(id), new(parent), start, end);

    [Fact]
    public void Parents_come_before_children_and_children_by_start()
    {
        WaterfallSpan[] spans = [Span(3, 1, 40, 50), Span(2, 1, 10, 30), Span(4, 2, 12, 20), Span(1, 0, 0, 60)];
        var places = Waterfall.Place(spans);
        Assert.Equal([1UL, 2, 4, 3], places.Select(p => spans[p.Index].Id.Value));
        Assert.Equal([0, 1, 2, 1], places.Select(p => p.Depth));
        Assert.Equal([0L, 10, 12, 40], places.Select(p => p.OffsetNs));
    }

    [Fact]
    public void A_child_that_began_before_its_parent_moves_the_start_not_below_zero()
    {
        var places = Waterfall.Place([Span(1, 0, 100, 200), Span(2, 1, 90, 150)]);
        Assert.Equal([10L, 0], places.Select(p => p.OffsetNs));
        Assert.Equal([0, 1], places.Select(p => p.Depth));
    }

    [Fact]
    public void A_span_whose_parent_never_came_stands_on_its_own_and_says_so()
    {
        WaterfallSpan[] spans = [Span(1, 0, 0, 10), Span(5, 99, 3, 6), Span(6, 5, 4, 5)];
        var places = Waterfall.Place(spans);
        Assert.Equal([false, true, false], places.Select(p => p.IsOrphan));
        Assert.Equal([0, 0, 1], places.Select(p => p.Depth));
    }

    [Fact]
    public void A_cycle_is_cut_at_its_earliest_span()
    {
        WaterfallSpan[] spans = [Span(1, 3, 20, 30), Span(2, 1, 10, 15), Span(3, 2, 25, 28), Span(4, 2, 12, 13)];
        var places = Waterfall.Place(spans);
        Assert.Equal([2UL, 4, 3, 1], places.Select(p => spans[p.Index].Id.Value));
        Assert.Equal([true, false, false, false], places.Select(p => p.IsOrphan));
    }

    [Fact]
    public void The_critical_path_follows_the_child_that_ends_last_and_skips_what_runs_beside_it()
    {
        // By hand: root 0–100; c ends it (60–95); before c began, b had ended (20–55); a (20–40) ran beside b.
        WaterfallSpan[] spans = [Span(1, 0, 0, 100), Span(2, 1, 20, 40), Span(3, 1, 20, 55), Span(4, 1, 60, 95), Span(5, 3, 30, 50), Span(6, 4, 70, 120)];
        var critical = Waterfall.Place(spans).Where(p => p.IsOnCriticalPath).Select(p => spans[p.Index].Id.Value).Order().ToArray();
        Assert.Equal([1UL, 3, 4, 5, 6], critical);
    }

    [Fact]
    public void A_chain_of_ten_thousand_spans_is_placed()
    {
        var spans = Enumerable.Range(1, 10_000).Select(i => Span((ulong)i, (ulong)(i - 1), i, 20_000 - i)).ToArray();
        var places = Waterfall.Place(spans);
        Assert.Equal(10_000, places.Count);
        Assert.Equal(9_999, places[^1].Depth);
        Assert.All(places, p => Assert.True(p.IsOnCriticalPath));
    }

    [Fact]
    public void Nothing_gives_nothing() => Assert.Empty(Waterfall.Place([]));

    // Any parents: none, another span, itself, a cycle, one that is not there.
    private static readonly Arbitrary<WaterfallSpan[]> Traces = (
        from count in Gen.Choose(1, 25)
        from parents in Gen.Choose(-2, 27).ArrayOf(count)
        from starts in Gen.Choose(0, 40).ArrayOf(count)
        from lengths in Gen.Choose(0, 20).ArrayOf(count)
        select parents.Select((p, i) => Span((ulong)(i + 1), p < 0 ? 0 : (ulong)(p + 1), 1_000 + starts[i], 1_000 + starts[i] + lengths[i])).ToArray()).ToArbitrary();

    [Fact]
    public void Every_span_is_placed_once() => Prop.ForAll(Traces, spans =>
        Waterfall.Place(spans).Select(p => p.Index).Order().SequenceEqual(Enumerable.Range(0, spans.Length))).Holds();

    [Fact]
    public void A_child_comes_after_its_parent_one_deeper_unless_it_is_an_orphan() => Prop.ForAll(Traces, spans =>
    {
        var places = Waterfall.Place(spans);
        var position = places.Select((p, at) => (spans[p.Index].Id, At: at)).ToDictionary(x => x.Id, x => x.At);
        return places.Select((p, at) => (Place: p, At: at, Parent: spans[p.Index].ParentId)).All(x =>
            x.Place.IsOrphan || x.Parent.IsNone ? x.Place.Depth == 0
            : position[x.Parent] < x.At && places[position[x.Parent]].Depth == x.Place.Depth - 1);
    }).Holds();

    [Fact]
    public void Only_spans_without_a_parent_here_or_on_a_cycle_are_orphans() => Prop.ForAll(Traces, spans =>
    {
        var byId = spans.ToDictionary(s => s.Id);
        bool MeetsItself(WaterfallSpan span)
        {
            var at = span;
            for (var steps = 0; steps <= spans.Length && byId.TryGetValue(at.ParentId, out var up); steps++)
                if ((at = up).Id == span.Id) return true;
            return false;
        }
        return Waterfall.Place(spans).Where(p => p.IsOrphan).All(p => !byId.ContainsKey(spans[p.Index].ParentId) || MeetsItself(spans[p.Index]));
    }).Holds();

    [Fact]
    public void No_offset_is_negative_and_the_earliest_is_zero() => Prop.ForAll(Traces, spans =>
        Waterfall.Place(spans).Min(p => p.OffsetNs) == 0).Holds();

    [Fact]
    public void The_order_of_arrival_changes_nothing() => Prop.ForAll(Traces, ArbMap.Default.ArbFor<int>(), (spans, seed) =>
    {
        var shuffled = spans.ToArray();
        new Random(seed).Shuffle(shuffled);
        static IEnumerable<object> Key(WaterfallSpan[] all) => Waterfall.Place(all).Select(p => (object)(all[p.Index].Id, p.Depth, p.OffsetNs, p.IsOrphan, p.IsOnCriticalPath));
        return Key(spans).SequenceEqual(Key(shuffled));
    }).Holds();

    [Fact]
    public void Each_span_of_the_critical_path_hangs_on_one_above_it() => Prop.ForAll(Traces, spans =>
    {
        var places = Waterfall.Place(spans);
        var critical = places.Where(p => p.IsOnCriticalPath).ToList();
        return critical.Count > 0 && critical.Count(p => p.Depth == 0) == 1
            && critical.Where(p => p.Depth > 0).All(p => critical.Any(up => spans[up.Index].Id == spans[p.Index].ParentId));
    }).Holds();
}
