using GenAiCostPortal.Ledger.Prices;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// The writer's own connection to SQLite with its prepared statements and caches. All that is particular to SQLite on the hot
/// path is behind this class. After a failure it is thrown away whole, caches too, and opened anew.
/// </summary>
internal sealed class SqliteSpanStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin, _commit, _rollback;

    public SqliteSpanStore(StoreOptions options, PriceFinder prices)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = false }.ConnectionString);
        _connection.Open();
        SqlitePragmas.Apply(_connection);
        // The log is folded back outside the transactions (Checkpoint), so that no commit pays for it.
        Execute("PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536;");
        (_begin, _commit, _rollback) = (Prepare("BEGIN IMMEDIATE"), Prepare("COMMIT"), Prepare("ROLLBACK"));
        Traces = new SqliteTraces(_connection);
        Doors = new SqliteDoors(_connection);
        Rollups = new SqliteRollups(_connection);
        Sampled = new SqliteSampled(_connection);
        Users = new SqliteUsers(_connection);
        UserCells = new UserCells(Users);
        Guardrails = new SqliteGuardrails(_connection);
        Names = new SqliteNames(_connection);
        Series = new SeriesCache(Names);
        Origins = new OriginCache(Names);
        Cells = new RollupCells(Rollups, Sampled, Series, prices);
        Logged = new SqliteLoggedHours(_connection);
        LastTraceKey = Traces.LastKey();
        HaveRecords = Doors.Have("(Doors & 4)<>0");
        HaveEvents = Doors.Have("Doors=2");
        LoggedHours = Logged.Hours();
    }

    public SqliteTraces Traces { get; }
    public SqliteDoors Doors { get; }
    public SqliteRollups Rollups { get; }
    public SqliteSampled Sampled { get; }
    public SqliteUsers Users { get; }
    public UserCells UserCells { get; }
    public SqliteGuardrails Guardrails { get; }
    public SqliteNames Names { get; }
    public SeriesCache Series { get; }
    public OriginCache Origins { get; }
    public RollupCells Cells { get; }
    public SqliteLoggedHours Logged { get; }
    /// <summary>Hours of which sums of the log are kept: calls recorded in them move what is booked of the sums.</summary>
    public HashSet<long> LoggedHours { get; }
    /// <summary>Records of the invocation log are in the store, so spans may find theirs.</summary>
    public bool HaveRecords { get; set; }
    /// <summary>Calls known from OTLP events alone are in the store.</summary>
    public bool HaveEvents { get; set; }

    public SqliteConnection Connection => _connection;

    /// <summary>Keys grow with arrival: spans and calls of new traces are appended.</summary>
    public long LastTraceKey { get; set; }

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    public void Rollback() => _rollback.Run();

    /// <summary>Folds the log back into the file as far as readers allow; waits for nobody.</summary>
    public static void Checkpoint(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[Traces, Doors, Rollups, Sampled, Logged, Users, Guardrails, Names, _begin, _commit, _rollback]) part.Dispose();
        _connection.Dispose();
    }

    private SqliteStatement Prepare(string sql) => new(_connection, sql);

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
