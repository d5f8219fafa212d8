namespace GenAiCostPortal.Ledger.Store;

/// <summary>What changed; a notice says that, the page reads what.</summary>
public enum LedgerPart { Usage, Traces, Costs, Feeds, Prices, Assessment, Settings, Inventory, Rules, Spikes, Alerts }

/// <summary>Change notices inside the process. Subscribers throttle themselves; a notice carries no data.</summary>
public sealed class LedgerChanges
{
    private readonly Lock _lock = new();
    private Action<LedgerPart>[] _subscribers = [];

    /// <summary>Calls <paramref name="onChange"/> after each change until the answer is disposed. It must be quick and must not throw.</summary>
    public IDisposable Subscribe(Action<LedgerPart> onChange)
    {
        lock (_lock) _subscribers = [.. _subscribers, onChange];
        return new Subscription(this, onChange);
    }

    /// <summary>Tells every subscriber.</summary>
    public void Say(LedgerPart part)
    {
        foreach (var subscriber in _subscribers) subscriber(part);
    }

    private sealed class Subscription(LedgerChanges owner, Action<LedgerPart> onChange) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock) owner._subscribers = [.. owner._subscribers.Where(s => s != onChange)];
        }
    }
}
