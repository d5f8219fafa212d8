using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Chooses the traces that show a change: three nearest the median cost and three dearest of its window, one nearest the median of before.</summary>
internal static class ExemplarPick
{
    private const int Each = 3, LookedAt = 20_000, LookedAtBefore = 2_000;
    private static readonly TimeSpan Before = TimeSpan.FromDays(28);

    private sealed record Candidate(long Key, long Cost);

    public static async Task<IReadOnlyList<(long TraceKey, ExemplarRole Role)>> PickAsync(LedgerDb db, Dimensions dimensions, Costs.SpendFilter filter, ChangeAnswer answer, CancellationToken cancel)
    {
        var inWindow = await CandidatesAsync(Of(answer.From, answer.To, answer.LeadingReleaseId), LookedAt);
        if (inWindow.Count == 0) inWindow = await CandidatesAsync(Of(answer.From, answer.To, 0), LookedAt);
        var (from, to) = (answer.BaselineFrom ?? answer.From - Before, answer.BaselineTo ?? answer.From);
        var earlier = await CandidatesAsync(Of(from, to, 0), LookedAtBefore);
        var picked = new List<(long, ExemplarRole)>();
        var dearest = inWindow.OrderByDescending(c => c.Cost).ThenBy(c => c.Key).Take(inWindow.Count > Each ? Each : 0).ToList();
        picked.AddRange(Typical(inWindow.Where(c => !dearest.Contains(c)), Median(inWindow), Each).Select(k => (k, ExemplarRole.Typical)));
        picked.AddRange(dearest.Select(c => (c.Key, ExemplarRole.Dearest)));
        picked.AddRange(Typical(earlier, Median(earlier), 1).Where(k => !picked.Exists(p => p.Item1 == k)).Select(k => (k, ExemplarRole.Before)));
        return picked;

        IQueryable<TraceRow> Of(DateTime start, DateTime end, int release)
        {
            var rows = new TraceFilter(db, dimensions).Apply(new TraceQuery(start, end, filter)).Where(t => t.IsRequest);
            if (answer.LeadingFeatureId > 0) rows = rows.Where(t => t.FeatureId == answer.LeadingFeatureId);
            return release > 0 ? rows.Where(t => t.ReleaseId == release) : rows;
        }

        async Task<List<Candidate>> CandidatesAsync(IQueryable<TraceRow> rows, int most) =>
            [.. (await rows.OrderByDescending(t => t.StartUnixMs).Take(most).Select(t => new { t.Key, t.EstimatedCostNanoUsd }).ToListAsync(cancel)).Select(t => new Candidate(t.Key, t.EstimatedCostNanoUsd))];
    }

    private static IEnumerable<long> Typical(IEnumerable<Candidate> all, long median, int count) =>
        all.OrderBy(c => Math.Abs(c.Cost - median)).ThenBy(c => c.Key).Take(count).Select(c => c.Key);

    private static long Median(List<Candidate> all) => all.Count == 0 ? 0 : all.Select(c => c.Cost).Order().ElementAt((all.Count - 1) / 2);
}
