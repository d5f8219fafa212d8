using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Feeds;

namespace GenAiCostPortal.Pages.Sources;

/// <summary>Feeds and runs in words.</summary>
internal static class FeedText
{
    private static readonly string[] Numbers = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    public static string Number(int n) => n < Numbers.Length ? Numbers[n] : n.ToString(CultureInfo.InvariantCulture);

    public static string Capital(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];

    /// <summary>The state without its reason, which stands below.</summary>
    public static string Short(string words) => words.Split(": ")[0];

    /// <summary>Shape and colour of a state.</summary>
    public static string Css(FeedHealth health) => health switch
    {
        FeedHealth.UpToDate or FeedHealth.Receiving => "good",
        FeedHealth.InPart or FeedHealth.Late or FeedHealth.Silent => "warn",
        FeedHealth.Stopped => "bad",
        FeedHealth.Running => "run",
        _ => "off",
    };

    /// <summary>Inclusive end of a range whose end is exclusive: the day before midnight, else the moment.</summary>
    public static string Through(DateTime to, DateTime now) =>
        to.TimeOfDay == TimeSpan.Zero ? DayText.Day(DateOnly.FromDateTime(to).AddDays(-1))
        : now - to < TimeSpan.FromMinutes(1) ? "now" : to.Date == now.Date ? $"today {DayText.Moment(to, now)}" : DayText.Moment(to);

    /// <summary><c>2 s</c>, <c>5 min</c>, <c>16 h</c>, <c>2 days</c>.</summary>
    public static string Lag(TimeSpan lag) =>
        lag.TotalSeconds < 60 ? $"{(int)lag.TotalSeconds} s" : lag.TotalMinutes < 60 ? $"{(int)lag.TotalMinutes} min"
        : lag.TotalHours < 48 ? $"{(int)lag.TotalHours} h" : $"{(int)lag.TotalDays} days";

    public static string LastRun(FeedRun run, DateTime now)
    {
        var start = DayText.Moment(run.Start, now);
        if (run.Outcome == FeedOutcome.Running) return $"running since {start}";
        var took = run.End is { } end ? $", took {DayText.Duration((end - run.Start).TotalMilliseconds)}" : "";
        return run.Outcome switch { FeedOutcome.Failed => $"{start}, failed", FeedOutcome.Cancelled => $"{start}, stopped", _ => start + took };
    }

    public static string Outcome(FeedOutcome outcome) => outcome switch
    {
        FeedOutcome.Running => "running",
        FeedOutcome.Succeeded => "done",
        FeedOutcome.Partial => "done in part",
        FeedOutcome.Failed => "failed",
        FeedOutcome.Cancelled => "stopped",
        _ => "nothing to do",
    };

    public static string Css(FeedOutcome outcome) => outcome switch
    {
        FeedOutcome.Succeeded => "good",
        FeedOutcome.Partial => "warn",
        FeedOutcome.Failed => "bad",
        FeedOutcome.Running => "run",
        _ => "off",
    };

    public static string Trigger(FeedRun run) => run.Trigger switch
    {
        "RunNow" => run.Who.Length > 0 ? $"run now by {run.Who}" : "run now",
        "Backfill" => run.Who.Length > 0 ? $"backfill by {run.Who}" : "backfill",
        "Sample" => "sample",
        _ => "schedule",
    };

    public static string Signal(string signal) => signal.ToLowerInvariant() switch
    {
        "traces" or "spans" => "Spans",
        "metrics" => "Metric points",
        "logs" => "Log records",
        _ => Capital(signal),
    };

    /// <summary>The IAM policy of exactly these actions.</summary>
    public static string Policy(IReadOnlyList<string> actions) =>
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Effect\": \"Allow\",\n    \"Action\": [" + string.Join(", ", actions.Select(a => $"\"{a}\"")) + "],\n    \"Resource\": \"*\"\n  }]\n}";
}
