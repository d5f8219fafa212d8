using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources;

/// <summary>Ledger and Sources as the portal registers them, on a store of their own, with a clock of the test.</summary>
internal sealed class TestPortal : IAsyncDisposable
{
    private readonly StoreFolder _folder = new("portal-sources-");
    private readonly ServiceProvider _services;

    private TestPortal(AwsOptions aws, TimeProvider clock, Action<IServiceCollection>? also)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddSingleton<ILoggerProvider>(Log);
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<IHostApplicationLifetime, TestLifetime>();
        services.AddLedger(new StoreOptions { ConnectionString = $"Data Source={_folder.Migrate("test.db")}" }, new OwnerKeys());
        services.AddSources(new OtlpOptions(), aws);
        also?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public TestLog Log { get; } = new();

    public static Task<TestPortal> OpenAsync(AwsOptions aws, TimeProvider clock, Action<IServiceCollection>? also = null) =>
        Task.FromResult(new TestPortal(aws, clock, also));

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async Task<T> ReadAsync<T>(Func<LedgerDb, Task<T>> read)
    {
        await using var db = await Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        return await read(db);
    }

    /// <summary>Runs a job to its end and gives its newest row.</summary>
    public async Task<FeedRun> RunAsync(string job, JobRequest? request = null)
    {
        await Get<JobRunner>().RunAsync(job, request ?? JobRequest.Scheduled, CancellationToken.None);
        return (await Get<FeedReport>().RunsAsync(job, 1))[0];
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class TestLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(true);
        public CancellationToken ApplicationStopping => CancellationToken.None;
        public CancellationToken ApplicationStopped => CancellationToken.None;
        public void StopApplication() { }
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<(string Text, Exception? Fault)> _entries = new();

    public IReadOnlyCollection<(string Text, Exception? Fault)> Entries => _entries;
    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;
    public void Dispose() { }
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((formatter(state, exception), exception));
}
