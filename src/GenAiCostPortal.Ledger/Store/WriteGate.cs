using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>One writer at a time. Everything that writes takes the gate for one short transaction (≤ 200 ms), never for a job.</summary>
public sealed class WriteGate : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _turns;
    private volatile LongTurn _longest = new("", TimeSpan.Zero);

    /// <summary>The longest turn since the start and who had it; shows whether writers keep to their 200 ms.</summary>
    public LongTurn Longest => _longest;

    /// <summary>Turns taken since the start.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>Waits for the turn; dispose the answer to pass it on.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken cancel = default, [CallerFilePath] string writer = "")
    {
        await _gate.WaitAsync(cancel);
        return new Turn(this, writer);
    }

    /// <summary>Takes the turn only if nobody has it.</summary>
    public bool TryEnter(out Turn turn, [CallerFilePath] string writer = "")
    {
        turn = new Turn(this, writer);
        try
        {
            return _gate.Wait(0);
        }
        // A timer may still fire while the portal goes down.
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _gate.Dispose();

    // Only the holder of the turn writes the longest one, so no compare-and-swap is needed.
    private void Leave(string writer, long started)
    {
        var length = Stopwatch.GetElapsedTime(started);
        Interlocked.Increment(ref _turns);
        if (length > _longest.Length) _longest = new(Path.GetFileNameWithoutExtension(writer), length);
        _gate.Release();
    }

    /// <summary>How long a writer held the gate.</summary>
    public sealed record LongTurn(string Writer, TimeSpan Length);

    /// <summary>The right to write, until disposed.</summary>
    public readonly struct Turn(WriteGate gate, string writer) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public void Dispose() => gate.Leave(writer, _started);
    }
}
