using System.Threading.Channels;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// What is accepted and waits for its commit. Bounded by spans and bytes: when full nothing is taken, and nothing taken is ever
/// dropped. One writer commits what waits in groups: while one group is being committed the next one gathers, so a lone request
/// is written at once and many share one synced commit.
/// </summary>
internal sealed class Inbox(TraceWriter writer, MeasureWriter measures, SignalTally tally, OtlpOptions options, ILogger<Inbox> log) : BackgroundService
{
    private const int SpansPerGroup = 2_000;
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private long _spans, _bytes;
    private int _deliveries;

    /// <summary>Spans taken and not yet on disk.</summary>
    public long WaitingSpans
    {
        get { lock (_lock) return _spans; }
    }

    /// <summary>Whether a body of this size could be taken now; asked before the work of decoding it.</summary>
    public bool HasRoom(long bytes)
    {
        lock (_lock) return Fits(0, bytes);
    }

    /// <summary>Takes a delivery, or answers null when full or closing. The task is true once it is on disk, false if that failed.</summary>
    public Task<bool>? TryTake(Delivery delivery)
    {
        lock (_lock)
        {
            if (!Fits(delivery.Items, delivery.Bytes) || !_waiting.Writer.TryWrite(delivery)) return null;
            _spans += delivery.Items;
            _bytes += delivery.Bytes;
            _deliveries++;
        }
        return delivery.Done.Task;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        try
        {
            // Ends by itself when all that was taken is committed.
            if (ExecuteTask is { } running) await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("Stopping before all waiting spans were committed; their senders are told to send them again.");
        }
        await base.StopAsync(cancellationToken);
        while (_waiting.Reader.TryRead(out var left)) Leave(left, stored: false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var group = new List<Delivery>();
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var spans = 0;
            while (_waiting.Reader.TryPeek(out var next) && (group.Count == 0 || spans + next.Items <= SpansPerGroup) && _waiting.Reader.TryRead(out next))
            {
                group.Add(next);
                spans += next.Items;
            }
            await CommitAsync(group, stoppingToken);
            group.Clear();
        }
    }

    private async Task CommitAsync(List<Delivery> group, CancellationToken cancel)
    {
        if (await TryWriteAsync(group, cancel))
        {
            foreach (var delivery in group) Leave(delivery, stored: true);
            return;
        }
        // One delivery must not take the others down with it.
        foreach (var delivery in group) Leave(delivery, stored: group.Count > 1 && await TryWriteAsync([delivery], cancel));
    }

    private async Task<bool> TryWriteAsync(List<Delivery> group, CancellationToken cancel)
    {
        try
        {
            var spans = group.Select(d => d.Spans).OfType<PreparedSpans>().ToList();
            if (spans.Count > 0) await writer.WriteAsync(spans, cancel);
            var points = group.Select(d => d.Measures).OfType<PreparedMeasures>().ToList();
            if (points.Count > 0) await measures.WriteAsync(points, cancel);
            var ignored = group.Where(d => d.Ignored > 0).GroupBy(d => d.Signal.Word()).ToDictionary(g => g.Key, g => g.Sum(d => (long)d.Ignored));
            await tally.AddIgnoredAsync(ignored, cancel);
            return true;
        }
        catch (Exception e)
        {
            log.LogError(e, "What was received could not be stored; their senders are told to send them again.");
            return false;
        }
    }

    private bool Fits(int spans, long bytes) =>
        _deliveries == 0 || (_spans + spans <= options.InboxSpans && _bytes + bytes <= options.InboxBytes);

    private void Leave(Delivery delivery, bool stored)
    {
        lock (_lock)
        {
            _spans -= delivery.Items;
            _bytes -= delivery.Bytes;
            _deliveries--;
        }
        delivery.Done.TrySetResult(stored);
    }
}

/// <summary>What one body brings to the writer.</summary>
/// <param name="Spans">Spans, or null when it brings none.</param>
/// <param name="Measures">Data points, or null when it brings none.</param>
/// <param name="Ignored">Items accepted and not kept.</param>
/// <param name="Bytes">Size of the body, decompressed.</param>
internal sealed record Delivery(OtlpSignal Signal, PreparedSpans? Spans, PreparedMeasures? Measures, int Ignored, long Bytes)
{
    /// <summary>What it counts for while it waits.</summary>
    public int Items => Spans?.Count ?? Measures?.Count ?? 0;

    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
