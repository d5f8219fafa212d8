using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Stories;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>How well findings meet what was planted.</summary>
/// <param name="DelayHours">Median over spikes and level shifts, from their first hour to when enough of an hour had accrued.</param>
/// <param name="Wrong">Findings where nothing was planted; several findings of one planted stretch count once.</param>
public sealed record DetectionScore(int Planted, int Met, int Wrong, int Findings, double DelayHours)
{
    private const int Around = 6;

    public double Precision => Met + Wrong == 0 ? 1 : (double)Met / (Met + Wrong);
    public double Recall => Planted == 0 ? 1 : (double)Met / Planted;

    /// <summary>Scores any rule that finds stretches of hours, with the part of the hour it needed.</summary>
    public static DetectionScore Of(IEnumerable<MadeSeries> corpus, Func<MadeSeries, IReadOnlyList<(int Start, int End, double FoundAt)>> rule)
    {
        var (planted, met, wrong, all) = (0, 0, 0, 0);
        var delays = new List<double>();
        foreach (var series in corpus)
        {
            // Days that only teach raise nothing that counts, and a drop of usage is no spike, whoever sees it.
            var findings = rule(series).Where(f => f.Start >= SeriesCorpus.TaughtDays * 24).ToList();
            all += findings.Count;
            wrong += findings.Count(f => ! series.Truth.Any(t => t.Kind != PlantedKind.Drop && f.Start < t.End + Around && f.End > t.Start - Around));
            foreach (var truth in series.Truth.Where(t => t.Kind != PlantedKind.Drop))
            {
                planted++;
                var first = findings.Where(f => f.Start < truth.End + Around && f.End > truth.Start - Around).Select(f => (double?)f.FoundAt).Min();
                if (first is null) continue;
                met++;
                if (truth.Kind is PlantedKind.Spike or PlantedKind.LevelShift) delays.Add(Math.Max(0, first.Value - truth.Start));
            }
        }
        delays.Sort();
        return new DetectionScore(planted, met, wrong, all, delays.Count == 0 ? double.NaN : delays[delays.Count / 2]);
    }

    /// <summary>The detector's findings, drops left out. It looks every five minutes, so a large excess is seen before its hour is over.</summary>
    public static IReadOnlyList<(int Start, int End, double FoundAt)> Detected(MadeSeries series)
    {
        var reading = Detector.Read(new SpikeSeries(new DateTime(2026, 9, 7, 0, 0, 0, DateTimeKind.Utc), SpikeSteps.Hours, series.Values, false), SpikeSettings.CostPerHour);
        return [.. reading.Findings.Where(f => f.Kind != SpikeKind.Drop).Select(f => (f.Start, f.End, f.FoundAt + PartOfHour(series.Values[Math.Min(f.FoundAt, series.Values.Length - 1)], reading, f)))];
    }

    private static double PartOfHour(double value, SpikeReading reading, SpikeFinding finding)
    {
        if (finding.Kind == SpikeKind.Ramp) return 0;
        var (expected, spread) = (reading.Expected[finding.FoundAt], reading.Spread[finding.FoundAt]);
        var factor = finding.FoundAt > finding.Start ? 4 : 6;
        var needed = Math.Max(expected + 1, (expected + 0.05) * Math.Exp(factor * spread) - 0.05);
        if (finding.FoundAt == finding.Start) needed = Math.Min(needed, Math.Max(expected + 10, (expected + 0.05) * Math.Exp(4 * spread) - 0.05));
        return Math.Min(1, Math.Ceiling(needed / value * 12) / 12);
    }

    /// <summary>The usual alternatives: a fixed limit, and the mean of the last seven days plus three deviations.</summary>
    public static IReadOnlyList<(int Start, int End, double FoundAt)> Fixed(MadeSeries series) => Over(series.Values, (values, h) => 2 * values.Take(SeriesCorpus.TaughtDays * 24).Max());

    public static IReadOnlyList<(int Start, int End, double FoundAt)> ThreeSigma(MadeSeries series) => Over(series.Values, (values, h) =>
    {
        var week = values.AsSpan(h - 168, 168);
        var (sum, squares) = (0.0, 0.0);
        foreach (var v in week) (sum, squares) = (sum + v, squares + v * v);
        var mean = sum / 168;
        return mean + 3 * Math.Sqrt(Math.Max(0, squares / 168 - mean * mean));
    });

    private static List<(int, int, double)> Over(double[] values, Func<double[], int, double> limit)
    {
        var found = new List<(int, int, double)>();
        for (var h = SeriesCorpus.TaughtDays * 24; h < values.Length; h++)
        {
            var start = h;
            var first = limit(values, h);
            while (h < values.Length && values[h] > limit(values, h)) h++;
            if (h > start) found.Add((start, h, start + Math.Min(1, first / values[start])));
        }
        return found;
    }
}
