using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>A range without gaps, UTC, end exclusive.</summary>
public sealed record FeedRange(DateTime From, DateTime To);

/// <summary>
/// The newest range without gaps that each feed has read. Runs are many and their ranges overlap, so the merged ranges are kept
/// in memory and only rows not seen yet are read.
/// </summary>
public sealed class FeedCoverage
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<(string Feed, string Connection), List<FeedRange>> _ranges = [];
    private long _seen;

    /// <summary>The newest range per feed and connection.</summary>
    public async Task<IReadOnlyDictionary<(string Feed, string Connection), FeedRange>> ReadAsync(LedgerDb db, CancellationToken cancel = default)
    {
        await _reading.WaitAsync(cancel);
        try
        {
            var open = await db.FeedRuns.Where(r => r.Id > _seen && r.Outcome == FeedOutcome.Running).MinAsync(r => (long?)r.Id, cancel);
            var rows = await db.FeedRuns.Where(r => r.Id > _seen && r.CoveredTo != null && r.CoveredFrom != null).OrderBy(r => r.Id)
                .Select(r => new { r.Id, r.Feed, r.Connection, From = r.CoveredFrom!.Value, To = r.CoveredTo!.Value }).ToListAsync(cancel);
            foreach (var row in rows)
            {
                if (!_ranges.TryGetValue((row.Feed, row.Connection), out var ranges)) _ranges[(row.Feed, row.Connection)] = ranges = [];
                Add(ranges, new FeedRange(row.From, row.To));
            }
            // A run still under way gets its range later: look again from there. Adding a range twice changes nothing.
            if (rows.Count > 0) _seen = rows[^1].Id;
            if (open <= _seen) _seen = open.Value - 1;
            return _ranges.ToDictionary(r => r.Key, r => r.Value.MaxBy(x => x.To)!);
        }
        finally
        {
            _reading.Release();
        }
    }

    internal static void Add(List<FeedRange> ranges, FeedRange added)
    {
        if (added.From >= added.To) return;
        foreach (var range in ranges.Where(r => r.From <= added.To && added.From <= r.To).ToList())
        {
            ranges.Remove(range);
            added = new FeedRange(range.From < added.From ? range.From : added.From, range.To > added.To ? range.To : added.To);
        }
        ranges.Add(added);
    }
}
