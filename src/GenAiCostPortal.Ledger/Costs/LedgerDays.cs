using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Ledger rows of days, kept in memory: a built day changes only when it is built again. Each answer checks the build times in the
/// store, so that a build by another process is seen too.
/// </summary>
public sealed class LedgerDays
{
    private const int RowsKept = 500_000;

    private const string Columns = """
        "Day", "TeamId", "ApplicationId", "FeatureId", "EnvironmentId", "AccountId", "RegionId", "ModelId", "ProviderId", "Component", "ReleaseId",
        COALESCE("Kind" + 1, 0), "Tier", "Method", "BilledServiceId", "Reason", "Basis", CASE WHEN "Category" = 0 THEN 1 ELSE 0 END, "AmountNanoUsd", "Tokens"
        """;

    private readonly ConcurrentDictionary<DateOnly, (long Version, LedgerMoney[] Rows)> _days = new();
    private readonly ConcurrentDictionary<DateOnly, int> _swaps = new();
    private long _rows;

    /// <summary>A day got new entries.</summary>
    internal void Forget(DateOnly day)
    {
        _swaps.AddOrUpdate(day, 1, (_, n) => n + 1);
        if (_days.TryRemove(day, out var old)) Interlocked.Add(ref _rows, -old.Rows.Length);
    }

    /// <summary>Rows of days between two (both inclusive), by day.</summary>
    internal async Task<IReadOnlyList<LedgerMoney[]>> ReadAsync(LedgerDb db, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var versions = new SortedDictionary<DateOnly, long>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Day", MAX("BuiltAt"), COUNT(*) FROM billed_day
            WHERE "Day" >= {first.DayNumber} AND "Day" <= {last.DayNumber} AND "BuiltAt" IS NOT NULL GROUP BY 1
            """), row =>
        {
            var day = DateOnly.FromDayNumber(row.GetInt32(0));
            versions[day] = unchecked(row.GetInt64(1) * 1_000 + row.GetInt64(2) + _swaps.GetValueOrDefault(day) * 7_919L);
        }, cancel);
        var missing = versions.Where(v => !_days.TryGetValue(v.Key, out var kept) || kept.Version != v.Value).Select(v => v.Key).ToList();
        var fresh = missing.Count == 0 ? [] : await LoadAsync(db, missing, cancel);
        foreach (var day in missing) Keep(day, versions[day], fresh[day]);
        return [.. versions.Keys.Select(d => fresh.TryGetValue(d, out var rows) ? rows : _days.TryGetValue(d, out var kept) ? kept.Rows : [])];
    }

    private static async Task<Dictionary<DateOnly, LedgerMoney[]>> LoadAsync(LedgerDb db, List<DateOnly> days, CancellationToken cancel)
    {
        var wanted = days.ToDictionary(d => d.DayNumber, _ => new List<LedgerMoney>());
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT {Columns} FROM ledger_entry WHERE \"Day\" >= {days[0].DayNumber} AND \"Day\" <= {days[^1].DayNumber}"), row =>
        {
            if (wanted.TryGetValue(row.GetInt32(0), out var rows)) rows.Add(Read(row));
        }, cancel);
        return wanted.ToDictionary(w => DateOnly.FromDayNumber(w.Key), w => w.Value.ToArray());
    }

    private static LedgerMoney Read(DbDataReader row)
    {
        var key = default(SpendKey);
        key[SpendDimension.Team] = row.GetInt32(1);
        key[SpendDimension.Application] = row.GetInt32(2);
        key[SpendDimension.Feature] = row.GetInt32(3);
        key[SpendDimension.Environment] = row.GetInt32(4);
        key[SpendDimension.Account] = row.GetInt32(5);
        key[SpendDimension.Region] = row.GetInt32(6);
        key[SpendDimension.Model] = row.GetInt32(7);
        key[SpendDimension.Provider] = row.GetInt32(8);
        key[SpendDimension.Component] = row.GetInt32(9) + 1;
        key[SpendDimension.Release] = row.GetInt32(10);
        key[SpendDimension.TokenKind] = row.GetInt32(11);
        key[SpendDimension.Tier] = row.GetInt32(12) + 1;
        key[SpendDimension.Method] = row.GetInt32(13) + 1;
        key[SpendDimension.Service] = row.GetInt32(14);
        return new LedgerMoney(DateOnly.FromDayNumber(row.GetInt32(0)), key, row.GetInt64(18), (Basis)row.GetInt32(16), (AllocationMethod)row.GetInt32(13),
            (UnattributedReason)row.GetInt32(15), row.GetInt32(17) == 1) { Tokens = row.IsDBNull(19) ? null : row.GetInt64(19) };
    }

    private void Keep(DateOnly day, long version, LedgerMoney[] rows)
    {
        if (_days.TryRemove(day, out var old)) Interlocked.Add(ref _rows, -old.Rows.Length);
        while (Interlocked.Read(ref _rows) + rows.Length > RowsKept && !_days.IsEmpty)
        {
            var oldest = _days.Keys.Min();
            if (_days.TryRemove(oldest, out var gone)) Interlocked.Add(ref _rows, -gone.Rows.Length);
        }
        if (_days.TryAdd(day, (version, rows))) Interlocked.Add(ref _rows, rows.Length);
    }
}
