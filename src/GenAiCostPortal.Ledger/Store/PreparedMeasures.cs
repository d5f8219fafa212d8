using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Data points made ready for the writer; all of it is pure, so it is done on the thread of whoever delivers.</summary>
public sealed class PreparedMeasures
{
    internal PreparedMeasures(List<MeasuredReading> readings, int stored, int rejected, int ignored) =>
        (Readings, Count, Rejected, Ignored) = (readings, stored, rejected, ignored);

    internal List<MeasuredReading> Readings { get; }

    /// <summary>Points that are stored.</summary>
    public int Count { get; }
    /// <summary>Points of the same delivery that were refused before; only counted.</summary>
    public int Rejected { get; }
    /// <summary>Points that say nothing of calls: accepted, not kept.</summary>
    public int Ignored { get; }
}
