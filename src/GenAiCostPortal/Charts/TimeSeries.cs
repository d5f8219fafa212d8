namespace GenAiCostPortal.Charts;

/// <summary>One series over the steps of a time axis.</summary>
/// <param name="Colour">CSS colour.</param>
/// <param name="Values">One per step; null where nothing was measured: a gap, never a zero.</param>
/// <param name="Href">Where a click on a step of this series leads; null = nowhere or where the step leads.</param>
public sealed record TimeSeries(string Label, string Colour, IReadOnlyList<decimal?> Values, Func<TimeStep, string?>? Href = null);

/// <summary>Everything a chart over time shows.</summary>
/// <param name="IsStacked">Columns of parts; otherwise lines.</param>
/// <param name="Value">A value in words.</param>
/// <param name="Axis">A tick of the value axis; the second number is the step between ticks.</param>
/// <param name="StepHref">Where a click on a step leads.</param>
/// <param name="Brush">Addresses to zoom into a range: whole days, and moments. <c>__FROM__</c> and <c>__TO__</c> stand for the ends.</param>
/// <param name="Summary">The point of the chart in a sentence, for those who do not see it.</param>
public sealed record TimeChart(
    IReadOnlyList<TimeStep> Steps, IReadOnlyList<TimeSeries> Series, bool IsStacked, Func<decimal, string> Value, Func<decimal, decimal, string> Axis,
    Func<TimeStep, string?>? StepHref, (string Days, string Moments)? Brush, string Summary)
{
    /// <summary>Moments worth a line of their own, such as releases.</summary>
    public IReadOnlyList<TimeMark> Marks { get; init; } = [];

    /// <summary>Sum of the parts of a step; null when none was measured.</summary>
    public decimal? TotalAt(int step)
    {
        var known = Series.Where(s => s.Values[step] is not null).ToArray();
        return known.Length == 0 ? null : known.Sum(s => s.Values[step]!.Value);
    }

    public ValueScale Scale => ValueScale.Of(
        IsStacked ? [.. Enumerable.Range(0, Steps.Count).Select(i => TotalAt(i) ?? 0)] : [.. Series.SelectMany(s => s.Values).Select(v => v ?? 0)], cut: false);
}
