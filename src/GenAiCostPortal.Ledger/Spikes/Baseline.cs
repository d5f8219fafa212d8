namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>
/// What a series usually is (algorithms §6): a profile of the week × the level of the last seven days, and the spread around it.
/// Steps inside spikes are left out. It goes forward: what it says of a step rests on earlier steps only.
/// </summary>
internal sealed class Baseline
{
    private const int Weeks = 4, LeastPoints = 3;
    private const double LeastSpread = 0.10, SpreadUnknown = 0.35;
    private readonly SpikeSeries _series;
    private readonly SpikeSettings _settings;
    private readonly int _week, _first;
    private readonly double[] _values, _shift, _profile, _points;
    private readonly bool[] _left;
    private double _level = 1, _spread = SpreadUnknown;

    public Baseline(SpikeSeries series, SpikeSettings settings)
    {
        (_series, _settings, _values, _week) = (series, settings, series.Values, series.Steps.PerWeek);
        _shift = new double[_values.Length];
        Array.Fill(_shift, 1);
        _left = new bool[_values.Length];
        _profile = new double[_week];
        _points = new double[Math.Max(Weeks * _week, Math.Max(_values.Length, _week))];
        Residuals = new double[_values.Length];
        Array.Fill(Residuals, double.NaN);
        _first = Array.FindIndex(_values, v => v != 0);
    }

    /// <summary>r of each step, NaN while nothing is expected.</summary>
    public double[] Residuals { get; }

    /// <summary>Less than two weeks after the first value that is not zero.</summary>
    public bool IsYoung(int now) => _first >= 0 && now >= _first && now - _first <= 2 * _week;

    /// <summary>σ now.</summary>
    public double Spread => _spread;

    /// <summary>Whether a step belongs to a spike.</summary>
    public bool IsLeftOut(int step) => _left[step];
    public void LeaveOut(int step) => _left[step] = true;

    /// <summary>The value of a step without the level shifts before it.</summary>
    public double Unshifted(int step) => WithoutShift(step, _values[step]);
    public double WithoutShift(int step, double value) => value / _shift[step];

    /// <summary>From a step on the series has a new level; its steps count again, the profile is kept.</summary>
    public void Shift(int from, int to, double factor)
    {
        for (var i = from; i < _values.Length; i++) _shift[i] *= factor;
        for (var i = from; i < to; i++) _left[i] = false;
        Refresh(to);
    }

    /// <summary>Looks back from a step: once a day, because profile and level move slowly.</summary>
    public void Refresh(int now)
    {
        var age = _first < 0 ? 0 : now - _first;
        var perDay = _series.Steps.PerDay;
        if (age < 3 * perDay)
        {
            Array.Fill(_profile, double.NaN);
            return;
        }
        for (var place = 0; place < _week; place++) _profile[place] = age < 2 * _week ? OfDay(now, place) : OfWeek(now, place);
        _level = Level(now);
        _spread = SpreadAt(now);
    }

    /// <summary>What a step should be; NaN when too little is known.</summary>
    public double Expected(int step)
    {
        var usual = _profile[step % _week];
        return double.IsNaN(usual) ? double.NaN : Math.Max(0, ((usual + _settings.Epsilon) * _level - _settings.Epsilon) * _shift[step]);
    }

    /// <summary>ln of seen ÷ expected; kept for the spread.</summary>
    public double Residual(int step, double expected) =>
        Residuals[step] = double.IsNaN(expected) ? double.NaN : Math.Log((_values[step] + _settings.Epsilon) / (expected + _settings.Epsilon));

    // Series start at a midnight; the place in the week only has to repeat.
    private double OfWeek(int now, int place)
    {
        var count = 0;
        var last = now - 1 - (((now - 1 - place) % _week) + _week) % _week;
        for (var (i, k) = (last, 0); k < Weeks && i >= _first; i -= _week, k++)
            if (!_left[i]) _points[count++] = Unshifted(i);
        return count >= 2 ? Median(_points, count) : OfDay(now, place);
    }

    private double OfDay(int now, int place)
    {
        var perDay = _series.Steps.PerDay;
        var isWeekend = IsWeekend(place);
        var count = 0;
        for (var i = Math.Max(_first, now - Weeks * _week); i < now; i++)
        {
            if (i % perDay != place % perDay)
            {
                // Steps on to the same step of the day.
                i += ((place - i) % perDay + perDay) % perDay;
                if (i >= now) break;
            }
            if (!_left[i] && IsWeekend(i % _week) == isWeekend) _points[count++] = Unshifted(i);
        }
        return count >= LeastPoints ? Median(_points, count) : double.NaN;
    }

    private bool IsWeekend(int place) => _series.Start.AddDays(place / _series.Steps.PerDay).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private double Level(int now)
    {
        var count = 0;
        for (var i = Math.Max(_first, now - _week); i < now; i++)
        {
            var usual = _profile[i % _week];
            if (!_left[i] && !double.IsNaN(usual)) _points[count++] = (Unshifted(i) + _settings.Epsilon) / (usual + _settings.Epsilon);
        }
        return count == 0 ? 1 : Median(_points, count);
    }

    private double SpreadAt(int now)
    {
        var count = 0;
        for (var i = Math.Max(0, now - Weeks * _week); i < now; i++)
            if (!double.IsNaN(Residuals[i])) _points[count++] = Residuals[i];
        if (count < Math.Max(5, _series.Steps.PerDay)) return SpreadUnknown;
        var median = Median(_points, count);
        for (var i = 0; i < count; i++) _points[i] = Math.Abs(_points[i] - median);
        return Math.Max(LeastSpread, 1.4826 * Median(_points, count));
    }

    /// <summary>The median of the first <paramref name="count"/> numbers, whose order is lost.</summary>
    internal static double Median(double[] numbers, int count)
    {
        if (count == 1) return numbers[0];
        if (count == 2) return (numbers[0] + numbers[1]) / 2;
        var upper = Select(numbers, count, count / 2);
        if (count % 2 == 1) return upper;
        var lower = double.NegativeInfinity;
        for (var i = 0; i < count / 2; i++) lower = Math.Max(lower, numbers[i]);
        return (lower + upper) / 2;
    }

    private static double Select(double[] numbers, int count, int k)
    {
        var (low, high) = (0, count - 1);
        while (low < high)
        {
            var pivot = numbers[(low + high) / 2];
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (numbers[i] < pivot) i++;
                while (numbers[j] > pivot) j--;
                if (i > j) continue;
                (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
                i++;
                j--;
            }
            if (k <= j) high = j;
            else if (k >= i) low = i;
            else break;
        }
        return numbers[k];
    }
}
