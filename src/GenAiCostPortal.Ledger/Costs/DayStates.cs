using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which days of a period are open, and which of those have more to say than the rollups: a part of the bill, or metered usage.</summary>
internal sealed class DayStates
{
    private readonly Dictionary<DateOnly, (HashSet<int> Closed, HashSet<int> Open)> _days = [];

    /// <summary>Days whose estimate needs bill and metered usage beside the calls.</summary>
    public required HashSet<DateOnly> Weighed { get; init; }

    public static async Task<DayStates> ReadAsync(LedgerDb db, SpendPeriod period, CancellationToken cancel)
    {
        var billed = new List<(DateOnly Day, int AccountId, bool IsClosed)>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT \"Day\", \"AccountId\", \"ClosedAt\" FROM billed_day WHERE \"Day\" >= {period.FirstDay.DayNumber} AND \"Day\" <= {period.LastDay.DayNumber}"),
            row => billed.Add((DateOnly.FromDayNumber(row.GetInt32(0)), row.GetInt32(1), !row.IsDBNull(2))), cancel);
        var open = billed.Where(b => !b.IsClosed).Select(b => b.Day).ToHashSet();
        var closed = billed.Select(b => b.Day).Where(d => !open.Contains(d)).ToHashSet();
        var unbilled = period.Days().Where(d => !open.Contains(d) && !closed.Contains(d)).ToList();
        var states = new DayStates { Weighed = [.. open, .. await MeteredAsync(db, unbilled, cancel)] };
        foreach (var day in billed.GroupBy(b => b.Day))
            states._days[day.Key] = (day.Where(b => b.IsClosed).Select(b => b.AccountId).ToHashSet(),
                day.Where(b => !b.IsClosed).Select(b => b.AccountId).ToHashSet());
        return states;
    }

    /// <summary>Whether calls of an account and day are estimated by their rollups alone.</summary>
    public bool IsPlainlyEstimated(DateOnly day, int account)
    {
        if (Weighed.Contains(day)) return false;
        if (!_days.TryGetValue(day, out var state)) return true;
        return account == 0 ? state.Closed.Count == 0 : !state.Closed.Contains(account);
    }

    /// <summary>Nothing but the rollups tells of this day.</summary>
    public bool IsOfCallsAlone(DateOnly day) => !Weighed.Contains(day) && !_days.ContainsKey(day);

    /// <summary>Whether <see cref="IsPlainlyEstimated"/> is the same of two days, for each account.</summary>
    public bool AreAlike(DateOnly day, DateOnly other)
    {
        if (day == other) return true;
        if (Weighed.Contains(day) || Weighed.Contains(other)) return Weighed.Contains(day) && Weighed.Contains(other);
        var (one, two) = (_days.GetValueOrDefault(day).Closed, _days.GetValueOrDefault(other).Closed);
        return (one?.Count ?? 0) == 0 ? (two?.Count ?? 0) == 0 : two is not null && one!.SetEquals(two);
    }

    private static async Task<List<DateOnly>> MeteredAsync(LedgerDb db, List<DateOnly> days, CancellationToken cancel)
    {
        // The key starts with the hour, so each question is one step in an index; days without any metered usage are skipped over.
        var metered = new List<DateOnly>();
        var next = long.MinValue;
        foreach (var day in days)
        {
            var start = UtcTime.ToUnixSeconds(day);
            if (next < start)
                next = await StoredRows.NumberAsync(db, string.Create(CultureInfo.InvariantCulture,
                    $"SELECT MIN(\"HourUnixSeconds\") FROM metered_usage WHERE \"HourUnixSeconds\" >= {start}"), cancel) ?? long.MaxValue;
            if (next < start + 86_400) metered.Add(day);
        }
        return metered;
    }
}
