using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>One line of the drawn waterfall: a span, or the head of a loop (<see cref="SpanId"/> empty). Everything is text already.</summary>
/// <param name="At">Start as a share of the drawn width.</param>
/// <param name="Width">Duration as a share of the drawn width.</param>
/// <param name="LoopDepth">Depth of the loop this row is inside of; −1 outside.</param>
public sealed record WaterfallRow(
    string SpanId, string Name, string Kind, int Depth, double At, double Width, string Label, string Prompt, string Output, string Cost,
    string Css, string Chip, string ChipCss, int LoopDepth, string Note)
{
    public bool IsHead => SpanId.Length == 0;

    /// <summary>The label would be cut at the right edge: it stands left of the end of a long bar, or left of a short one.</summary>
    public bool LabelIsBefore => !Fits(At + Width, Label);
    public double LabelAt => LabelIsBefore && !Fits(1 - Width, Label) ? At : At + Width;

    /// <summary>Whether a text that begins at a share of the drawn width ends before it does; the axis is at least 25 rem wide.</summary>
    internal static bool Fits(double at, string text) => at + RoomFor(text) <= 1 + 1e-9;

    /// <summary>What a text takes of the axis, as a share of it.</summary>
    internal static double RoomFor(string text) => 0.03 + 0.0145 * text.Length;

    /// <summary>For the browser module, in the order it reads.</summary>
    public object[] ToJson() => [SpanId, Name, Kind, Depth, Math.Round(At, 6), Math.Round(Width, 6), Label, Prompt, Output, Cost, Css, Chip, ChipCss, LoopDepth, Note];
}

/// <summary>All lines of a trace's waterfall and what stands below them.</summary>
public sealed record WaterfallDrawing(IReadOnlyList<WaterfallRow> Rows, double WidthMs, decimal TotalUsd, long Prompt, long Output, string TotalNote)
{
    /// <summary>Some leaf lies beside the critical path; if none does, marking it says nothing.</summary>
    public bool HasSideWork { get; private init; }

    // Room to the right of the last bar for its label: a tenth, more where a long bar leaves its label no place on its left either.
    private const double Room = 1.1, MostRoom = 1.3;

    internal static double RoomMs(IReadOnlyList<(double StartMs, double EndMs, string Label)> bars)
    {
        var endMs = Math.Max(bars.Max(b => b.EndMs), 1);
        var needed = bars.Select(b => (b.StartMs, b.EndMs, Takes: WaterfallRow.RoomFor(b.Label)))
            .Where(b => b.StartMs < b.Takes * endMs * Room && b.Takes < 0.5).Select(b => b.EndMs / (1 - b.Takes)).DefaultIfEmpty(0).Max();
        return Math.Min(Math.Max(endMs * Room, needed), endMs * MostRoom);
    }

    public static WaterfallDrawing Of(TraceDetail trace)
    {
        var spans = trace.Spans;
        var widthMs = RoomMs([.. spans.Select(s => (s.OffsetMs, s.OffsetMs + s.DurationMs, TraceText.BarLabel(s)))]);
        var shown = ShownCosts(spans);
        var loops = trace.Loops.Select(loop => (Loop: loop, First: IndexOf(spans, loop.Spans, first: true), Last: IndexOf(spans, loop.Spans, first: false)))
            .Where(l => l.First >= 0).OrderBy(l => l.First).ToList();
        var rows = new List<WaterfallRow>(spans.Count + loops.Count);
        for (var i = 0; i < spans.Count; i++)
        {
            foreach (var (loop, _, _) in loops.Where(l => l.First == i)) rows.Add(Head(loop, spans[i].Depth, trace));
            var inside = loops.Where(l => l.First <= i && i <= l.Last).Select(l => spans[l.First].Depth).DefaultIfEmpty(-1).Min();
            var isParent = i + 1 < spans.Count && spans[i + 1].Depth > spans[i].Depth;
            rows.Add(Row(spans[i], shown[i], widthMs, isParent, inside));
        }
        var counted = spans.Where(s => s is { IsCall: true, Tokens: not null }).ToList();
        return new(rows, widthMs, spans.Sum(s => s.EstimatedCostUsd ?? 0), counted.Sum(s => s.Tokens!.Value.Prompt), counted.Sum(s => s.Tokens!.Value.Output), Note(spans))
        {
            HasSideWork = rows.Any(r => !r.IsHead && !r.Css.Contains("parent", StringComparison.Ordinal) && !r.Css.EndsWith(" crit", StringComparison.Ordinal)),
        };
    }

