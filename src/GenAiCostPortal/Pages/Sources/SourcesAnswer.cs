using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Pages.Sources;

/// <summary>A job of the portal that is no feed, with its newest run.</summary>
public sealed record JobState(JobInfo Job, FeedRun? LastRun);

/// <summary>All that the Sources page shows.</summary>
/// <param name="Checks">Permission checks of this month; they cost as feeds do.</param>
/// <param name="Bill">The month to date, for the basis and what has no owner.</param>
/// <param name="RunsOf">Feed whose runs are listed; empty for none.</param>
public sealed record SourcesAnswer(
    IReadOnlyList<FeedState> Feeds, IReadOnlyList<JobState> Jobs, IReadOnlyList<FeedRun> Checks, ReceiverAnswer Receiver, SpendAnswer Bill, string RunsOf, IReadOnlyList<FeedRun> Runs)
{
    public IReadOnlyList<FeedState> On => [.. Feeds.Where(f => f.Health != FeedHealth.Off)];

    /// <summary>Feeds that nobody has switched on, one of each: what they would add.</summary>
    public IReadOnlyList<FeedState> NotOn => [.. Feeds.Where(f => Feeds.All(o => o.Feed != f.Feed || o.Health == FeedHealth.Off)).DistinctBy(f => f.Feed)];

    /// <summary>Connections for which a feed is off while another has it on: a payer reads the bill of all its accounts.</summary>
    public string OffWords => string.Join(" ", Feeds.Except(On).Where(f => NotOn.All(n => n.Feed != f.Feed)).GroupBy(f => f.Title).Select(g => $"{g.Key} is off for {string.Join(" and ", g.Select(f => f.Connection))}."));

    /// <summary>Which sources deliver and which do not, by name.</summary>
    public string Headline
    {
        get
        {
            var bad = On.Where(f => f.Health is FeedHealth.Stopped or FeedHealth.Late).ToList();
            var delivering = On.Count(f => f.Health is FeedHealth.UpToDate or FeedHealth.Receiving or FeedHealth.InPart or FeedHealth.Running);
            if (On.Count == 0 || delivering == 0 && bad.Count == 0) return "No source has delivered yet.";
            var words = delivering == On.Count ? $"All {FeedText.Number(On.Count)} sources deliver" : $"{FeedText.Capital(FeedText.Number(delivering))} of {FeedText.Number(On.Count)} sources deliver";
            var others = bad.Select(f => $"{f.Title} {(f.Health == FeedHealth.Stopped ? "has stopped" : FeedText.Short(f.Words))}")
                .Concat(On.Where(f => f.Health == FeedHealth.Silent).Select(f => $"{f.Title} is {FeedText.Short(f.Words)}"))
                .Concat(On.Where(f => f.Health == FeedHealth.NeverRan).Select(f => $"{f.Title} has brought nothing yet"));
            return string.Join("; ", others.Prepend(words)) + ".";
        }
    }

    public string BillWords => Bill.BilledThrough is not { } through
        ? "No bill has been read; figures are tokens × price."
        : $"Spend is billed to {DayText.Day(through)}" + (Bill.BilledUnattributedUsd > 0 && Bill.BilledUsd > 0
            ? $"; {NumberText.Share(Bill.BilledUnattributedUsd / Bill.BilledUsd)} of the month's bill ({UsdText.Exact(Bill.BilledUnattributedUsd)}) has no owner."
            : "; all of the month's bill has an owner.");
}
