using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Where, by what and for whom calls of an hour were made. Numbers of dimensions; 0 = not known.</summary>
internal readonly record struct UsePlace(
    int AccountId, int RegionId, int ModelId, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    int FeatureId, int TeamId, int ApplicationId, int EnvironmentId, int ReleaseId)
{
    public bool IsPlaceOf(UsePlace other) =>
        (AccountId == 0 || other.AccountId == 0 || AccountId == other.AccountId) && (RegionId == 0 || other.RegionId == 0 || RegionId == other.RegionId);
}

/// <summary>Amounts of an hour that are given out bit by bit; calls that cost nothing by their end apart from the others.</summary>
internal sealed class HourUse(UsePlace place, bool isBillable, HourAmounts amounts)
{
    public const int Calls = 0, Errors = 1, Throttles = 2, WithoutTokens = 3, CacheWrite5m = 6, CacheWrite1h = 7, Count = 9;

    public UsePlace Place { get; } = place;
    public bool IsBillable { get; } = isBillable;

    /// <summary>Left of each amount. Writes for half an hour count as those for five minutes: the log knows no such.</summary>
    public long[] Left { get; } =
    [
        amounts.Calls, amounts.Errors, amounts.Throttles, amounts.CallsWithoutTokens, amounts.Tokens.Input, amounts.Tokens.CacheRead,
        amounts.Tokens.CacheWrite5m + amounts.Tokens.CacheWrite30m, amounts.Tokens.CacheWrite1h, amounts.Tokens.Output,
    ];

    /// <summary>What is left, as far as it can be: no more errors than calls.</summary>
    public HourAmounts Rest()
    {
        var errors = Math.Min(Left[Errors], Left[Calls]);
        return new(Left[Calls], errors, Math.Min(Left[Throttles], errors), Math.Min(Left[WithoutTokens], Left[Calls]), new TokenCounts(Left[4], Left[5], Left[CacheWrite5m], 0, Left[CacheWrite1h], Left[8]));
    }
}

/// <summary>
/// What the log counted in an hour beyond the calls recorded one by one, whichever door they came through (copied records of the
/// same log too; calls that its query picked are not booked): both together come to the larger of the two, per feature, model and token kind (algorithms §4, t_f).
/// Calls go first to sums that agree in everything, then to those of the same feature and place, then to those where the place is
/// not known on one side, and last to those where one side does not name a feature: a call that either side cannot name is still one.
/// </summary>
internal static class LoggedBeyondCalls
{
    private static readonly (int Recorded, int Logged)[] Same = [.. Enumerable.Range(0, HourUse.Count).Select(i => (i, i))];

    // A sender that does not know how long a cache write lives says five minutes; it is the same write.
    private static readonly (int Recorded, int Logged)[] Writes = [(HourUse.CacheWrite5m, HourUse.CacheWrite1h), (HourUse.CacheWrite1h, HourUse.CacheWrite5m)];

    private static readonly Func<UsePlace, UsePlace, bool>[] Ways =
    [
        (logged, recorded) => logged == recorded,
        (logged, recorded) => logged.FeatureId == recorded.FeatureId && logged.AccountId == recorded.AccountId && logged.RegionId == recorded.RegionId,
        (logged, recorded) => logged.FeatureId == recorded.FeatureId && logged.IsPlaceOf(recorded),
        (logged, recorded) => (logged.FeatureId == 0 || recorded.FeatureId == 0) && logged.IsPlaceOf(recorded),
    ];

    /// <summary>Takes what recorded calls stand for off the log's sums. Both of one hour, in a fixed order.</summary>
    public static void Take(IReadOnlyList<HourUse> logged, IReadOnlyList<HourUse> recorded)
    {
        var calls = recorded.ToLookup(r => r.Place.ModelId);
        foreach (var model in logged.GroupBy(l => l.Place.ModelId))
            foreach (var amounts in ((int, int)[][])[Same, Writes])
                foreach (var meet in Ways)
                    foreach (var call in calls[model.Key])
                        foreach (var sum in model)
                            if (sum.IsBillable == call.IsBillable && meet(sum.Place, call.Place)) Take(sum, call, amounts);
    }

    private static void Take(HourUse sum, HourUse call, (int Recorded, int Logged)[] amounts)
    {
        foreach (var (of, from) in amounts)
        {
            var taken = Math.Min(sum.Left[from], call.Left[of]);
            if (taken <= 0) continue;
            sum.Left[from] -= taken;
            call.Left[of] -= taken;
        }
    }
}
