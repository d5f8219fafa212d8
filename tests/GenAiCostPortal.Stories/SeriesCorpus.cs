namespace GenAiCostPortal.Stories;

/// <summary>What was planted into a made series.</summary>
public enum PlantedKind { Spike, LevelShift, Ramp, Drop }

/// <summary>A planted stretch, in hours of its series; <paramref name="End"/> exclusive.</summary>
public sealed record Planted(PlantedKind Kind, int Start, int End, double Factor);

/// <summary>A made series of USD per hour from Monday midnight on, and the truth about it.</summary>
public sealed record MadeSeries(string What, double Cv, double[] Values, IReadOnlyList<Planted> Truth);

/// <summary>
/// Seeded hourly series of eight weeks, four of which only teach: weekly rhythm with noise of CV 0.1–0.5, and in it spikes, level
/// shifts and ramps of 5 to 8 spreads of that noise (what smaller events are called is a matter of taste), launches, holidays, gaps
/// and volumes too low to matter. It knows nothing of the detector.
/// </summary>
public static class SeriesCorpus
{
    public const int Days = 56, TaughtDays = 28;
    private static readonly string[] Kinds = ["spikes", "spikes", "spikes", "level shift", "ramp", "rhythm only", "launch", "holiday", "gap", "low volume"];

    /// <summary>Series of every kind in turn.</summary>
    public static IReadOnlyList<MadeSeries> Make(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => Make(Kinds[i % Kinds.Length], new Random(seed * 100_003 + i)))];

    private static MadeSeries Make(string what, Random dice)
    {
        var cv = 0.1 + 0.4 * dice.NextDouble();
        var sigma = Math.Sqrt(Math.Log(1 + cv * cv));
        var isLow = what == "low volume";
        var usual = Usual(dice, isLow ? 0.02 + 0.1 * dice.NextDouble() : 3 + 40 * dice.NextDouble());
        var values = new double[usual.Length];
        for (var h = 0; h < values.Length; h++) values[h] = usual[h] * Math.Exp(sigma * Normal(dice) - sigma * sigma / 2);

        var truth = new List<Planted>();
        double Factor() => Math.Exp(Math.Max(0.1, sigma) * (5 + 3 * dice.NextDouble()));
        switch (what)
        {
            case "spikes":
                for (var i = dice.Next(1, 4); i > 0; i--) Plant(PlantedKind.Spike, (TaughtDays + (i - 1) * 9 + dice.Next(0, 7)) * 24 + dice.Next(8, 14), dice.Next(2, 12), Factor());
                break;
            case "level shift":
                Plant(PlantedKind.LevelShift, (TaughtDays + dice.Next(2, 14)) * 24 + dice.Next(8, 14), int.MaxValue, Factor());
                break;
            case "ramp":
                var growth = 0.06 + 0.06 * dice.NextDouble();
                var from = (TaughtDays + dice.Next(0, 8)) * 24;
                for (var h = from; h < values.Length; h++) values[h] *= Math.Pow(1 + growth, (h - from) / 24.0);
                truth.Add(new Planted(PlantedKind.Ramp, from, values.Length, 1 + growth));
                break;
            case "launch":
                Array.Clear(values, 0, dice.Next(18, 40) * 24 + dice.Next(24));
                break;
            case "holiday":
                for (var i = dice.Next(1, 3); i > 0; i--) Plant(PlantedKind.Drop, (TaughtDays + dice.Next(0, 26)) * 24, 24, 0.1 + 0.2 * dice.NextDouble());
                break;
            case "gap":
                for (var i = dice.Next(1, 3); i > 0; i--) Plant(PlantedKind.Drop, TaughtDays * 24 + dice.Next(0, 26 * 24), dice.Next(3, 30), 0);
                break;
        }
        return new MadeSeries(what, cv, values, truth);

        void Plant(PlantedKind kind, int start, int hours, double factor)
        {
            var end = (int)Math.Min(values.Length, (long)start + hours);
            for (var h = start; h < end; h++) values[h] *= factor;
            truth.Add(new Planted(kind, start, end, factor));
        }
    }

    /// <summary>Office or shop hours, weekends lower, a level of its own.</summary>
    private static double[] Usual(Random dice, double peak)
    {
        var (centre, width, night, weekend) = (12 + 3 * dice.NextDouble(), 3 + 4 * dice.NextDouble(), 0.05 + 0.3 * dice.NextDouble(), 0.15 + 0.85 * dice.NextDouble());
        var usual = new double[Days * 24];
        for (var h = 0; h < usual.Length; h++)
        {
            var away = Math.Abs(h % 24 + 0.5 - centre);
            var shape = night + (1 - night) * Math.Exp(-away * away / (2 * width * width));
            usual[h] = peak * shape * (h / 24 % 7 >= 5 ? weekend : 1);
        }
        return usual;
    }

    private static double Normal(Random dice) => Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());
}
