using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

public sealed class SpanMergeTests
{
    [Fact]
    public void A_span_merged_with_itself_is_the_same_object()
    {
        var span = MadeTrace.Call(1, 2, 1, 0, 10);
        Assert.Same(span, SpanMerge.Merge(span, span with { Attributes = SpanAttributes.FromJson(span.Attributes.ToJson()) }));
    }

    [Fact]
    public void Error_status_latest_end_known_parent_and_all_attributes_win()
    {
        var early = MadeTrace.Call(1, 2, 1, 0, 0, null, null) with { ParentSpanId = default };
        var late = MadeTrace.Call(1, 2, 1, 0, 500, 10, 5) with { Status = SpanStatus.Error };
        var merged = SpanMerge.Merge(early, late);
        Assert.Equal((new SpanId(1), SpanStatus.Error, 500.0, 10L), (merged.ParentSpanId, merged.Status, merged.DurationMs, merged.Attributes["gen_ai.usage.input_tokens"]));
    }

    [Fact]
    public void Order_and_grouping_of_versions_do_not_matter()
    {
        var values = Gen.Elements<object>(1L, 2L, 2.0, 1.5, "1", "b", "", true, double.NaN, "NaN", 9_007_199_254_740_993L, 9_007_199_254_740_992.0);
        var version = values.Three();
        Check.One(Chance.Runs(2_000), Prop.ForAll(version.ToArbitrary(), v =>
        {
            var (a, b, c) = (Version(v.Item1), Version(v.Item2), Version(v.Item3));
            var one = Text(SpanMerge.Merge(SpanMerge.Merge(a, b), c));
            return one == Text(SpanMerge.Merge(a, SpanMerge.Merge(b, c))) && one == Text(SpanMerge.Merge(SpanMerge.Merge(c, b), a)) && one == Text(SpanMerge.Merge(SpanMerge.Merge(b, a), c));
        }));
    }

    private static Span Version(object value) => MadeTrace.Call(1, 2, 1, 0, 10, null, null, more: ("x", value));

    private static string Text(Span span) => SpanAttributes.FromJson(span.Attributes.ToJson()).ToJson();
}
