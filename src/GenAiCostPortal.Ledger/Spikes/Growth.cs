namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>
/// Slow growth that no single step gives away: 5 % a day or more over 14 days, or days that stay above the expected (CUSUM of 0.5 σ,
/// 5 σ). Said once a week.
/// </summary>
internal sealed class Growth(SpikeSeries series, SpikeSettings settings, Baseline baseline, double[] expected)
{
    private static readonly double LeastSlope = Math.Log(1.05);
    private const double LeastSpread = 0.05;
    private const int Week = 7, LeastPairs = 4, LeastDays = 10, Above = 3;
    private readonly List<double> _days = [];
    private readonly List<double> _residuals = [];
    private double _sum;
    private int _sumFrom, _said = int.MinValue / 2;

    /// <summary>Called at the start of each day, also inside a spike, whose days then teach nothing; the day before is complete.</summary>
    public SpikeFinding? At(int step, bool isInSpike)
    {
        var day = step / series.Steps.PerDay;
        while (_days.Count < day) AddDay(_days.Count);
        if (isInSpike || day - _said < Week || day < 2 * Week) return null;
        var from = IsGrowingByWeek(day) ? day - Week : _sum > 5 * Spread() && IsAbove() ? _sumFrom : -1;
        if (from < 0 || Excess(from, day) < settings.FloorPerDay * (day - from)) return null;
        _said = day;
        _sum = 0;
        var (seen, usual) = (SumOf(series.Values, from, day), SumOf(expected, from, day));
        return new SpikeFinding(SpikeKind.Ramp, from * series.Steps.PerDay, step, step, true, seen, usual, 0);
    }

    private void AddDay(int day)
    {
        var (sum, usual, steps) = (0.0, 0.0, 0);
        for (var i = day * series.Steps.PerDay; i < (day + 1) * series.Steps.PerDay; i++)
        {
            if (baseline.IsLeftOut(i)) continue;
            sum += baseline.Unshifted(i);
            if (!double.IsNaN(expected[i])) usual += baseline.WithoutShift(i, expected[i]);
            steps++;
        }
        // A day of which half lies in a spike tells nothing.
        var isWhole = steps * 2 > series.Steps.PerDay && sum > 0;
        _days.Add(isWhole ? sum / steps : double.NaN);
        var residual = isWhole && usual > 0 ? Math.Log((sum + settings.Epsilon) / (usual + settings.Epsilon)) : double.NaN;
        _residuals.Add(residual);
        if (double.IsNaN(residual)) return;
        if (_sum <= 0) _sumFrom = day;
        _sum = Math.Max(0, _sum + residual - 0.5 * Spread());
    }

    /// <summary>Each day against the same day a week before, so that the week's rhythm does not matter.</summary>
    private bool IsGrowingByWeek(int day)
    {
        var ratios = new double[Week];
        var count = 0;
        for (var i = day - Week; i < day; i++)
            if (_days[i] > 0 && _days[i - Week] > 0) ratios[count++] = Math.Log(_days[i] / _days[i - Week]) / Week;
        return count >= LeastPairs && Baseline.Median(ratios, count) >= LeastSlope;
    }

    private bool IsAbove() => _residuals.TakeLast(Above).All(r => r > 0);

    private double Spread()
    {
        var known = _residuals.TakeLast(4 * Week).Where(r => !double.IsNaN(r)).ToArray();
        if (known.Length < LeastDays) return double.MaxValue / 16;
        var median = Baseline.Median([.. known], known.Length);
        return Math.Max(LeastSpread, 1.4826 * Baseline.Median([.. known.Select(r => Math.Abs(r - median))], known.Length));
    }

    private double Excess(int from, int day)
    {
        var seen = SumOf(series.Values, from, day);
        var before = from >= Week ? SumOf(series.Values, from - Week, from) / Week * (day - from) : 0;
        return seen - Math.Min(before, SumOf(expected, from, day));
    }

    private double SumOf(double[] steps, int from, int to)
    {
        var sum = 0.0;
        for (var i = from * series.Steps.PerDay; i < to * series.Steps.PerDay; i++)
            if (!double.IsNaN(steps[i])) sum += steps[i];
        return sum;
    }
}
