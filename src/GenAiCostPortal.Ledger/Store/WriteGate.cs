namespace GenAiCostPortal.Ledger.Store;

/// <summary>One writer at a time. Everything that writes takes the gate for one short transaction (≤ 200 ms), never for a job.</summary>
public sealed class WriteGate : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Waits for the turn; dispose the answer to pass it on.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken cancel = default)
    {
        await _gate.WaitAsync(cancel);
        return new Turn(_gate);
    }

    /// <summary>Takes the turn only if nobody has it.</summary>
    public bool TryEnter(out Turn turn)
    {
        turn = new Turn(_gate);
        return _gate.Wait(0);
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>The right to write, until disposed.</summary>
    public readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
