using System.Threading.Channels;
using GenAiCostPortal.Ledger.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// What is accepted and waits for its commit. Bounded by spans and bytes: when full nothing is taken, and nothing taken is ever
/// dropped. One writer commits what waits in groups: while one group is being committed the next one gathers, so a lone request
/// is written at once and many share one synced commit.
/// </summary>
internal sealed class Inbox(TraceWriter writer, OtlpOptions options, ILogger<Inbox> log) : BackgroundService
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
    public Task<bool>? TryTake(PreparedSpans spans, long bytes)
    {
        var delivery = new Delivery(spans, bytes);
        lock (_lock)
        {
            if (!Fits(spans.Count, bytes) || !_waiting.Writer.TryWrite(delivery)) return null;
            _spans += spans.Count;
            _bytes += bytes;
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
            while (_waiting.Reader.TryPeek(out var next) && (group.Count == 0 || spans + next.Spans.Count <= SpansPerGroup) && _waiting.Reader.TryRead(out next))
            {
                group.Add(next);
                spans += next.Spans.Count;
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
            await writer.WriteAsync([.. group.Select(d => d.Spans)], cancel);
            return true;
        }
        catch (Exception e)
        {
            log.LogError(e, "Spans could not be stored; their senders are told to send them again.");
            return false;
        }
    }

    private bool Fits(int spans, long bytes) =>
        _deliveries == 0 || (_spans + spans <= options.InboxSpans && _bytes + bytes <= options.InboxBytes);

    private void Leave(Delivery delivery, bool stored)
    {
        lock (_lock)
        {
            _spans -= delivery.Spans.Count;
            _bytes -= delivery.Bytes;
            _deliveries--;
        }
        delivery.Done.TrySetResult(stored);
    }

    private sealed record Delivery(PreparedSpans Spans, long Bytes)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
