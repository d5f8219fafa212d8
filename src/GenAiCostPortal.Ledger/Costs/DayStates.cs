using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which days of a period are open, and which of those have more to say than the rollups: a part of the bill, or metered usage.</summary>
internal sealed class DayStates
{
    private readonly Dictionary<DateOnly, (HashSet<int> Closed, HashSet<int> Open)> _days = [];

    /// <summary>Days whose estimate needs bill and metered usage beside the calls.</summary>
    public required IReadOnlySet<DateOnly> Weighed { get; init; }

    public static async Task<DayStates> ReadAsync(LedgerDb db, SpendPeriod period, CancellationToken cancel)
    {
        var billed = await db.BilledDays.AsNoTracking().Where(b => b.Day >= period.FirstDay && b.Day <= period.LastDay)
            .Select(b => new { b.Day, b.AccountId, b.ClosedAt }).ToListAsync(cancel);
        var metered = await MeteredDaysAsync(db, period, cancel);
        var open = billed.Where(b => b.ClosedAt == null).Select(b => b.Day).ToHashSet();
        var closed = billed.Select(b => b.Day).Where(d => !open.Contains(d)).ToHashSet();
        var states = new DayStates { Weighed = period.Days().Where(d => open.Contains(d) || metered.Contains(d) && !closed.Contains(d)).ToHashSet() };
        foreach (var day in billed.GroupBy(b => b.Day))
            states._days[day.Key] = (day.Where(b => b.ClosedAt != null).Select(b => b.AccountId).ToHashSet(),
                day.Where(b => b.ClosedAt == null).Select(b => b.AccountId).ToHashSet());
        return states;
    }

    /// <summary>Whether calls of an account and day are estimated by their rollups alone.</summary>
    public bool IsPlainlyEstimated(DateOnly day, int account)
    {
        if (Weighed.Contains(day)) return false;
        if (!_days.TryGetValue(day, out var state)) return true;
        return account == 0 ? state.Closed.Count == 0 : !state.Closed.Contains(account);
    }

    private static async Task<HashSet<DateOnly>> MeteredDaysAsync(LedgerDb db, SpendPeriod period, CancellationToken cancel)
    {
        // The key starts with the hour, so this walks an index without touching rows; per day it stops at the first hour found.
        var days = new HashSet<DateOnly>();
        var at = UtcTime.ToUnixSeconds(period.FirstDay);
        var end = UtcTime.ToUnixSeconds(period.LastDay.AddDays(1));
        while (await StoredRows.NumberAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT MIN(\"HourUnixSeconds\") FROM metered_usage WHERE \"HourUnixSeconds\" >= {at} AND \"HourUnixSeconds\" < {end}"), cancel) is { } hour)
        {
            var day = UtcTime.DayOfUnixMs(hour * 1000);
            days.Add(day);
            at = UtcTime.ToUnixSeconds(day.AddDays(1));
        }
        return days;
    }
}
