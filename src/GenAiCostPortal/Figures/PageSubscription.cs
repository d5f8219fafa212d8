using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Figures;

/// <summary>Calls a page after changes of the ledger: at once, then at most once a second, and always after the last change.</summary>
public sealed class PageSubscription : IDisposable
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<Task> _act;
    private readonly ITimer _timer;
    private readonly IDisposable _changes;
    private long _lastAct;
    private bool _waiting;
    private bool _running;
    private bool _changedMeanwhile;
    private bool _disposed;

    public PageSubscription(LedgerChanges changes, TimeProvider time, Func<LedgerPart, bool> concerns, Func<Task> act)
    {
        (_time, _act) = (time, act);
        _lastAct = time.GetTimestamp() - time.TimestampFrequency * 60;
        _timer = time.CreateTimer(_ => _ = ActAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _changes = changes.Subscribe(part => { if (concerns(part)) Wait(); });
    }

    private void Wait()
    {
        lock (_lock)
        {
            if (_disposed) return;
            if (_running) { _changedMeanwhile = true; return; }
            if (_waiting) return;
            _waiting = true;
            var left = AtMostEvery - _time.GetElapsedTime(_lastAct);
            _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task ActAsync()
    {
        lock (_lock)
        {
            if (_disposed || _running) return;
            (_waiting, _running, _changedMeanwhile) = (false, true, false);
        }
        try
        {
            await _act();
        }
        catch (ObjectDisposedException)
        {
            // The circuit went away between the notice and the turn.
        }
        finally
        {
            bool again;
            lock (_lock)
            {
                (_running, _lastAct) = (false, _time.GetTimestamp());
                again = _changedMeanwhile;
            }
            if (again) Wait();
        }
    }

    public void Dispose()
    {
        lock (_lock) _disposed = true;
        _changes.Dispose();
        _timer.Dispose();
    }
}
