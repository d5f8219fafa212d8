using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Names with numbers on SQLite: dimensions, series and span origins; and the counters kept beside them.</summary>
internal sealed class SqliteNames(SqliteConnection connection) : IDisposable
{
    private const string UsageColumns = "AccountId,RegionId,ProviderId,ModelId,Tier,Scope,Band,FeatureId,TeamId,ApplicationId,EnvironmentId,ReleaseId,WorkflowId,AgentId,IsOffBill,Doors";
    private const string CostColumns = "AccountId,RegionId,ProviderId,ModelId,Tier,Scope,Band,FeatureId,TeamId,ApplicationId,EnvironmentId,ReleaseId,IsOffBill,IsBillable,PriceId,Doors";

    private readonly SqliteStatement _insertDimension = new(connection, "INSERT INTO dimension(Id,Kind,Name,Label,ColourSlot) VALUES(?,?,?,?,?)");
    private readonly SqliteStatement _insertUsage = new(connection, $"INSERT INTO usage_series(Id,{UsageColumns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _insertCost = new(connection, $"INSERT INTO cost_series(Id,{CostColumns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _insertOrigin = new(connection, "INSERT INTO span_origin(Id,Hash,ResourceAttributes,ScopeName,ScopeVersion) VALUES(?,?,?,?,?)");
    private readonly SqliteStatement _findOrigin = new(connection, "SELECT ResourceAttributes,ScopeName,ScopeVersion FROM span_origin WHERE Id=?");
    private readonly SqliteStatement _findOriginByHash = new(connection, "SELECT Id FROM span_origin WHERE Hash=?");
    private readonly SqliteStatement _addSender = new(connection, """
        INSERT INTO sender(ScopeName,ScopeVersion,Language,Reading,Spans,Calls,RollUps,FirstSeen,LastSeen) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?8)
        ON CONFLICT(ScopeName,ScopeVersion,Language) DO UPDATE SET Spans=Spans+excluded.Spans, Calls=Calls+excluded.Calls, RollUps=RollUps+excluded.RollUps, LastSeen=excluded.LastSeen,
        Reading=CASE WHEN excluded.Reading='' THEN Reading ELSE excluded.Reading END
        """);
    private readonly SqliteStatement _addSignal = new(connection, """
        INSERT INTO signal_count(Signal,Received,Stored,Rejected,LastAt) VALUES(?1,?2+?3,?2,?3,?4)
        ON CONFLICT(Signal) DO UPDATE SET Received=Received+excluded.Received, Stored=Stored+excluded.Stored, Rejected=Rejected+excluded.Rejected, LastAt=excluded.LastAt
        """);
    private readonly SqliteStatement _markDay = new(connection, "UPDATE billed_day SET NeedsBuild=1 WHERE Day=? AND NeedsBuild=0");

    public void Insert(DimensionValue value) =>
        _insertDimension.Add(value.Id).Add((long)value.Kind).Add(value.Name).Add(value.Label).Add(value.ColourSlot).Run();

    public void Insert(int id, in UsageKey k) =>
        _insertUsage.Add(id).Add(k.Account).Add(k.Region).Add(k.Provider).Add(k.Model).Add((long)k.Tier).Add((long)k.Scope).Add((long)k.Band)
            .Add(k.Feature).Add(k.Team).Add(k.Application).Add(k.Environment).Add(k.Release).Add(k.Workflow).Add(k.Agent).Add(k.IsOffBill).Add((long)k.Doors).Run();

    public void Insert(int id, in CostKey k) =>
        _insertCost.Add(id).Add(k.Account).Add(k.Region).Add(k.Provider).Add(k.Model).Add((long)k.Tier).Add((long)k.Scope).Add((long)k.Band)
            .Add(k.Feature).Add(k.Team).Add(k.Application).Add(k.Environment).Add(k.Release).Add(k.IsOffBill).Add(k.IsBillable).Add(k.Price).Add((long)k.Doors).Run();

    public void InsertOrigin(int id, OriginText origin) =>
        _insertOrigin.Add(id).Add(origin.Hash).Add(origin.ResourceAttributes).Add(origin.Scope.Name).Add(origin.Scope.Version).Run();

    public int FindOrigin(string hash)
    {
        if (!_findOriginByHash.Add(hash).Read()) return 0;
        var id = _findOriginByHash.Int(0);
        _findOriginByHash.End();
        return id;
    }

    public (string Resource, string ScopeName, string ScopeVersion) Origin(int id)
    {
        if (!_findOrigin.Add(id).Read()) return ("{}", "", "");
        var origin = (_findOrigin.Text(0), _findOrigin.Text(1), _findOrigin.Text(2));
        _findOrigin.End();
        return origin;
    }

    public int LastOrigin()
    {
        using var last = new SqliteStatement(connection, "SELECT COALESCE(MAX(Id),0) FROM span_origin");
        last.Read();
        return last.Int(0);
    }

    public void AddSender(SenderKey sender, in SenderTally tally, long nowUnixMs) =>
        _addSender.Add(sender.ScopeName).Add(sender.ScopeVersion).Add(sender.Language).Add(tally.Reading ?? "").Add(tally.Spans).Add(tally.Calls).Add(tally.RollUps).Add(nowUnixMs).Run();

    public void AddSignal(string signal, long stored, long rejected, long nowUnixMs) =>
        _addSignal.Add(signal).Add(stored).Add(rejected).Add(nowUnixMs).Run();

    /// <summary>Calls of that day moved: the ledger of its accounts is built anew. A call without an account can be of any.</summary>
    public void MarkDay(int dayNumber) => _markDay.Add(dayNumber).Run();

    public Dictionary<UsageKey, int> LoadUsageSeries()
    {
        using var rows = new SqliteStatement(connection, $"SELECT Id,{UsageColumns} FROM usage_series");
        var all = new Dictionary<UsageKey, int>();
        while (rows.Read())
            all[new UsageKey(
                rows.Int(1), rows.Int(2), rows.Int(3), rows.Int(4), (ServiceTier)rows.Byte(5), (RoutingScope)rows.Byte(6), (ContextBand)rows.Byte(7),
                rows.Int(8), rows.Int(9), rows.Int(10), rows.Int(11), rows.Int(12), rows.Int(13), rows.Int(14), rows.Bool(15), (Doors)rows.Byte(16))] = rows.Int(0);
        return all;
    }

    public Dictionary<CostKey, int> LoadCostSeries()
    {
        using var rows = new SqliteStatement(connection, $"SELECT Id,{CostColumns} FROM cost_series");
        var all = new Dictionary<CostKey, int>();
        while (rows.Read())
            all[new CostKey(
                rows.Int(1), rows.Int(2), rows.Int(3), rows.Int(4), (ServiceTier)rows.Byte(5), (RoutingScope)rows.Byte(6), (ContextBand)rows.Byte(7),
                rows.Int(8), rows.Int(9), rows.Int(10), rows.Int(11), rows.Int(12), rows.Bool(13), rows.Bool(14), rows.Int(15), (Doors)rows.Byte(16))] = rows.Int(0);
        return all;
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_insertDimension, _insertUsage, _insertCost, _insertOrigin, _findOrigin, _findOriginByHash, _addSender, _addSignal, _markDay])
            statement.Dispose();
    }
}

/// <summary>Who sent a span: the columns that make a <see cref="Feeds.SenderSeen"/> unique.</summary>
internal readonly record struct SenderKey(string ScopeName, string ScopeVersion, string Language);

/// <summary>What a sender's counts move by.</summary>
/// <param name="Reading">How its counts were read last; null or empty leaves what is known.</param>
internal readonly record struct SenderTally(long Spans, long Calls, long RollUps, string? Reading = null)
{
    public SenderTally With(in SenderTally add) => new(Spans + add.Spans, Calls + add.Calls, RollUps + add.RollUps, string.IsNullOrEmpty(add.Reading) ? Reading : add.Reading);
}
