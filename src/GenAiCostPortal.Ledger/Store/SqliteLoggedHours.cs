using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Sums of the invocation log on SQLite, and what else is booked in their hour.</summary>
internal sealed class SqliteLoggedHours(SqliteConnection connection) : IDisposable
{
    private const string Sums = "UsageSeriesId,CostSeriesId,Calls,Errors,Throttles,CallsWithoutTokens,Input,CacheRead,CacheWrite5m,CacheWrite1h,Output";
    private const string Tokens = "r.Input,r.CacheRead,r.CacheWrite5m,r.CacheWrite30m,r.CacheWrite1h,r.Output";

    private readonly SqliteStatement _of = new(connection, $"SELECT {Sums},Connection FROM logged_hour WHERE HourUnixSeconds=? ORDER BY Connection,UsageSeriesId,CostSeriesId");
    private readonly SqliteStatement _delete = new(connection, "DELETE FROM logged_hour WHERE HourUnixSeconds=? AND Connection=?");
    private readonly SqliteStatement _insert = new(connection, $"INSERT INTO logged_hour(HourUnixSeconds,Connection,{Sums}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _recordedCost = new(connection, $"""
        SELECT r.SeriesId,r.Calls,r.CallsWithoutTokens,{Tokens} FROM cost_rollup r JOIN cost_series s ON s.Id=r.SeriesId
        WHERE r.Span=1 AND r.SlotUnixSeconds=? AND NOT s.IsOffBill AND (s.Doors & 16)=0 ORDER BY r.SeriesId
        """);
    private readonly SqliteStatement _recordedErrors = new(connection, """
        SELECT s.AccountId,s.RegionId,s.ModelId,s.Tier,s.Scope,s.Band,s.FeatureId,s.TeamId,s.ApplicationId,s.EnvironmentId,s.ReleaseId,SUM(r.Errors),SUM(r.Throttles)
        FROM usage_rollup r JOIN usage_series s ON s.Id=r.SeriesId
        WHERE r.Span=1 AND r.SlotUnixSeconds=? AND NOT s.IsOffBill AND (s.Doors & 16)=0 AND r.Errors>0 GROUP BY 1,2,3,4,5,6,7,8,9,10,11 ORDER BY 1,2,3,4,5,6,7,8,9,10,11
        """);
    private readonly SqliteStatement _bookedUsage = new(connection, "SELECT r.SeriesId FROM usage_rollup r JOIN usage_series s ON s.Id=r.SeriesId WHERE r.Span=1 AND r.SlotUnixSeconds=? AND (s.Doors & 16)<>0");
    private readonly SqliteStatement _bookedCost = new(connection, "SELECT r.SeriesId FROM cost_rollup r JOIN cost_series s ON s.Id=r.SeriesId WHERE r.Span=1 AND r.SlotUnixSeconds=? AND (s.Doors & 16)<>0");

    /// <summary>Hours with sums, found by steps along the key.</summary>
    public HashSet<long> Hours()
    {
        using var steps = new SqliteStatement(connection, """
            WITH RECURSIVE h(x) AS (SELECT MIN(HourUnixSeconds) FROM logged_hour UNION ALL
            SELECT (SELECT MIN(HourUnixSeconds) FROM logged_hour WHERE HourUnixSeconds>h.x) FROM h WHERE h.x IS NOT NULL) SELECT x FROM h WHERE x IS NOT NULL
            """);
        var hours = new HashSet<long>();
        while (steps.Read()) hours.Add(steps.Long(0));
        return hours;
    }

    /// <summary>Sums of an hour, of all connections.</summary>
    public List<LoggedHour> Of(long hour)
    {
        var rows = new List<LoggedHour>();
        _of.Add(hour);
        while (_of.Read())
            rows.Add(new LoggedHour
            {
                HourUnixSeconds = hour, UsageSeriesId = _of.Int(0), CostSeriesId = _of.Int(1), Calls = _of.Long(2), Errors = _of.Long(3), Throttles = _of.Long(4), CallsWithoutTokens = _of.Long(5),
                Input = _of.Long(6), CacheRead = _of.Long(7), CacheWrite5m = _of.Long(8), CacheWrite1h = _of.Long(9), Output = _of.Long(10), Connection = _of.Text(11),
            });
        return rows;
    }

    /// <summary>Puts a connection's sums of an hour in the place of the old ones.</summary>
    public void Replace(long hour, string connectionName, IEnumerable<LoggedHour> rows)
    {
        _delete.Add(hour).Add(connectionName).Run();
        foreach (var r in rows)
            _insert.Add(hour).Add(connectionName).Add(r.UsageSeriesId).Add(r.CostSeriesId).Add(r.Calls).Add(r.Errors).Add(r.Throttles).Add(r.CallsWithoutTokens)
                .Add(r.Input).Add(r.CacheRead).Add(r.CacheWrite5m).Add(r.CacheWrite1h).Add(r.Output).Run();
    }

    /// <summary>Calls of an hour that were recorded one by one, through any door. How they ended comes apart, because the cost rollup does not know it.</summary>
    public List<HourUse> Recorded(long hour, SeriesCache series)
    {
        var recorded = new List<HourUse>();
        var unbilled = new Dictionary<UsePlace, long>();
        var row = _recordedCost.Add(hour);
        while (row.Read())
        {
            var (key, calls) = (series.CostKeyOf(row.Int(0)), row.Long(1));
            var place = PlaceOf(key);
            if (!key.IsBillable) unbilled[place] = unbilled.GetValueOrDefault(place) + calls;
            recorded.Add(new HourUse(place, key.IsBillable, new HourAmounts(calls, key.IsBillable ? 0 : calls, 0, row.Long(2),
                new TokenCounts(row.Long(3), row.Long(4), row.Long(5), row.Long(6), row.Long(7), row.Long(8)))));
        }
        row = _recordedErrors.Add(hour);
        while (row.Read())
        {
            var place = new UsePlace(row.Int(0), row.Int(1), row.Int(2), (ServiceTier)row.Byte(3), (RoutingScope)row.Byte(4), (ContextBand)row.Byte(5), row.Int(6), row.Int(7), row.Int(8), row.Int(9), row.Int(10));
            // Calls that cost nothing have all failed, throttled ones among them.
            recorded.Add(new HourUse(place, true, new HourAmounts(0, row.Long(11) - unbilled.GetValueOrDefault(place), 0, 0, default)));
            recorded.Add(new HourUse(place, false, new HourAmounts(0, 0, row.Long(12), 0, default)));
        }
        return recorded;
    }

    /// <summary>Series under which something of summed logs is booked in an hour.</summary>
    public (List<int> Usage, List<int> Cost) Booked(long hour) => (Numbers(_bookedUsage.Add(hour)), Numbers(_bookedCost.Add(hour)));

    public static UsePlace PlaceOf(in CostKey k) =>
        new(k.Account, k.Region, k.Model, k.Tier, k.Scope, k.Band, k.Feature, k.Team, k.Application, k.Environment, k.Release);

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_of, _delete, _insert, _recordedCost, _recordedErrors, _bookedUsage, _bookedCost]) statement.Dispose();
    }

    private static List<int> Numbers(SqliteStatement rows)
    {
        var numbers = new List<int>();
        while (rows.Read()) numbers.Add(rows.Int(0));
        return numbers;
    }
}
