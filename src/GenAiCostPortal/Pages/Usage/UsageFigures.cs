using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Usage;

/// <summary>What the Usage page shows, read in one go.</summary>
/// <param name="Steps">By step of time, all together.</param>
/// <param name="Stack">By step and the dimension that the token chart is stacked by; null when by token kind.</param>
/// <param name="Groups">By the chosen grouping, the whole time.</param>
/// <param name="Before">The same length of time before; null without a comparison.</param>
/// <param name="Throughput">How full provisioned throughput was.</param>
/// <param name="ByModel">Recorded by model, beside what was metered.</param>
/// <param name="Releases">Releases that began in the time looked at.</param>
public sealed record UsagePicture(
    PortalUrl Url, Period Period, Zoom Zoom, IReadOnlyList<SpendDimension> GroupBy, SpendDimension? StackBy, UsageAnswer Steps, UsageAnswer? Stack, UsageAnswer Groups,
    Period? Compared, UsageMeasures? Before, ThroughputAnswer Throughput, MeteredAnswer Metered, UsageAnswer ByModel, IReadOnlyList<ReleaseStart> Releases)
{
    public UsageMeasures Total => Groups.Total;

    public bool IsEmpty => Total.Calls == 0 && Total.Requests == 0 && Total.Tokens.Total == 0 && Metered.Models.Count == 0 && Throughput.Rows.Count == 0;

    /// <summary>Requests are booked to the owners of their root, so they say nothing by model, tier or account.</summary>
    public bool HasRequests => GroupBy.All(OfRequests.Contains);

    /// <summary>The address filters on cost components, which calls do not have.</summary>
    public bool LeavesOutComponents => Url.Filter[SpendDimension.Component].Count > 0;

    /// <summary>Dimensions that a request has.</summary>
    public static readonly IReadOnlySet<SpendDimension> OfRequests = new HashSet<SpendDimension>
    {
        SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Release, SpendDimension.Workflow,
    };
}

/// <summary>Asks the usage report what the Usage page needs.</summary>
public sealed class UsageFigures(UsageReport report, MeteredReport metered, ThroughputReport throughput, ReleaseStarts releases, TimeProvider time)
{
    /// <summary>What calls can be told apart by.</summary>
    public static readonly IReadOnlyList<SpendDimension> Groupings =
    [
        SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Account, SpendDimension.Region,
        SpendDimension.Model, SpendDimension.Provider, SpendDimension.Tier, SpendDimension.Release, SpendDimension.Workflow, SpendDimension.Agent,
    ];

    private static readonly SpendDimension[] Stacks = [SpendDimension.Feature, SpendDimension.Model];

    /// <summary>Reads for an address.</summary>
    public async Task<UsagePicture> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var today = DateOnly.FromDateTime(now);
        var (period, zoom, filter) = (url.Period(today), Zoom.Of(url, today), Applied(url));
        SpendDimension[] groupBy = [.. url.GroupBy(SpendDimension.Feature).Where(Groupings.Contains)];
        if (groupBy.Length == 0) groupBy = [SpendDimension.Feature];
        var stackBy = Stacks.Cast<SpendDimension?>().FirstOrDefault(d => url["stack"] == PortalUrl.Word(d!.Value));
        UsageQuery Ask(DateTime from, DateTime to, Granularity step, params SpendDimension[] by) => new(from, to, by, step, filter);

        var step = StepOf(url, zoom);
        var steps = await report.ReadAsync(Ask(zoom.From, zoom.To, step), cancel);
        var stack = stackBy is { } dimension ? await report.ReadAsync(Ask(zoom.From, zoom.To, step, dimension), cancel) : null;
        var groups = await report.ReadAsync(Ask(zoom.From, zoom.To, Granularity.None, groupBy), cancel);
        var full = await throughput.ReadAsync(zoom.From, zoom.To, filter, cancel);
        var meters = await metered.ReadAsync(zoom.From, zoom.To, filter, cancel);
        var byModel = await report.ReadAsync(Ask(zoom.From, zoom.To, Granularity.None, SpendDimension.Model), cancel);
        // Not later in the earlier period than it is now in this one.
        var compared = zoom.IsZoomed ? null : period.Compared(url.Compare(today), period.To);
        var before = compared is null ? null
            : (await report.ReadAsync(Ask(compared.FromUtc, now < period.ToUtc ? compared.FromUtc + (now - period.FromUtc) : compared.ToUtc, Granularity.None), cancel)).Total;
        return new UsagePicture(url, period, zoom, groupBy, stackBy, steps, stack, groups, compared, before is { Calls: > 0 } ? before : null,
            full, meters, byModel,
            await releases.ReadAsync(zoom.From, zoom.To, filter, cancel));
    }

    /// <summary>Filters without those on a part of a call: its time and its failure belong to no token kind.</summary>
    private static SpendFilter Applied(PortalUrl url) => new(url.Filter.Values.Where(v => v.Key != SpendDimension.Component).ToDictionary(v => v.Key, v => v.Value));

    /// <summary>The step of the address where it fits the time looked at, else a fitting one.</summary>
    private static Granularity StepOf(PortalUrl url, Zoom zoom) => (url["granularity"], zoom.Length.TotalHours) switch
    {
        ("minute5", <= 24) => Granularity.Minute5,
        ("hour", <= 14 * 24) => Granularity.Hour,
        ("day", > 24) => Granularity.Day,
        ("week", > 7 * 24) => Granularity.Week,
        ("month", > 31 * 24) => Granularity.Month,
        (_, <= 8) => Granularity.Minute5,
        (_, <= 72) => Granularity.Hour,
        (_, > 200 * 24) => Granularity.Month,
        _ => Granularity.Day,
    };

    /// <summary>Steps that fit the time looked at.</summary>
    public static IEnumerable<(Granularity Step, string Word, string Name)> Steps(Zoom zoom)
    {
        var hours = zoom.Length.TotalHours;
        if (hours <= 24) yield return (Granularity.Minute5, "minute5", "5 min");
        if (hours <= 14 * 24) yield return (Granularity.Hour, "hour", "Hour");
        if (hours > 24) yield return (Granularity.Day, "day", "Day");
        if (hours > 7 * 24) yield return (Granularity.Week, "week", "Week");
        if (hours > 31 * 24) yield return (Granularity.Month, "month", "Month");
    }
}
