using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Pages.Spikes;
using GenAiCostPortal.Sources.XRay;

namespace GenAiCostPortal.Frame;

/// <summary>The best of what was found, and how much there is.</summary>
public sealed record GoToAnswer(string Typed, IReadOnlyList<GoToPlace> Places, int Found)
{
    public static readonly GoToAnswer Nothing = new("", [], 0);
}

/// <summary>Finds places by name: pages, owners, models, accounts and releases of the store, spikes, and a trace by its id.</summary>
public sealed class GoToFinder(Dimensions dimensions, SpikeList spikes, TraceSearch traces, TimeProvider time)
{
    /// <summary>More are counted, not shown.</summary>
    public const int Most = 12;

    private static readonly TimeSpan SpikesOf = TimeSpan.FromDays(400);
    private static readonly (DimensionKind Kind, GoToKind As)[] Named =
    [
        (DimensionKind.Feature, GoToKind.Feature), (DimensionKind.Team, GoToKind.Team), (DimensionKind.Application, GoToKind.Application),
        (DimensionKind.Model, GoToKind.Model), (DimensionKind.Account, GoToKind.Account), (DimensionKind.Release, GoToKind.Release),
    ];

    /// <summary>Everything that this reader may go to by name. Read once per opening of the box.</summary>
    public async Task<IReadOnlyList<GoToPlace>> PlacesAsync(bool isAdministrator, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        var now = time.GetUtcNow().UtcDateTime;
        var pages = PortalPages.All.Where(p => isAdministrator || !p.IsForAdministrators).Select(p => new GoToPlace(GoToKind.Page, p.Name, p.Path));
        var names = Named.SelectMany(n => dimensions.All(n.Kind).Where(v => v.Name != Dimensions.Other)
            .Select(v => new GoToPlace(n.As, v.Label ?? v.Name, v.Name, v.Label is null ? "" : v.Name)));
        var seen = (await spikes.ReadAsync(now - SpikesOf, now.AddDays(1), cancel: cancel))
            .Select(s => new GoToPlace(GoToKind.Spike, $"{SpikeWords.Title(s)}, {s.ScopeName}", FormattableString.Invariant($"{s.Id}"), FormattableString.Invariant($"S-{s.Id}")));
        return [.. pages, .. names, .. seen];
    }

    /// <summary>The best matches of a text, best first.</summary>
    public static GoToAnswer Find(IReadOnlyList<GoToPlace> places, string typed)
    {
        var match = new NameMatch(typed);
        var found = new List<(MatchRank Rank, GoToPlace Place)>();
        foreach (var place in places)
            if (Better(match.Rank(place.Name), place.Also.Length == 0 ? null : match.Rank(place.Also)) is { } rank) found.Add((rank, place));
        var best = found.OrderBy(f => f.Rank).ThenBy(f => f.Place.Kind).ThenBy(f => f.Place.Name.Length).ThenBy(f => f.Place.Name, StringComparer.Ordinal).ThenBy(f => f.Place.Key, StringComparer.Ordinal);
        return new GoToAnswer(typed, [.. best.Take(Most).Select(f => f.Place)], found.Count);
    }

    /// <summary>Whether a text is the id of a trace, in hex or as X-Ray writes it.</summary>
    public static bool IsTraceId(string typed, out TraceId id) => XRayTraceId.TryParse(typed.Trim(), out id);

    /// <summary>The trace of an id; null when none is kept.</summary>
    public async Task<GoToPlace?> TraceAsync(TraceId id, CancellationToken cancel = default) =>
        await traces.ItemAsync(id, cancel) is not { } trace ? null
            : new GoToPlace(GoToKind.Trace, string.Join(", ", new[] { trace.Workflow.Length == 0 ? "Trace without a workflow" : trace.Workflow, trace.Feature, $"{DayText.Moment(trace.Start)} UTC" }.Where(p => p.Length > 0)), trace.TraceId);

    private static MatchRank? Better(MatchRank? one, MatchRank? other) => one is null ? other : other is null || one <= other ? one : other;
}
