using Quartz;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Cron per job (contract: <c>Schedule:&lt;JobName&gt;</c>), UTC, or <c>Off</c>; jobs not named keep their default.</summary>
public sealed class ScheduleOptions
{
    public Dictionary<string, string> Jobs { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with the settings, by job; nothing when all can be used.</summary>
    public IEnumerable<(string Job, string What)> Mistakes()
    {
        foreach (var (job, cron) in Jobs)
            if (!JobTable.IsKnown(job)) yield return (job, "is no job of the portal");
            else if (!JobTable.CanRead(cron)) yield return (job, $"'{cron}' is neither Off nor a cron expression such as 20 5,12,19 * * * (UTC)");
    }
}

/// <summary>When a job runs. Without a cron it runs only when asked.</summary>
internal sealed record JobTrigger(string Job, CronExpression? Cron, string InWords);

/// <summary>Every job with its trigger, in words. The schedule lives in memory: what ran is in the store, what will run follows from here.</summary>
internal static class JobTable
{
    private static readonly (string Job, string Cron, string InWords)[] Defaults =
    [
        // AWS refreshes billing data up to three times a day; each page costs $0.01.
        ("CostExplorer", "0 20 5,12,19 * * ?", "at 05:20, 12:20 and 19:20 (UTC)"),
        // Exports are delivered up to three times a day, at no fixed hour; looking for a new manifest costs next to nothing.
        ("DataExports", "0 40 2/4 * * ?", "every 4 hours, at minute 40 (UTC)"),
        // Each query costs money.
        ("Athena", "0 50 7 * * ?", "every day at 07:50 (UTC)"),
        ("CloudWatch", "0 3/15 * * * ?", "every 15 minutes"),
        ("XRay", "20 5/10 * * * ?", "every 10 minutes"),
        // Records are delivered in batches, minutes after the call.
        ("InvocationLogs", "20 1/5 * * * ?", "every 5 minutes"),
        // Each query costs money and looks at the last two hours again.
        ("AthenaLogs", "0 25 0/4 * * ?", "every 4 hours, at minute 25 (UTC)"),
        ("InferenceProfiles", "50 4/10 * * * ?", "every 10 minutes"),
        ("Accounts", "0 50 5 * * ?", "every day at 05:50 (UTC)"),
        ("Inventory", "0 10 6 * * ?", "every day at 06:10 (UTC)"),
        ("PriceList", "0 30 4 ? * MON", "every Monday at 04:30 (UTC)"),
        ("Ledger", "30 0/10 * * * ?", "every 10 minutes, and after each change of the bill or the rules"),
        ("Spikes", "40 2/5 * * * ?", "every 5 minutes"),
        ("Alerts", "45 * * * * ?", "every minute"),
        ("Retention", "0 40 3 * * ?", "every day at 03:40 (UTC)"),
        ("Attribution", "Off", "when asked, after owner keys were changed"),
        ("Repricing", "Off", "when asked, after prices were changed"),
    ];

    // Jobs of the contract that come with later releases may be configured already.
    private static readonly string[] Later =
        ["Otlp", "Budgets", "Optimise", "ModelReview", "Reports"];

    public static bool IsKnown(string job) => Defaults.Any(d => d.Job.Equals(job, StringComparison.OrdinalIgnoreCase)) || Later.Contains(job, StringComparer.OrdinalIgnoreCase);

    public static bool CanRead(string cron) => IsOff(cron) || CronExpression.TryParse(Seconds(cron.Trim()), out _);

    /// <summary>The triggers by job name.</summary>
    /// <exception cref="FormatException">A configured cron is not one.</exception>
    public static IReadOnlyDictionary<string, JobTrigger> Read(ScheduleOptions options) =>
        Defaults.ToDictionary(d => d.Job, d => Read(d, options.Jobs.GetValueOrDefault(d.Job)), StringComparer.OrdinalIgnoreCase);

    private static JobTrigger Read((string Job, string Cron, string InWords) job, string? configured)
    {
        if (string.IsNullOrWhiteSpace(configured) && IsOff(job.Cron)) return new JobTrigger(job.Job, null, job.InWords);
        if (string.IsNullOrWhiteSpace(configured)) return new JobTrigger(job.Job, CronExpression.Parse(job.Cron).WithTimeZone(TimeZoneInfo.Utc), job.InWords);
        if (IsOff(configured)) return new JobTrigger(job.Job, null, "off");
        return CronExpression.TryParse(Seconds(configured.Trim()), out var cron)
            ? new JobTrigger(job.Job, cron.WithTimeZone(TimeZoneInfo.Utc), $"by cron {configured.Trim()} (UTC)")
            : throw new FormatException($"Schedule:{job.Job} is neither Off nor a cron expression: {configured}");
    }

    private static bool IsOff(string configured) => configured.Trim().Equals("Off", StringComparison.OrdinalIgnoreCase);

    /// <summary>Five fields are cron as Unix knows it; Quartz wants seconds in front and one of the two day fields a question mark.</summary>
    private static string Seconds(string cron)
    {
        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5) return cron;
        if (fields[4] == "*") fields[4] = "?";
        else if (fields[2] == "*") fields[2] = "?";
        return "0 " + string.Join(' ', fields);
    }
}
