using System.Diagnostics;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>One writer at a time. Everything that writes takes the gate for one short transaction (≤ 200 ms), never for a job.</summary>
public sealed class WriteGate : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _longestTicks;

    /// <summary>The longest turn since the start; shows whether writers keep to their 200 ms.</summary>
    public TimeSpan LongestTurn => TimeSpan.FromTicks(Interlocked.Read(ref _longestTicks));

    /// <summary>Waits for the turn; dispose the answer to pass it on.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken cancel = default)
    {
        await _gate.WaitAsync(cancel);
        return new Turn(this);
    }

    /// <summary>Takes the turn only if nobody has it.</summary>
    public bool TryEnter(out Turn turn)
    {
        var mine = _gate.Wait(0);
        turn = new Turn(this);
        return mine;
    }

    public void Dispose() => _gate.Dispose();

    // Only the holder of the turn writes the longest one, so no compare-and-swap is needed.
    private void Leave(long started)
    {
        var ticks = Stopwatch.GetElapsedTime(started).Ticks;
        if (ticks > _longestTicks) Interlocked.Exchange(ref _longestTicks, ticks);
        _gate.Release();
    }

    /// <summary>The right to write, until disposed.</summary>
    public readonly struct Turn(WriteGate gate) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public void Dispose() => gate.Leave(_started);
    }
}
