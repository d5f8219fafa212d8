namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Counts of several calls added up, to tell a span that only repeats their sum.</summary>
internal sealed class CallSum
{
    private long _input, _prompt, _output;
    private int _counted, _withoutCaches;

    public void Add(TokenReading reading) => Add(reading, 1);
    public void Remove(TokenReading reading) => Add(reading, -1);

    public void Add(CallSum other)
    {
        _input += other._input;
        _prompt += other._prompt;
        _output += other._output;
        _counted += other._counted;
        _withoutCaches += other._withoutCaches;
    }

    /// <summary>Whether the counts are those of at least two calls together; one side may have left the caches out.</summary>
    public bool Matches(TokenReading whole)
    {
        if (_counted < 2 || whole.Output is { } generated && generated != _output) return false;
        if (whole.Input is null && !whole.HasCaches) return whole.Output is not null;
        return whole.Prompt == _prompt || (_withoutCaches > 0 || !whole.HasCaches) && (whole.Input ?? 0) == _input;
    }

    private void Add(TokenReading reading, int times)
    {
        if (reading.IsUnknown) return;
        _counted += times;
        _input += times * (reading.Input ?? 0);
        _prompt += times * reading.Prompt;
        _output += times * (reading.Output ?? 0);
        if (!reading.HasCaches) _withoutCaches += times;
    }
}
