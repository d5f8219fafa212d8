namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Finds where a series left its usual course (algorithms §6): spikes, level shifts, drops and slow growth.</summary>
public sealed class Detector
{
    private readonly SpikeSeries _series;
    private readonly SpikeSettings _settings;
    private readonly Baseline _baseline;
    private readonly double[] _expected, _spread;
    private readonly List<SpikeFinding> _found = [];
    private Run? _run;

    /// <summary>A stretch under way; a drop looks down instead of up.</summary>
    private sealed class Run(int start, int foundAt, bool isDrop)
    {
        public readonly int Start = start, FoundAt = foundAt;
        public readonly bool IsDrop = isDrop;
        public int Last = foundAt, Unusual, Usual;
        public double Peak;
    }

    /// <summary>Unclear: between normal and unusual, or too small to say; it neither ends a stretch nor begins one.</summary>
    private enum Judgement { Usual, Unclear, High, VeryHigh, Low }

    private Detector(SpikeSeries series, SpikeSettings settings)
    {
        (_series, _settings, _baseline) = (series, settings, new Baseline(series, settings));
        _expected = new double[series.Values.Length];
        _spread = new double[series.Values.Length];
    }

    /// <summary>Reads a whole series, oldest step first. Six to eight weeks are enough; the first days only teach.</summary>
    /// <param name="testedFrom">Earlier steps only teach and are looked at more coarsely, which takes a fifth of the time.</param>
    public static SpikeReading Read(SpikeSeries series, SpikeSettings settings, int testedFrom = 0) => new Detector(series, settings).Read(testedFrom);

    private SpikeReading Read(int testedFrom)
    {
        var growth = new Growth(_series, _settings, _baseline, _expected);
        var before = Judgement.Usual;
        for (var step = 0; step < _series.Values.Length; step++)
        {
            if (step % _series.Steps.PerDay == 0)
            {
                if (step >= testedFrom || step % _series.Steps.PerWeek == 0 || _baseline.IsYoung(step)) _baseline.Refresh(step);
                if (growth.At(step, isInSpike: _run is not null) is { } ramp) _found.Add(ramp);
            }
            var expected = _expected[step] = _baseline.Expected(step);
            var residual = _baseline.Residual(step, expected);
            _spread[step] = _baseline.Spread;
            var judged = Judge(step, expected, residual);
            if (_run is null) Begin(step, before, judged);
            else GoOn(step, judged);
            if (_run is { } run && judged is not (Judgement.Usual or Judgement.Unclear)) run.Peak = Math.Max(run.Peak, Math.Abs(residual) / _baseline.Spread);
            before = judged;
        }
        if (_run is not null) Close(SpikeKind.Spike, isRunning: true);
        return new SpikeReading(_found, _expected, _spread);
    }

    private Judgement Judge(int step, double expected, double residual)
    {
        if (double.IsNaN(expected)) return Judgement.Unclear;
        var (seen, limit) = (_series.Values[step], _settings.Spreads * _baseline.Spread);
        var excess = seen - expected;
        if (residual > limit && excess >= _settings.Floor)
            return residual > 1.5 * limit || excess >= 10 * _settings.Floor ? Judgement.VeryHigh : Judgement.High;
        var isRunning = _series.IsLastRunning && step == _series.Values.Length - 1;
        if (!isRunning && residual < -limit && expected >= 2 * _settings.Floor) return Judgement.Low;
        // Nights of a feature that works by day say nothing, neither that it is over nor that it goes on.
        return Math.Max(seen, expected) < _settings.Floor || Math.Abs(residual) > 0.5 * limit || isRunning ? Judgement.Unclear : Judgement.Usual;
    }

    private void Begin(int step, Judgement before, Judgement now)
    {
        var isHigh = now is Judgement.High or Judgement.VeryHigh;
        var wasHigh = before is Judgement.High or Judgement.VeryHigh;
        if (now == Judgement.VeryHigh || isHigh && wasHigh) Start(wasHigh ? step - 1 : step, step, isDrop: false);
        else if (now == Judgement.Low && before == Judgement.Low) Start(step - 1, step, isDrop: true);
    }

    private void Start(int from, int step, bool isDrop)
    {
        _run = new Run(from, step, isDrop) { Unusual = step - from + 1 };
        for (var i = from; i <= step; i++) _baseline.LeaveOut(i);
    }

    private void GoOn(int step, Judgement now)
    {
        var run = _run!;
        if (run.IsDrop ? now == Judgement.Low : now is Judgement.High or Judgement.VeryHigh)
        {
            for (var i = run.Last + 1; i <= step; i++) _baseline.LeaveOut(i);
            (run.Last, run.Usual) = (step, 0);
            run.Unusual++;
            if (step + 1 - run.Start >= _series.Steps.ShiftsAfter && IsLasting(run, step)) Shift(step + 1);
            return;
        }
        if (now == Judgement.Unclear && step - run.Last <= Math.Max(_series.Steps.PerDay, _series.Steps.EndsAfter)) return;
        run.Usual++;
        if (run.Usual < _series.Steps.EndsAfter) return;
        Close(SpikeKind.Spike, isRunning: false);
    }

    /// <summary>Whether most steps that can be judged were unusual.</summary>
    private bool IsLasting(Run run, int step)
    {
        var judged = 0;
        for (var i = run.Start; i <= step; i++)
            if (Math.Max(_series.Values[i], _expected[i]) >= _settings.Floor) judged++;
        return run.Unusual >= 0.7 * judged;
    }

    private void Shift(int to)
    {
        var run = _run!;
        var residuals = new double[to - run.Start];
        var count = 0;
        for (var i = run.Start; i < to; i++)
            if (!double.IsNaN(_baseline.Residuals[i]) && Math.Max(_series.Values[i], _expected[i]) >= _settings.Floor) residuals[count++] = _baseline.Residuals[i];
        if (count == 0) return;
        var factor = Math.Exp(Baseline.Median(residuals, count));
        Close(SpikeKind.LevelShift, isRunning: false);
        _baseline.Shift(run.Start, to, factor);
    }

    private void Close(SpikeKind kind, bool isRunning)
    {
        var run = _run!;
        _run = null;
        var (seen, expected) = (0.0, 0.0);
        for (var i = run.Start; i <= run.Last; i++) (seen, expected) = (seen + _series.Values[i], expected + _expected[i]);
        _found.Add(new SpikeFinding(run.IsDrop ? SpikeKind.Drop : kind, run.Start, run.Last + 1, run.FoundAt, isRunning, seen, expected, run.Peak));
    }
}
