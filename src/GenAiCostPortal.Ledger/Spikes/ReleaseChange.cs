using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>
/// Whether a release stands behind an effect: the factor is compared between the release of the window and the one before it (in the
/// window or in the 48 hours before); "since" is said only where the two explain 60 % of the effect or more.
/// </summary>
internal sealed class ReleaseChange(RecordedUse lead, RecordedUse now)
{
    private const double LeastExplained = 0.6, LeastShare = 0.5, LeastOfPredecessor = 0.01;

    /// <summary>Release number; 0 when releases do not explain the effect.</summary>
    public int Of(ChangeEffect effect)
    {
        if (effect.Cell is not { } cell || effect is not { From: > 0, To: > 0 } || effect.From == effect.To) return 0;
        var (here, before) = (ByRelease(now, cell.Key), ByRelease(lead, cell.Key));
        if (here.Count == 0) return 0;
        var (release, use) = here.MaxBy(r => r.Value.Calls);
        if (release == 0 || use.Calls < LeastShare * here.Values.Sum(u => u.Calls)) return 0;
        var earlier = before.Where(r => r.Key != release).Concat(here.Where(r => r.Key != release && !before.ContainsKey(r.Key))).ToList();
        if (earlier.Count == 0) return 0;
        var (previous, previousUse) = earlier.MaxBy(r => r.Value.Calls);
        if (previousUse.Calls < LeastOfPredecessor * use.Calls) return 0;
        if (Factor(effect.Factor, now, cell.Key.FeatureId, release, use) is not { } to || to <= 0) return 0;
        var source = before.ContainsKey(previous) ? lead : now;
        if (Factor(effect.Factor, source, cell.Key.FeatureId, previous, previousUse) is not { } from || from <= 0) return 0;
        return Lmdi.Log(from, to) / Lmdi.Log(effect.From.Value, effect.To.Value) >= LeastExplained ? release : 0;
    }

    private static double? Factor(ChangeFactor factor, RecordedUse source, int feature, int release, ReleaseUse use) => factor switch
    {
        ChangeFactor.CallsPerRequest when source.Requests.GetValueOrDefault((feature, release)) is var requests and > 0 =>
            source.Cells.Where(c => c.Key.Cell.FeatureId == feature && c.Key.Release == release).Sum(c => c.Value.FirstCalls) / requests,
        ChangeFactor.PromptLength when use.Calls > 0 => (use.Tokens.Sum() - use.Tokens[(int)TokenKind.Output]) / use.Calls,
        ChangeFactor.OutputLength when use.Calls > 0 => use.Tokens[(int)TokenKind.Output] / use.Calls,
        ChangeFactor.Retries when use.FirstCalls > 0 => use.Calls / use.FirstCalls - 1,
        ChangeFactor.CachedShare when use.Tokens.Sum() - use.Tokens[(int)TokenKind.Output] is var prompt and > 0 => use.Tokens[(int)TokenKind.CacheRead] / prompt,
        _ => null,
    };

    private static Dictionary<int, ReleaseUse> ByRelease(RecordedUse use, ChangeCellKey cell) =>
        use.Cells.Where(c => c.Key.Cell == cell && c.Value.Calls > 0).ToDictionary(c => c.Key.Release, c => c.Value);

    /// <summary>First hour in which a release had a real part in its cell.</summary>
    public static async Task<DateTime?> FirstSeenAsync(LedgerDb db, ChangeCellKey cell, int release, DateTime from, DateTime to, CancellationToken cancel)
    {
        var hours = new List<(long Hour, long Of, long All)>();
        await StoredRows.ReadAsync(db, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", SUM(CASE WHEN s."ReleaseId" = {release} THEN r."Calls" ELSE 0 END), SUM(r."Calls")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 1 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND r."SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)}
                AND s."FeatureId" = {cell.FeatureId} AND s."ModelId" = {cell.ModelId} AND s."IsBillable" GROUP BY 1 ORDER BY 1
            """), row => hours.Add((row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))), cancel);
        // A test of a release beside a quiet night of its users is not yet its beginning.
        var most = hours.Count == 0 ? 0 : hours.Max(h => h.Of);
        foreach (var (hour, of, all) in hours)
            if (of > 0 && of * 4 >= all && of * 10 >= most) return UtcTime.FromUnixSeconds(hour);
        return null;
    }
}
