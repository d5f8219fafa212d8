namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Shares by what features say of themselves in own metrics, in account and region pairs without any recorded call (algorithms §4,
/// Metric). The metric knows no model: its tokens stand against all token lines of the place that no tag owns.
/// </summary>
internal sealed class OwnMetricShares
{
    private sealed record Shares(IReadOnlyList<(int FeatureId, decimal Weight)> Features, decimal Unclaimed, bool IsOver);

    private readonly Dictionary<(int Account, int Region), Shares> _places = [];

    /// <param name="hasCalls">Whether calls are recorded in an account and region.</param>
    public OwnMetricShares(LedgerDayInputs inputs, Func<int, int, bool> hasCalls)
    {
        foreach (var place in inputs.OwnMetrics.Where(m => m.FeatureId != 0).GroupBy(m => (m.AccountId, m.RegionId)))
        {
            if (hasCalls(place.Key.AccountId, place.Key.RegionId)) continue;
            var lines = inputs.Cells.Where(c => c.IsPooled && (c.AccountId, c.RegionId) == place.Key && c is { AmountNanoUsd: > 0, Tokens: not null }).ToList();
            var byTokens = place.Any(m => m.Tokens > 0);
            decimal Quantity(BillCell c) => byTokens ? c.Tokens!.Value : c.AmountNanoUsd;
            // What a tag gave to a feature is no longer to be claimed by it.
            var given = lines.Where(c => c.TagFeatureId != 0).GroupBy(c => c.TagFeatureId).ToDictionary(g => g.Key, g => g.Sum(Quantity));
            var features = place.GroupBy(m => m.FeatureId).OrderBy(g => g.Key)
                .Select(g => (g.Key, Weight: g.Sum(m => byTokens ? m.Tokens : m.CostNanoUsd) - given.GetValueOrDefault(g.Key))).Where(f => f.Weight > 0).ToList();
            if (features.Count == 0) continue;
            var rest = lines.Where(c => c.TagFeatureId == 0).Sum(Quantity) - features.Sum(f => f.Weight);
            _places[place.Key] = new Shares(features, Math.Max(0, rest), rest < 0);
        }
    }

    /// <summary>Features with their part of a token line, and the part that nobody claims; null where nothing is said.</summary>
    public (IReadOnlyList<(PartOwner Owner, decimal Weight)> Parts, decimal Unclaimed)? Of(BillCell cell)
    {
        if (!cell.IsPooled || cell.Tokens is null || !_places.TryGetValue((cell.AccountId, cell.RegionId), out var shares)) return null;
        var flags = shares.IsOver ? LedgerFlags.OverReported : LedgerFlags.None;
        return ([.. shares.Features.Select(f => (new PartOwner { FeatureId = f.FeatureId, Method = AllocationMethod.Metric, Flags = flags }, f.Weight))], shares.Unclaimed);
    }
}