    /// <summary>Ticks of the time axis as shares of the drawn width.</summary>
    public IReadOnlyList<(double At, string Label)> Ticks()
    {
        var step = TickStepMs(WidthMs);
        return [.. Enumerable.Range(0, (int)(WidthMs / step) + 1).Select(i => (i * step / WidthMs, TickLabel(i * step, step)))];
    }

    internal static double TickStepMs(double widthMs)
    {
        var rough = widthMs / 5;
        double[] steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000];
        return steps.FirstOrDefault(s => s >= rough, Math.Ceiling(rough / 3_600_000) * 3_600_000);
    }

    private static string TickLabel(double ms, double step) =>
        step < 1_000 && ms > 0 ? ms.ToString("#,##0", CultureInfo.InvariantCulture) + " ms"
        : step < 60_000 ? (ms / 1000).ToString("#,##0", CultureInfo.InvariantCulture) + " s"
        : (ms / 60_000).ToString("#,##0", CultureInfo.InvariantCulture) + " min";

    /// <summary>Costs to four decimals that add up to their total to four decimals.</summary>
    private static decimal?[] ShownCosts(IReadOnlyList<TraceSpan> spans)
    {
        var known = spans.Select((s, i) => (s.EstimatedCostUsd, Index: i)).Where(x => x.EstimatedCostUsd is not null).ToList();
        var shown = new decimal?[spans.Count];
        if (known.Count == 0) return shown;
        var hundredfold = known.Select(x => x.EstimatedCostUsd!.Value * 100).ToList();
        var parts = DisplayedUsd.Parts(hundredfold.Sum(), hundredfold);
        for (var i = 0; i < parts.Length; i++) shown[known[i].Index] = parts[i] / 100;
        return shown;
    }

    private static WaterfallRow Row(TraceSpan span, decimal? shown, double widthMs, bool isParent, int loopDepth)
    {
        var (chip, chipCss) = TraceText.Chip(span);
        var css = span.IsCall
            ? span.CostState == CostState.NotBillable ? "call unbilled" : span.IsRepeat ? "call rep" : "call"
            : isParent ? "other parent" : "other";
        if (span.IsOnCriticalPath) css += " crit";
        return new(span.SpanId.ToString(), span.Name, TraceText.Kind(span), span.Depth, span.OffsetMs / widthMs, span.DurationMs / widthMs, TraceText.BarLabel(span),
            TraceText.Tokens(span, t => t.Prompt), TraceText.Tokens(span, t => t.Output), TraceText.Cost(span, shown), css, chip, chipCss, loopDepth, "");
    }

    private static WaterfallRow Head(TraceLoop loop, int depth, TraceDetail trace)
    {
        var all = trace.Spans.Sum(s => s.EstimatedCostUsd ?? 0);
        var cost = loop.EstimatedCostUsd is not { } usd ? "their cost is unknown"
            : $"cost {UsdText.Round(usd)}" + (all > 0 ? $", {(usd / all * 100).ToString("0", CultureInfo.InvariantCulture)}\u00a0% of this trace" : "");
        var note = loop.Usual is { } usual ? $"usual {usual} · the {loop.Repeats} repeats beyond it {cost}" : $"the {loop.Repeats} repeats after the first {cost}";
        return new("", $"Loop: {TraceText.Step(loop)} ran {loop.Times} times", "", depth, 0, 0, "", "", "", "", "loophead", "", "", depth, note);
    }

    private static string Note(IReadOnlyList<TraceSpan> spans)
    {
        var calls = spans.Where(s => s.IsCall).ToList();
        if (calls.Count == 0) return "no model call in this trace";
        var parts = new List<string>();
        Add(calls.Count(c => c.CostState == CostState.Priced), "call priced", "calls priced");
        Add(calls.Count(c => c.CostState == CostState.PartiallyPriced), "partly priced", "partly priced");
        Add(calls.Count(c => c.CostState == CostState.Unpriced), "without a price", "without a price");
        Add(calls.Count(c => c.CostState == CostState.NoTokens), "with unknown tokens", "with unknown tokens");
        Add(calls.Count(c => c.CostState == CostState.NotBillable), "failed attempt, never billed", "failed attempts, never billed");
        return string.Join(", ", parts);

        void Add(int count, string one, string many)
        {
            if (count > 0) parts.Add(TraceText.Many(count, one, many));
        }
    }

    private static int IndexOf(IReadOnlyList<TraceSpan> spans, IReadOnlyList<SpanId> ids, bool first)
    {
        var wanted = ids.ToHashSet();
        var places = Enumerable.Range(0, spans.Count).Where(i => wanted.Contains(spans[i].SpanId));
        return first ? places.FirstOrDefault(-1) : places.LastOrDefault(-1);
    }
}
