using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
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

    /// <summary>Rows of days between two (both inclusive), a day at a time: a month may have more of them than should be in memory at once.</summary>
    internal async IAsyncEnumerable<LedgerMoney[]> ReadAsync(LedgerDb db, DateOnly first, DateOnly last, [EnumeratorCancellation] CancellationToken cancel)
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
        var loaded = new List<LedgerMoney>();
        foreach (var (day, version) in versions)
        {
            if (_days.TryGetValue(day, out var kept) && kept.Version == version)
            {
                yield return kept.Rows;
                continue;
            }
            loaded.Clear();
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"SELECT {Columns} FROM ledger_entry WHERE \"Day\" = {day.DayNumber}"), row => loaded.Add(Read(row)), cancel);
            LedgerMoney[] rows = [.. loaded];
            Keep(day, version, rows);
            yield return rows;
        }
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
