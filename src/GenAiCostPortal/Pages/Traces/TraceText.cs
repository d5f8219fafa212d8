using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>Traces and spans in words. Unknown is a word, never a zero.</summary>
internal static class TraceText
{
    /// <summary>Doors of a trace: "OTLP", "OTLP and X-Ray".</summary>
    public static string Doors(string source)
    {
        var words = source.Split(',').Select(door => door switch { "Otlp" => "OTLP", "OtlpLogs" => "OTLP logs", "InvocationLog" => "invocation log", "XRay" => "X-Ray", _ => door }).ToList();
        return words.Count < 2 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";
    }

    private const string Unknown = "unknown";

    /// <summary>Cost of a trace: the amount, "unknown", "at least …", or nothing where nothing was called.</summary>
    public static string Cost(TraceItem item) =>
        item.Calls == 0 ? ""
        : item.EstimatedCostUsd is not { } usd ? Unknown
        : (IsPartial(item.CostState) ? "at least " : "") + UsdText.Fine(usd);

    /// <summary>Cost of a span: empty for what is no call.</summary>
    public static string Cost(TraceSpan span, decimal? shown) =>
        !span.IsCall ? "" : span.CostState switch
        {
            CostState.NotBillable => "not billed",
            CostState.Unpriced => "no price",
            CostState.NoTokens => Unknown,
            CostState.PartiallyPriced => "≥ " + Usd4(shown ?? 0),
            _ => shown is { } usd ? Usd4(usd) : Unknown,
        };

    /// <summary>How an amount stands to the estimate: <c> (−10.0 %)</c>; empty where they are the same.</summary>
    public static string Against(decimal usd, decimal? estimated) =>
        estimated is > 0 and var of && Math.Abs((usd - of) / of) >= 0.0005m ? $" ({(usd > of ? "+" : "")}{NumberText.Share((usd - of) / of)})" : "";

    public static bool IsPartial(CostState state) => state is CostState.PartiallyPriced or CostState.Unpriced or CostState.NoTokens;

    /// <summary>Four decimals, so that the spans' costs add up to what stands below them.</summary>
    public static string Usd4(decimal usd) => "$" + usd.ToString("#,##0.0000", CultureInfo.InvariantCulture);

    /// <summary>The first model and how many more.</summary>
    public static string Models(TraceItem item) => item.Models.Count switch
    {
        0 => "",
        1 => item.Models[0],
        var n => $"{item.Models[0]} +{n - 1}",
    };

    public static bool IsFailed(TraceItem item) => item.Status == SpanStatus.Error;

    /// <summary>Status and marks in one line, for narrow screens.</summary>
    public static string Marks(TraceItem item)
    {
        var marks = new List<string> { IsFailed(item) ? "failed" : item.Errors > 0 ? Many(item.Errors, "error") : "ok" };
        if (item.Loops > 0) marks.Add("loop");
        if (item.Retries > 0) marks.Add(Many(item.Retries, "retry", "retries"));
        return string.Join(", ", marks);
    }

    public static string Many(long count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{NumberText.Count(count)} {many ?? one + "s"}";

    /// <summary>What a span is, in a word after its name; empty for calls that need none.</summary>
    public static string Kind(TraceSpan span)
    {
        if (span.IsRollUp) return "not counted";
        if (span.IsCall) return "";
        var operation = Attribute(span, "gen_ai.operation.name");
        return operation switch
        {
            "invoke_agent" or "create_agent" => "agent",
            "execute_tool" => "tool",
            "invoke_workflow" => "workflow",
            _ => span.Kind switch
            {
                SpanKind.Server or SpanKind.Consumer => "request",
                SpanKind.Client => Attribute(span, "rpc.service") ?? Attribute(span, "db.system.name") ?? Attribute(span, "db.system") ?? "client",
                _ => span.IsOrphan ? "parent missing" : "",
            },
        };
    }

    /// <summary>Label at the bar: how long, and how it ended if not well.</summary>
    public static string BarLabel(TraceSpan span) => span.CallStatus switch
    {
        CallStatus.Throttled => $"throttled, {DayText.Duration(span.DurationMs)}",
        CallStatus.Denied => $"denied, {DayText.Duration(span.DurationMs)}",
        CallStatus.Invalid => $"invalid, {DayText.Duration(span.DurationMs)}",
        CallStatus.Timeout => $"timed out, {DayText.Duration(span.DurationMs)}",
        CallStatus.Cancelled => $"cancelled, {DayText.Duration(span.DurationMs)}",
        _ => DayText.Duration(span.DurationMs),
    };

    /// <summary>Chip beside the name: what happened to the call; empty for most.</summary>
    public static (string Text, string Css) Chip(TraceSpan span) => span.CallStatus switch
    {
        CallStatus.Throttled => ("throttled", "bad"),
        CallStatus.Denied => ("denied", "bad"),
        CallStatus.Invalid => ("invalid", "bad"),
        CallStatus.Timeout => ("timed out", "bad"),
        CallStatus.Cancelled => ("cancelled", "bad"),
        CallStatus.Error => ("failed", "bad"),
        _ when span.IsRetry => ("retry", "warn"),
        _ when span is { IsCall: false, Status: SpanStatus.Error } => ("failed", "bad"),
        _ => ("", ""),
    };

    public static string Tokens(TraceSpan span, Func<TokenCounts, long> count) =>
        !span.IsCall ? "" : span.Tokens is { } tokens ? NumberText.Count(count(tokens)) : Unknown;

    public static string Kind(TokenKind kind) => kind switch
    {
        TokenKind.Input => "Input, uncached",
        TokenKind.CacheRead => "Cache read",
        TokenKind.CacheWrite5m => "Cache write, 5 min",
        TokenKind.CacheWrite30m => "Cache write, 30 min",
        TokenKind.CacheWrite1h => "Cache write, 1 h",
        _ => "Output",
    };

    /// <summary>A loop's step without the model, which stands at its calls.</summary>
    public static string Step(TraceLoop loop) => loop.Step.LastIndexOf(", ", StringComparison.Ordinal) is var at and > 0 ? loop.Step[..at] : loop.Step;

    /// <summary>Everything worth knowing of a span, in words.</summary>
    public static string TableMarks(TraceSpan span)
    {
        var marks = new List<string>();
        if (Chip(span).Text is { Length: > 0 } chip) marks.Add(chip);
        if (span.WasRetried) marks.Add("retried");
        if (span.IsRepeat) marks.Add("repeat");
        else if (span.IsLoop) marks.Add("loop");
        if (span.IsRollUp) marks.Add("not counted, repeats its children");
        if (span.IsOnCriticalPath) marks.Add("critical path");
        if (span.IsOrphan) marks.Add("parent missing");
        return string.Join(", ", marks);
    }

    public static string? Attribute(TraceSpan span, string key)
    {
        foreach (var (name, value) in span.StoredAttributes)
            if (name == key) return value;
        return null;
    }
}
