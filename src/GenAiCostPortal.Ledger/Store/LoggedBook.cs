using System.Runtime.InteropServices;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Books hours of summed logs: what they count beyond recorded calls. It is put in the place of what was booked, so the result is a
/// function of the sums and the calls, whichever came first and however often.
/// </summary>
internal sealed class LoggedBook(SqliteSpanStore store, Dimensions dimensions)
{
    private const Doors SummedLog = Doors.InvocationLog | Doors.Summed;

    /// <summary>Takes a connection's sums of an hour; they replace what it said before.</summary>
    /// <param name="hour">Seconds since 1970.</param>
    public void Replace(long hour, string connection, IEnumerable<LoggedUse> uses, CallBooking calls)
    {
        var before = store.Logged.Of(hour).Where(r => r.Connection == connection).ToLookup(r => r.UsageSeriesId);
        var rows = new Dictionary<(int Usage, int Cost), LoggedHour>();
        foreach (var use in uses)
        {
            // The hour and a series of its own: no call is ever booked under it.
            var of = use.Of with { Start = UtcTime.FromUnixSeconds(hour), Doors = SummedLog };
            var booked = calls.Row(0, of, null);
            var key = (booked.UsageSeriesId, Cost: Kept(booked.CostSeriesId, before[booked.UsageSeriesId]));
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, key, out _);
            row ??= new LoggedHour { HourUnixSeconds = hour, Connection = connection, UsageSeriesId = key.UsageSeriesId, CostSeriesId = key.Cost };
            row.Calls += use.Calls;
            if (of.Status != CallStatus.Ok) row.Errors += use.Calls;
            if (of.Status == CallStatus.Throttled) row.Throttles += use.Calls;
            if (of.TokenState == TokenState.Unknown)
            {
                row.CallsWithoutTokens += use.Calls;
                continue;
            }
            (row.Input, row.CacheRead, row.Output) = (row.Input + use.Tokens.Input, row.CacheRead + use.Tokens.CacheRead, row.Output + use.Tokens.Output);
            (row.CacheWrite5m, row.CacheWrite1h) = (row.CacheWrite5m + use.Tokens.CacheWrite5m + use.Tokens.CacheWrite30m, row.CacheWrite1h + use.Tokens.CacheWrite1h);
        }
        store.Logged.Replace(hour, connection, rows.OrderBy(r => r.Key).Select(r => r.Value));
        store.LoggedHours.Add(hour);
    }

    /// <summary>Weighs an hour's sums against its recorded calls, whose cells are written, and books what is left.</summary>
    public void Settle(long hour)
    {
        var rows = store.Logged.Of(hour);
        var logged = rows.ConvertAll(r => store.Series.CostKeyOf(r.CostSeriesId) is var key ? new HourUse(SqliteLoggedHours.PlaceOf(key), key.IsBillable, r.Amounts) : null!);
        // By names: numbers follow the order of arrival, and what is booked must not.
        LoggedBeyondCalls.Take([.. logged.OrderBy(u => Named(u.Place), StringComparer.Ordinal)], [.. store.Logged.Recorded(hour, store.Series).OrderBy(u => Named(u.Place), StringComparer.Ordinal)]);
        var booked = store.Logged.Booked(hour);
        var usage = booked.Usage.ToDictionary(id => id, _ => default(HourAmounts));
        var cost = booked.Cost.ToDictionary(id => id, _ => default(HourAmounts));
        for (var i = 0; i < rows.Count; i++)
        {
            var rest = logged[i].Rest();
            usage[rows[i].UsageSeriesId] = usage.GetValueOrDefault(rows[i].UsageSeriesId) + rest;
            cost[rows[i].CostSeriesId] = cost.GetValueOrDefault(rows[i].CostSeriesId) + rest with { Errors = 0, Throttles = 0 };
        }
        var moved = false;
        foreach (var (series, due) in usage) moved |= store.Cells.PutUsage(hour, series, due);
        foreach (var (series, due) in cost) moved |= store.Cells.PutCost(hour, series, due);
        if (moved) store.Names.MarkDay(UtcTime.DayOfUnixMs(hour * 1000).DayNumber);
    }

    private string Named(UsePlace p) => string.Join('\n',
        new[] { p.FeatureId, p.ApplicationId, p.EnvironmentId, p.TeamId, p.ReleaseId, p.AccountId, p.RegionId }.Select(dimensions.Name)) + $"\n{p.Tier}\n{p.Scope}\n{p.Band}";

    // An hour that is read again keeps the price that it was given, as a stored call does.
    private int Kept(int costSeries, IEnumerable<LoggedHour> before)
    {
        var now = store.Series.CostKeyOf(costSeries);
        foreach (var row in before)
            if (store.Series.CostKeyOf(row.CostSeriesId) is var was && was with { Price = now.Price } == now) return row.CostSeriesId;
        return costSeries;
    }
}
