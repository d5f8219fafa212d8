using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Points, series and slots of measured usage on SQLite: a connection of their own with its prepared statements.</summary>
internal sealed class SqliteMeasures : IDisposable
{
    private const int StreamsKept = 50_000;
    private const string SeriesColumns = "AccountId,RegionId,ProviderId,ModelId,Tier,Scope,Band,FeatureId,TeamId,ApplicationId,EnvironmentId,ReleaseId,WorkflowId,AgentId,IsOffBill,Doors";

    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin, _commit, _findStream, _insertStream, _findTwins, _findPoint, _putPoint, _before, _after, _within, _covering, _move, _clear, _insertSeries, _insertName, _addSignal;
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<MeasuredSource>> _twins = new(StringComparer.Ordinal);
    private readonly Dictionary<UsageKey, int> _series = [];
    private int _lastStream, _lastSeries;

    public SqliteMeasures(StoreOptions options)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = false }.ConnectionString);
        _connection.Open();
        SqlitePragmas.Apply(_connection);
        // The log may have grown by others' writes: no commit here pays for folding it back.
        using (var command = _connection.CreateCommand())
        {
            command.CommandText = "PRAGMA wal_autocheckpoint=0";
            command.ExecuteNonQuery();
        }
        (_begin, _commit) = (Prepare("BEGIN IMMEDIATE"), Prepare("COMMIT"));
        _findStream = Prepare("SELECT Id FROM measured_stream WHERE Hash=?");
        _insertStream = Prepare("INSERT INTO measured_stream(Id,Hash,Measure,IsCumulative,UsageSeriesId,IsError) VALUES(?,?,?,?,?,?)");
        _findTwins = Prepare("SELECT Id,UsageSeriesId,Measure,IsCumulative FROM measured_stream WHERE Hash>=? AND Hash<? ORDER BY Id");
        _findPoint = Prepare("SELECT StartUnixMs,Sum FROM measured_point WHERE StreamId=? AND TimeUnixMs=?");
        _putPoint = Prepare("REPLACE INTO measured_point(StreamId,TimeUnixMs,StartUnixMs,Sum,Count) VALUES(?,?,?,?,?)");
        _before = Prepare("SELECT TimeUnixMs,Sum FROM measured_point WHERE StreamId=? AND StartUnixMs=? AND TimeUnixMs<? ORDER BY TimeUnixMs DESC LIMIT 1");
        _after = Prepare("SELECT TimeUnixMs,Sum FROM measured_point WHERE StreamId=? AND StartUnixMs=? AND TimeUnixMs>? ORDER BY TimeUnixMs LIMIT 1");
        _within = Prepare("SELECT TimeUnixMs,StartUnixMs,Sum FROM measured_point WHERE StreamId=? AND TimeUnixMs>=? AND TimeUnixMs<=? ORDER BY TimeUnixMs");
        _covering = Prepare("SELECT 1 FROM measured_point WHERE StreamId=? AND TimeUnixMs>=? AND (TimeUnixMs<=? OR (StartUnixMs>0 AND StartUnixMs<?)) LIMIT 1");
        _move = Prepare("""
            INSERT INTO measured_usage(SlotUnixSeconds,SeriesId,Measure,ReachSlots,Value) VALUES(?,?,?,?,?)
            ON CONFLICT(SlotUnixSeconds,SeriesId,Measure,ReachSlots) DO UPDATE SET Value=Value+excluded.Value
            """);
        _clear = Prepare("DELETE FROM measured_usage WHERE SlotUnixSeconds=? AND SeriesId=? AND Measure=? AND ReachSlots=? AND Value=0");
        _insertSeries = Prepare($"INSERT INTO usage_series(Id,{SeriesColumns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        _insertName = Prepare("INSERT INTO dimension(Id,Kind,Name,Label,ColourSlot) VALUES(?,?,?,?,?)");
        _addSignal = Prepare("""
            INSERT INTO signal_count(Signal,Received,Stored,Rejected,LastAt) VALUES('metrics',?1+?2,?1,?2,?3)
            ON CONFLICT(Signal) DO UPDATE SET Received=Received+excluded.Received, Stored=Stored+excluded.Stored, Rejected=Rejected+excluded.Rejected, LastAt=excluded.LastAt
            """);
        using var last = new SqliteStatement(_connection, "SELECT COALESCE(MAX(Id),0) FROM measured_stream");
        if (last.Read()) _lastStream = last.Int(0);
        last.End();
        LoadSeries();
    }

    public SqliteConnection Connection => _connection;

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    /// <summary>Number of the time series that a reading belongs to.</summary>
    public int Stream(MeasuredReading reading, int series)
    {
        if (_streams.TryGetValue(reading.Hash, out var id)) return id;
        if (_findStream.Add(reading.Hash).Read())
        {
            id = _findStream.Int(0);
            _findStream.End();
        }
        else
        {
            id = ++_lastStream;
            _insertStream.Add(id).Add(reading.Hash).Add((long)reading.Measure).Add(reading.IsCumulative).Add(series).Add(reading.IsError).Run();
            if (_twins.TryGetValue(MeasuredReader.Twins(reading.Told, reading.IsComing), out var twins)) twins.Add(new(id, series, reading.Measure, reading.IsCumulative));
        }
        if (_streams.Count >= StreamsKept)
        {
            _streams.Clear();
            _twins.Clear();
        }
        return _streams[reading.Hash] = id;
    }

    /// <summary>The time series of a sender that tell of the same usage under coming names, or under old ones.</summary>
    public IReadOnlyList<MeasuredSource> Twins(string told, bool isComing)
    {
        var of = MeasuredReader.Twins(told, isComing);
        if (_twins.TryGetValue(of, out var twins)) return twins;
        twins = [];
        // Hex follows: g is beyond all of it.
        _findTwins.Add(of).Add(of + "g");
        while (_findTwins.Read()) twins.Add(new(_findTwins.Int(0), _findTwins.Int(1), (Measure)_findTwins.Byte(2), _findTwins.Bool(3)));
        return _twins[of] = twins;
    }

    /// <summary>Points of a stream between two moments, both included.</summary>
    public List<PointRow> Within(int stream, long fromUnixMs, long toUnixMs)
    {
        var points = new List<PointRow>();
        _within.Add(stream).Add(fromUnixMs).Add(toUnixMs);
        while (_within.Read()) points.Add(new(_within.Long(0), _within.Long(1), _within.Double(2)));
        return points;
    }

    /// <summary>Whether a point of the stream tells of a moment: it ends within <paramref name="toleranceMs"/> of it, or has begun before and ends later.</summary>
    public bool Covers(int stream, long unixMs, long toleranceMs)
    {
        var found = _covering.Add(stream).Add(unixMs - toleranceMs).Add(unixMs + toleranceMs).Add(unixMs).Read();
        if (found) _covering.End();
        return found;
    }

    /// <summary>Number of a usage series; below zero, because the writer of spans counts its own upwards in memory.</summary>
    public int Series(in UsageKey key)
    {
        if (_series.TryGetValue(key, out var id)) return id;
        id = --_lastSeries;
        _insertSeries.Add(id).Add(key.Account).Add(key.Region).Add(key.Provider).Add(key.Model).Add((long)key.Tier).Add((long)key.Scope).Add((long)key.Band)
            .Add(key.Feature).Add(key.Team).Add(key.Application).Add(key.Environment).Add(key.Release).Add(key.Workflow).Add(key.Agent).Add(key.IsOffBill).Add((long)key.Doors).Run();
        return _series[key] = id;
    }

    public PointRow? Point(int stream, long timeUnixMs)
    {
        if (!_findPoint.Add(stream).Add(timeUnixMs).Read()) return null;
        var point = new PointRow(timeUnixMs, _findPoint.Long(0), _findPoint.Double(1));
        _findPoint.End();
        return point;
    }

    public void Put(int stream, PointRow point, long count) => _putPoint.Add(stream).Add(point.TimeUnixMs).Add(point.StartUnixMs).Add(point.Sum).Add(count).Run();

    /// <summary>The nearest earlier point of the same start.</summary>
    public PointRow? Before(int stream, PointRow point) => Neighbour(_before, stream, point);

    /// <summary>The nearest later point of the same start.</summary>
    public PointRow? After(int stream, PointRow point) => Neighbour(_after, stream, point);

    public void Move(MeasuredCell cell, double value)
    {
        At(_move, cell).Add(value).Run();
        if (value < 0) At(_clear, cell).Run();
    }

    public void Insert(DimensionValue value) => _insertName.Add(value.Id).Add((long)value.Kind).Add(value.Name).Add(value.Label).Add(value.ColourSlot).Run();

    public void AddSignal(long stored, long rejected, long nowUnixMs)
    {
        if (stored + rejected > 0) _addSignal.Add(stored).Add(rejected).Add(nowUnixMs).Run();
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private static PointRow? Neighbour(SqliteStatement statement, int stream, PointRow point)
    {
        if (!statement.Add(stream).Add(point.StartUnixMs).Add(point.TimeUnixMs).Read()) return null;
        var found = new PointRow(statement.Long(0), point.StartUnixMs, statement.Double(1));
        statement.End();
        return found;
    }

    private static SqliteStatement At(SqliteStatement statement, MeasuredCell cell) =>
        statement.Add(cell.SlotUnixSeconds).Add(cell.SeriesId).Add((long)cell.Measure).Add(cell.ReachSlots);

    private void LoadSeries()
    {
        using var rows = new SqliteStatement(_connection, $"SELECT Id,{SeriesColumns} FROM usage_series WHERE Id<0");
        while (rows.Read())
        {
            _lastSeries = Math.Min(_lastSeries, rows.Int(0));
            _series[new UsageKey(
                rows.Int(1), rows.Int(2), rows.Int(3), rows.Int(4), (ServiceTier)rows.Byte(5), (RoutingScope)rows.Byte(6), (ContextBand)rows.Byte(7),
                rows.Int(8), rows.Int(9), rows.Int(10), rows.Int(11), rows.Int(12), rows.Int(13), rows.Int(14), rows.Bool(15), (Doors)rows.Byte(16))] = rows.Int(0);
        }
    }

    private SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }
}
