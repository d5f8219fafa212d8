using System.Collections.Concurrent;
using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// What is recorded or metered but not billed yet, read at the moment of asking, so that a figure is there as soon as its call is.
/// The same pure rule as the ledger build decides it.
/// </summary>
public sealed class OpenDays(LedgerDayReader reader, DayVersions versions)
{
    private const int DaysKept = 400;
    private readonly ConcurrentDictionary<DateOnly, (DayVersion Version, LedgerMoney[] Money)> _estimates = new();

    /// <summary>Estimated parts of days beside their bill.</summary>
    internal async Task<IReadOnlyList<LedgerMoney[]>> EstimateAsync(LedgerDb db, IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        var now = await versions.ReadAsync(db, days, cancel);
        var answer = new List<LedgerMoney[]>(days.Count);
        foreach (var day in days.Order())
        {
            if (!_estimates.TryGetValue(day, out var kept) || kept.Version != now[day])
            {
                var inputs = await reader.ReadAsync(db, day, await AroundAsync(db, day, cancel), cancel);
                kept = (now[day], [.. LedgerDay.Build(inputs).Estimated.Select(LedgerMoney.Of)]);
                if (_estimates.Count >= DaysKept) _estimates.Clear();
                _estimates[day] = kept;
            }
            answer.Add(kept.Money);
        }
        return answer;
    }

    /// <summary>The whole estimate of a day, as if nothing of it were billed.</summary>
    internal async Task<IReadOnlyList<LedgerEntry>> EstimateWithoutBillAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var inputs = await reader.ReadAsync(db, day, await AroundAsync(db, day, cancel), cancel);
        return LedgerDay.Build(inputs with { Cells = [], ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int>() }).Estimated;
    }

    // Owners and spend of features matter to lines of the bill, not to estimates.
    private static readonly Dictionary<int, FeatureOwners> NoOwners = [];

    private async Task<DaySurroundings> AroundAsync(LedgerDb db, DateOnly day, CancellationToken cancel) =>
        new(await LoggedAsync(db, day, cancel), NoOwners, [], await Owners.RuleBook.ReadAsync(db, cancel), reader.Names);

    private static async Task<HashSet<(int, int)>> LoggedAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var logged = new HashSet<(int, int)>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT DISTINCT s."AccountId", s."RegionId" FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(day.AddDays(1 - UsageLookback.LoggedDays))}
                AND r."SlotUnixSeconds" <= {UtcTime.ToUnixSeconds(day)} AND NOT s."IsOffBill" AND s."IsBillable" AND r."Calls" > 0
            """), row => logged.Add((row.GetInt32(0), row.GetInt32(1))), cancel);
        return logged;
    }
}
