using GenAiCostPortal.Filters;

namespace GenAiCostPortal.Charts;

/// <summary>A part of a column: one key, billed below, estimated above.</summary>
/// <param name="Solid">Fill of the billed part.</param>
/// <param name="Hatched">Fill of the estimated part.</param>
/// <param name="Href">Where a click leads; null = nowhere.</param>
public sealed record ColumnPart(string Key, string Label, string Solid, string Hatched, decimal BilledUsd, decimal EstimatedUsd, string? Href)
{
    public decimal TotalUsd => BilledUsd + EstimatedUsd;
}

/// <summary>A step of time.</summary>
/// <param name="Name">In tooltips and tables: <c>Tue 17 Nov</c>.</param>
/// <param name="Tick">Under the axis: <c>17</c>.</param>
/// <param name="SubTick">Smaller, below: the weekday's letter.</param>
/// <param name="IsPale">A weekend or a partial step: paler axis text.</param>
/// <param name="IsMajor">Labelled also when there is room for a few labels only.</param>
public sealed record SpendColumn(DateTime Start, string Name, string Tick, string? SubTick, bool IsPale, bool IsMajor, string? Href, IReadOnlyList<ColumnPart> Parts)
{
    /// <summary>The time inside the period that it stands for; null where no range can be chosen.</summary>
    public (DateTime From, DateTime To)? Covers { get; init; }

    public decimal TotalUsd => Parts.Sum(p => p.TotalUsd);
    public decimal EstimatedUsd => Parts.Sum(p => p.EstimatedUsd);

    /// <summary>Basis in a word.</summary>
    public string BasisWord => EstimatedUsd == 0 ? "billed" : EstimatedUsd == TotalUsd ? "estimated" : "billed in part, the rest estimated";
}

/// <summary>A column that stands out, with what is said beside it.</summary>
/// <param name="Cause">Third line; only what the data says.</param>
/// <param name="CauseInk">CSS colour of the cause.</param>
public sealed record SpikeMark(DateTime Start, string Name, decimal TotalUsd, string? Against, string? Cause, string? CauseInk);

/// <summary>Everything the chart of spend over time shows.</summary>
/// <param name="EstimatedFrom">First step that has no complete bill; null = all billed or none.</param>
/// <param name="Summary">The point of the chart in a sentence, for those who do not see it.</param>
public sealed record SpendColumns(IReadOnlyList<SpendColumn> Columns, DateTime? EstimatedFrom, SpikeMark? Spike, string Summary)
{
    /// <summary>Moments worth a line of their own, such as releases.</summary>
    public IReadOnlyList<TimeMark> Marks { get; init; } = [];
    /// <summary>End of the last step; null = marks are not drawn.</summary>
    public DateTime? End { get; init; }

    /// <summary>Address of a range that is chosen by dragging; null = none can be.</summary>
    public string? Brush { get; init; }
    /// <summary>The range that was chosen.</summary>
    public BrushedRange? Chosen { get; init; }

    /// <summary>Keys in stacking order.</summary>
    public IReadOnlyList<ColumnPart> Order => Columns.Count == 0 ? [] : Columns[0].Parts;

    public ValueScale Scale(bool cut) => ValueScale.Of([.. Columns.Select(c => c.Parts.Where(p => p.TotalUsd > 0).Sum(p => p.TotalUsd))], cut,
        Columns.Count == 0 ? 0 : Columns.Min(c => c.Parts.Where(p => p.TotalUsd < 0).Sum(p => p.TotalUsd)));
}
