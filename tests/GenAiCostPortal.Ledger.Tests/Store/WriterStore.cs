using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A ledger file copied from a migrated template, so that a property can have many of them; and what is in it, as text.</summary>
internal sealed class WriterStore : IAsyncDisposable
{
    public static readonly DateTime Now = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);
    private static readonly Lazy<Task<byte[]>> Template = new(MakeTemplateAsync);
    private readonly StoreFolder _folder;
    private readonly ServiceProvider _services;

    private WriterStore(StoreFolder folder)
    {
        _folder = folder;
        _services = Services(File);
    }

    public string File => _folder.FileOf("ledger.db");
    public TraceWriter Writer => Get<TraceWriter>();

    public static async Task<WriterStore> OpenAsync()
    {
        var folder = new StoreFolder("writer-");
        await System.IO.File.WriteAllBytesAsync(folder.FileOf("ledger.db"), await Template.Value);
        return new WriterStore(folder);
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LedgerDb Db() => Get<IDbContextFactory<LedgerDb>>().CreateDbContext();

    public Task WriteAsync(params Span[] spans) => Writer.WriteAsync(spans);

    /// <summary>Rows of a query over a second connection, values separated by bars.</summary>
    public List<string> Read(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) switch
            {
                DBNull => "",
                byte[] bytes => Convert.ToHexString(bytes),
                double d => d.ToString("R", CultureInfo.InvariantCulture),
                var v => Convert.ToString(v, CultureInfo.InvariantCulture),
            })));
        return rows;
    }

    public long Number(string sql) => long.Parse(Read(sql)[0], CultureInfo.InvariantCulture);

    /// <summary>Both rollups, calls and traces by names instead of numbers: equal when the ledger says the same.</summary>
    public string Content()
    {
        const string owners = "a.Name,r.Name,p.Name,m.Name,s.Tier,s.Scope,s.Band,f.Name,t.Name,ap.Name,e.Name,re.Name";
        string Joins(string extra) => $"""
            LEFT JOIN dimension a ON a.Id=s.AccountId LEFT JOIN dimension r ON r.Id=s.RegionId LEFT JOIN dimension p ON p.Id=s.ProviderId
            LEFT JOIN dimension m ON m.Id=s.ModelId LEFT JOIN dimension f ON f.Id=s.FeatureId LEFT JOIN dimension t ON t.Id=s.TeamId
            LEFT JOIN dimension ap ON ap.Id=s.ApplicationId LEFT JOIN dimension e ON e.Id=s.EnvironmentId LEFT JOIN dimension re ON re.Id=s.ReleaseId {extra}
            """;
        var usage = Joins("LEFT JOIN dimension w ON w.Id=s.WorkflowId LEFT JOIN dimension ag ON ag.Id=s.AgentId");
        var parts = new[]
        {
            $"""
             SELECT 'usage',u.Span,u.SlotUnixSeconds,{owners},w.Name,ag.Name,s.IsOffBill,u.Calls,u.Errors,u.Throttles,u.Retries,u.Requests,u.CallsWithoutTokens,
             u.Input,u.CacheRead,u.CacheWrite5m,u.CacheWrite30m,u.CacheWrite1h,u.Output,u.Reasoning,u.DurationMs,u.Latency,u.TimeToFirstToken
             FROM usage_rollup u JOIN usage_series s ON s.Id=u.SeriesId {usage}
             """,
            $"""
             SELECT 'cost',u.Span,u.SlotUnixSeconds,{owners},s.IsOffBill,s.IsBillable,s.PriceId,u.Calls,u.Input,u.CacheRead,u.CacheWrite5m,u.CacheWrite30m,
             u.CacheWrite1h,u.Output,u.Reasoning,u.EstimatedCostNanoUsd,u.UnpricedTokens,u.CallsWithoutCost
             FROM cost_rollup u JOIN cost_series s ON s.Id=u.SeriesId {Joins("")}
             """,
            $"""
             SELECT 'call',hex(x.TraceId),c.SpanId,c.StartUnixMs,c.DurationMs,c.TimeToFirstTokenMs,c.Status,c.TokenState,c.Flags,c.CostState,c.Input,c.CacheRead,
             c.Output,c.Reasoning,c.EstimatedCostNanoUsd,c.RequestId,c.ErrorType,c.Detail,c.KeptOf2Pow56,{owners},w.Name,ag.Name
             FROM call c JOIN trace x ON x.Key=c.TraceKey JOIN usage_series s ON s.Id=c.UsageSeriesId {usage}
             """,
            """
            SELECT 'trace',hex(x.TraceId),x.StartUnixMs,x.DurationMs,x.Spans,x.Calls,x.Errors,x.Retries,x.Loops,x.Tokens,x.EstimatedCostNanoUsd,x.RetryCostNanoUsd,
            x.CostState,x.Status,x.HasRoot,x.IsRequest,x.RequestUnixMs,x.KeptOf2Pow56,w.Name,f.Name,a.Name FROM trace x
            LEFT JOIN dimension w ON w.Id=x.WorkflowId LEFT JOIN dimension f ON f.Id=x.FeatureId LEFT JOIN dimension a ON a.Id=x.AccountId
            """,
            $"""
             SELECT 'guardrail',g.Day,x.Name,{owners},s.IsBillable,s.Doors,g.Calls,g.CallsWithoutTokens,g.PromptTokens,g.OutputTokens
             FROM guardrail_rollup g JOIN cost_series s ON s.Id=g.SeriesId LEFT JOIN dimension x ON x.Id=g.GuardrailId {Joins("")}
             """,
            $"""
             SELECT 'sampled',u.Span,u.SlotUnixSeconds,{owners},s.IsBillable,s.PriceId,s.Doors,u.Calls,u.Input,u.CacheRead,u.CacheWrite5m,u.CacheWrite30m,u.CacheWrite1h,u.Output,
             u.UnrecordedInput,u.UnrecordedCacheRead,u.UnrecordedCacheWrite5m,u.UnrecordedCacheWrite30m,u.UnrecordedCacheWrite1h,u.UnrecordedOutput
             FROM sampled_usage u JOIN cost_series s ON s.Id=u.SeriesId {Joins("")}
             """,
            $"""
             SELECT 'sampled requests',u.Span,u.SlotUnixSeconds,{owners},w.Name,u.Requests,u.UnrecordedMillionths
             FROM sampled_requests u JOIN usage_series s ON s.Id=u.SeriesId {usage}
             """,
            "SELECT 'sender',ScopeName,ScopeVersion,Language,Spans,Calls,RollUps FROM sender",
            """
            SELECT 'user',u.Day,f.Name,w.Name,u.Requests,u.RequestsWithoutCost,u.EstimatedCostNanoUsd,length(u.Users) FROM user_rollup u JOIN usage_series s ON s.Id=u.SeriesId
            LEFT JOIN dimension f ON f.Id=s.FeatureId LEFT JOIN dimension w ON w.Id=s.WorkflowId
            """,
        };
        return string.Join('\n', parts.SelectMany(Read).Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private static ServiceProvider Services(string file) => new ServiceCollection()
        .AddSingleton<TimeProvider>(new SetClock(Now))
        .AddLedger(new StoreOptions { ConnectionString = $"Data Source={file};Pooling=False" }, new OwnerKeys()).BuildServiceProvider();

    private static async Task<byte[]> MakeTemplateAsync()
    {
        using var folder = new StoreFolder("writer-template-");
        var file = folder.Migrate("ledger.db");
        await using (var services = Services(file))
        {
            await services.GetRequiredService<Prices.PriceFinder>().LoadAsync();
            // A key made at random would give every run another error of the sketches.
            var key = string.Concat(Enumerable.Repeat("5a17c0de", 8));
            await using var db = services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContext();
            await db.Database.ExecuteSqlAsync($"INSERT INTO store_fact(Name,Value) VALUES({SqliteUsers.KeyFact},{key})");
        }
        // The last connection to close folds the log into the file.
        return await System.IO.File.ReadAllBytesAsync(file);
    }
}
