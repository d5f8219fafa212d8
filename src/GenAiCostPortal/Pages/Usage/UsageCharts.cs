using System.Globalization;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Usage;

/// <summary>The charts of the Usage page: prompt tokens, output tokens, times of calls, failures.</summary>
public sealed record UsageCharts(TimeChart Prompt, TimeChart Output, TimeChart Latency, TimeChart Failures);

/// <summary>Turns usage by step into charts.</summary>
public sealed class UsageDrawing(Colours colours)
{
    private const int MostParts = 8;
    private const string Other = "Other";
    private static readonly TokenKind[] PromptKinds = [TokenKind.Input, TokenKind.CacheRead, TokenKind.CacheWrite5m, TokenKind.CacheWrite30m, TokenKind.CacheWrite1h];

    public UsageCharts Draw(UsagePicture picture)
    {
        var steps = TimeStep.All(picture.Zoom.From, picture.Zoom.To, picture.Steps.Step);
        var at = picture.Steps.Rows.Where(r => r.Time is not null).ToDictionary(r => r.Time!.Value, r => r.Measures);
        UsageMeasures? Of(TimeStep step) => at.GetValueOrDefault(step.Start);
        string? Traces(TimeStep step) => Zoom.Into(picture.Url.To("/traces"), step.Start, step.End).ToString();
        var brush = (picture.Url.With(Zoom.Word).With("period").With("from", "__FROM__").With("to", "__TO__").ToString(), picture.Url.With(Zoom.Word, "__FROM__~__TO__").ToString());
        var marks = ReleaseMarks.Of(picture.Releases, picture.Url, colours);
        TimeChart Chart(IReadOnlyList<TimeSeries> series, bool isStacked, Func<decimal, string> value, Func<decimal, decimal, string> axis, string summary) =>
            new(steps, series, isStacked, value, axis, Traces, steps.Count > 1 ? brush : null, summary + ReleaseMarks.Words(marks)) { Marks = marks };
        TimeSeries Line(string label, string colour, Func<UsageMeasures, decimal?> value) => new(label, colour, [.. steps.Select(s => Of(s) is { } m ? value(m) : null)]);
        TimeSeries Kind(TokenKind kind) => Line(DimensionText.Value(SpendDimension.TokenKind, Word(kind)), colours.Solid(SpendDimension.TokenKind, Word(kind)), m => m.Tokens[kind]);

        var prompt = picture.Stack is { } stack ? Parts(picture, stack, steps, m => m.Tokens.Prompt) : [.. PromptKinds.Where(k => picture.Total.Tokens[k] > 0 || k == TokenKind.Input).Select(Kind)];
        var output = picture.Stack is { } again ? Parts(picture, again, steps, m => m.Tokens.Output) : [Kind(TokenKind.Output)];
        var total = picture.Total;
        return new UsageCharts(
            Chart(prompt, true, Tokens, Tokens, $"Prompt tokens over time: {Tokens(total.Tokens.Prompt)} in all, {NumberText.Share(total.CacheHitRatio)} of them read from a cache."),
            Chart(output, true, Tokens, Tokens, $"Output tokens over time: {Tokens(total.Tokens.Output)} in all."),
            Chart([Line("p50", "var(--seq-4)", m => (decimal?)m.Latency?.P50), Line("p95", "var(--cat-2)", m => (decimal?)m.Latency?.P95), Line("p99", "var(--cat-4)", m => (decimal?)m.Latency?.P99)],
                false, ms => DayText.Duration((double)ms), (ms, _) => DayText.Duration((double)ms),
                total.Latency is { } l ? $"Duration of calls over time: half took at most {DayText.Duration(l.P50)}, 95 of 100 at most {DayText.Duration(l.P95)}, 99 of 100 at most {DayText.Duration(l.P99)}." : "Duration of calls: not measurable."),
            Chart([Line("errors", "var(--negative)", m => m.ErrorRate), Line("throttles", "var(--warning)", m => m.ThrottleRate), Line("retries", "var(--info)", m => m.RetryRate)],
                false, share => NumberText.Share(share), (share, step) => (share * 100).ToString(step < 0.001m ? "0.00" : step < 0.01m ? "0.0" : "0", CultureInfo.InvariantCulture) + "\u00a0%",
                $"Failures over time, as a share of calls: {NumberText.Share(total.ErrorRate)} failed, {NumberText.Share(total.ThrottleRate)} were throttled, {NumberText.Share(total.RetryRate)} were retries."));
    }

    private TimeSeries[] Parts(UsagePicture picture, UsageAnswer stack, IReadOnlyList<TimeStep> steps, Func<UsageMeasures, long> tokens)
    {
        var dimension = picture.StackBy!.Value;
        var most = stack.Rows.GroupBy(r => r.Keys[0]).Select(g => (g.Key, Tokens: g.Sum(r => tokens(r.Measures)))).Where(k => k.Tokens > 0).OrderByDescending(k => k.Tokens).ToArray();
        var named = most.Where(k => k.Key == SpendQuery.Unattributed || colours.Slot(dimension, k.Key) is not null).Take(MostParts).Select(k => k.Key).ToHashSet();
        string KeyOf(string key) => named.Contains(key) ? key : Other;
        var cells = stack.Rows.Where(r => r.Time is not null).GroupBy(r => (r.Time!.Value, Key: KeyOf(r.Keys[0]))).ToDictionary(g => g.Key, g => (decimal)g.Sum(r => tokens(r.Measures)));
        var order = most.Select(k => KeyOf(k.Key)).Distinct().OrderBy(k => k == SpendQuery.Unattributed).ThenBy(k => k == Other);
        return [.. order.Select(key => new TimeSeries(
            key == Other ? Other : colours.Label(dimension, key), colours.Solid(dimension, key), [.. steps.Select(s => cells.TryGetValue((s.Start, key), out var value) ? value : (decimal?)null)],
            key == Other ? null : step => Zoom.Into(picture.Url.To("/traces").Only(dimension, key), step.Start, step.End).ToString()))];
    }

    private static string Word(TokenKind kind) => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..];
    private static string Tokens(decimal tokens) => NumberText.Tokens((double)tokens);
    private static string Tokens(decimal tokens, decimal step) => NumberText.Tokens((double)tokens);
}
