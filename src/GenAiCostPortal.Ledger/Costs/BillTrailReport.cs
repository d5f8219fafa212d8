using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Follows a day's dollars from the lines of the bill to their owners, and back to the calls.</summary>
public sealed class BillTrailReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, LedgerDayReader reader, BorderReader borders)
{
    /// <summary>Everything of a day. With a filter only the cells that have a part for it, each whole.</summary>
    public async Task<DayTrail> ReadAsync(DateOnly day, SpendFilter filter, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var lines = await db.BilledLines.AsNoTracking().Where(l => l.Day == day).OrderBy(l => l.Id).ToListAsync(cancel);
        var entries = await db.LedgerEntries.AsNoTracking().Where(e => e.Day == day).OrderBy(e => e.Id).ToListAsync(cancel);
        var rules = await DecidingRules.ReadAsync(db, cancel);
        var wanted = new LedgerFilter(filter, dimensions);
        var byCell = entries.ToLookup(BillCellKey.Of);
        var linesOf = lines.ToLookup(l => BillCellKey.Of(l, RegionOf(l)));
        var cells = byCell.Select(c => c.Key).Concat(linesOf.Select(c => c.Key)).Distinct()
            .Select(key => Cell(key, [.. linesOf[key]], [.. byCell[key]], rules, wanted))
            .Where(c => wanted.IsOpen || c.Parts.Count > 0 && c.MatchingUsd != 0)
            .OrderByDescending(c => Math.Abs(c.BilledUsd)).ThenBy(c => c.Key, StringComparer.Ordinal).ToList();
        return new DayTrail(day, cells, await AdjustmentsAsync(db, day, cancel), await FeedsAsync(db, day, cancel));
    }

    /// <summary>Services and accounts on the bill of a period, and why; <paramref name="to"/> exclusive.</summary>
    public async Task<IReadOnlyList<BilledScope>> ScopesAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        return await new BilledScopes(stores, dimensions, await borders.ReadAsync(cancel)).ReadAsync(from, to, cancel);
    }

    /// <summary>Recorded calls of a cell's model in its account and region (or in none), by feature, most tokens first. Empty for cells without tokens.</summary>
    public async Task<IReadOnlyList<PoolCalls>> CallsAsync(DateOnly day, TrailCell cell, CancellationToken cancel = default)
    {
        if (cell.Kind is not { } kind || dimensions.Find(DimensionKind.Model, cell.Model) is not (var model and not 0)) return [];
        var (account, region) = (dimensions.Find(DimensionKind.Account, cell.Account), dimensions.Find(DimensionKind.Region, cell.Region));
        await using var db = await stores.CreateDbContextAsync(cancel);
        var calls = new List<PoolCalls>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s."FeatureId", s."TeamId", CASE WHEN s."AccountId" = 0 OR s."RegionId" = 0 THEN 0 ELSE 1 END,
                CASE WHEN (s."Doors" & {(int)Doors.InvocationLog}) <> 0 THEN 1 ELSE 0 END, SUM(r."Calls"), SUM(r."{kind}")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" = {UtcTime.ToUnixSeconds(day)} AND NOT s."IsOffBill" AND s."IsBillable" AND s."ModelId" = {model}
                AND s."AccountId" IN (0, {account}) AND s."RegionId" IN (0, {region})
            GROUP BY 1, 2, 3, 4 HAVING SUM(r."{kind}") <> 0 ORDER BY 6 DESC, 1
            """), row => calls.Add(new PoolCalls(dimensions.Name(row.GetInt32(0)), dimensions.Name(row.GetInt32(1)), row.GetInt64(4), row.GetInt64(5),
                row.GetInt32(3) == 1, row.GetInt32(2) == 1)), cancel);
        return calls;
    }

    /// <summary>The region of a line: its own, else what its usage type says.</summary>
    internal int RegionOf(BilledLine line) =>
        line.RegionId != 0 ? line.RegionId : dimensions.Find(DimensionKind.Region, reader.Meaning(line.BilledServiceId, line.UsageTypeId).Region);

    private TrailCell Cell(BillCellKey key, List<BilledLine> lines, List<LedgerEntry> entries, DecidingRules rules, LedgerFilter wanted)
    {
        var meaning = reader.Meaning(key.Service, key.UsageType);
        var units = lines.Select(l => l.Unit).Distinct().ToList();
        return new TrailCell(key.ToString(), dimensions.Name(key.Account), dimensions.Name(key.Region), dimensions.Name(key.Service), dimensions.Name(key.UsageType),
            key.Category, meaning.Component, meaning.Model?.Canonical ?? "", meaning.Kind, Money.ToUsd(lines.Sum(l => l.AmountNanoUsd)), Money.ToUsd(entries.Sum(e => e.AmountNanoUsd)),
            Money.ToUsd(entries.Where(wanted.Wants).Sum(e => e.AmountNanoUsd)), units.Count == 1 && lines.TrueForAll(l => l.Quantity is not null) ? lines.Sum(l => l.Quantity) : null,
            units.Count == 1 ? units[0] : "", [.. lines.Select(Line)],
            [.. entries.Where(wanted.Wants).OrderBy(e => e.Method == AllocationMethod.Unattributed).ThenByDescending(e => Math.Abs(e.AmountNanoUsd)).ThenBy(e => e.Id).Select(e => Part(e, rules))]);
    }

    private TrailLine Line(BilledLine l) => new(l.Id, l.Feed, Money.ToUsd(l.AmountNanoUsd), l.Quantity, l.Unit, dimensions.Name(l.TagFeatureId),
        dimensions.Name(l.TagSetId), dimensions.Name(l.ResourceId), dimensions.Name(l.PrincipalId), l.IsPreliminary);

    private TrailPart Part(LedgerEntry e, DecidingRules rules) => new(dimensions.Name(e.FeatureId), dimensions.Name(e.TeamId), dimensions.Name(e.ApplicationId),
        dimensions.Name(e.EnvironmentId), dimensions.Name(e.ReleaseId), dimensions.Name(e.ModelId), e.Component, e.Kind, e.Method, e.Reason, e.RuleId,
        rules.Of(e), e.Flags, Money.ToUsd(e.AmountNanoUsd), e.Tokens);

    private async Task<List<TrailAdjustment>> AdjustmentsAsync(LedgerDb db, DateOnly day, CancellationToken cancel) =>
        (await db.LedgerAdjustments.AsNoTracking().Where(a => a.Day == day).OrderByDescending(a => a.At).ThenBy(a => a.Id).ToListAsync(cancel)).ConvertAll(a =>
            new TrailAdjustment(a.At, dimensions.Name(a.AccountId), dimensions.Name(a.FeatureId), dimensions.Name(a.TeamId), a.Cause, Money.ToUsd(a.BeforeNanoUsd), Money.ToUsd(a.AfterNanoUsd)));

    private async Task<List<TrailFeed>> FeedsAsync(LedgerDb db, DateOnly day, CancellationToken cancel) =>
        (await db.BillsOfFeeds.AsNoTracking().Where(b => b.Day == day).OrderBy(b => b.AccountId).ThenByDescending(b => b.IsBill).ThenBy(b => b.Feed).ToListAsync(cancel)).ConvertAll(b =>
            new TrailFeed(dimensions.Name(b.AccountId), b.Feed, Money.ToUsd(b.AmountNanoUsd), b.Lines, b.ReadAt, b.IsBill));
}
