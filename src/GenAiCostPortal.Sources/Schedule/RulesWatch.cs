using System.Threading.Channels;
using GenAiCostPortal.Ledger.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Has the ledger built after each change of the rules, whoever made it: page, API or import.</summary>
internal sealed class RulesWatch(LedgerChanges changes, JobRunner runner, ILogger<RulesWatch> log) : BackgroundService
{
    // One mark is enough: a build takes all changes before it.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private IDisposable? _subscription;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = changes.Subscribe(part =>
        {
            if (part == LedgerPart.Rules) _changed.Writer.TryWrite(true);
        });
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _changed.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await runner.BuildLedgerAsync(new JobRequest("Rules"), stoppingToken);
            }
            // The run reports its own failures; one of the store must not end the watch. The schedule builds what is left.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(fault, "The ledger could not be built after the rules were changed.");
            }
        }
    }

    public override void Dispose()
    {
        _subscription?.Dispose();
        base.Dispose();
    }
}
