using GenAiCostPortal.Stories;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The rules of detection one by one, then all of them over seeded, labelled series.</summary>
public sealed class DetectorTests
{
    private static readonly DateTime Monday = new(2026, 9, 7, 0, 0, 0, DateTimeKind.Utc);

    // A steady rhythm of 2 to 10 USD an hour with a hundredth of noise.
    private static double[] Weeks(int days, double scale = 1) =>
        [.. Enumerable.Range(0, days * 24).Select(h => scale * (6 - 4 * Math.Cos(h % 24 / 24.0 * 2 * Math.PI)) * (1 + 0.01 * (h * 7919 % 13 - 6) / 6.0))];

    private static IReadOnlyList<SpikeFinding> Read(double[] values, bool isRunning = false, SpikeSettings? settings = null) =>
        Detector.Read(new SpikeSeries(Monday, SpikeSteps.Hours, values, isRunning), settings ?? SpikeSettings.CostPerHour).Findings;

    [Fact]
    public void A_rhythm_raises_nothing() => Assert.Empty(Read(Weeks(42)));

    [Fact]
    public void A_spike_has_its_first_and_last_hour_and_what_was_expected()
    {
        var values = Weeks(42);
        var usual = values[850..856].Sum();
        for (var h = 850; h < 856; h++) values[h] *= 5;
        var found = Assert.Single(Read(values));
        Assert.Equal((SpikeKind.Spike, 850, 856, false), (found.Kind, found.Start, found.End, found.IsRunning));
        Assert.InRange(found.Expected, 0.95 * usual, 1.05 * usual);
        Assert.True(found.FoundAt - found.Start <= 1);
    }

    [Fact]
    public void A_gap_of_two_hours_joins_and_three_normal_hours_end_it()
    {
        var values = Weeks(42);
        foreach (var h in (int[])[850, 851, 854, 855, 859, 860]) values[h] *= 5;
        Assert.Equal([(850, 856), (859, 861)], Read(values).Select(f => (f.Start, f.End)));
    }

    [Fact]
    public void One_hour_alone_counts_only_when_it_is_far_out()
    {
        var (small, large) = (Weeks(42), Weeks(42));
        small[850] *= 1.6;
        large[850] *= 2;
        Assert.Empty(Read(small));
        Assert.Single(Read(large));
    }

    [Fact]
    public void Below_the_floor_nothing_is_raised()
    {
        var values = Weeks(42, 0.02);
        for (var h = 850; h < 856; h++) values[h] *= 5;
        Assert.Empty(Read(values));
    }

    [Fact]
    public void The_running_hour_counts_with_what_has_accrued_and_is_never_a_drop()
    {
        var values = Weeks(42)[..(41 * 24 + 13)];
        values[^1] = 0.1;
        Assert.Empty(Read(values, isRunning: true));
        values[^1] = 60;
        var found = Assert.Single(Read(values, isRunning: true));
        Assert.Equal((values.Length - 1, true), (found.Start, found.IsRunning));
    }

    [Fact]
    public void After_72_hours_a_higher_level_is_the_usual_one()
    {
        var values = Weeks(56);
        for (var h = 850; h < values.Length; h++) values[h] *= 3;
        var found = Assert.Single(Read(values));
        Assert.Equal((SpikeKind.LevelShift, 850), (found.Kind, found.Start));
        Assert.InRange(found.End, 850 + 72, 850 + 80);
    }

    [Fact]
    public void Silence_is_a_drop()
    {
        var values = Weeks(42);
        for (var h = 850; h < 860; h++) values[h] = 0;
        Assert.Equal((SpikeKind.Drop, 850, 860), Read(values).Select(f => (f.Kind, f.Start, f.End)).Single());
    }

    [Fact]
    public void Growth_of_six_percent_a_day_is_said_once_a_week()
    {
        var values = Weeks(56);
        for (var h = 700; h < values.Length; h++) values[h] *= Math.Pow(1.06, (h - 700) / 24.0);
        var ramps = Read(values).Where(f => f.Kind == SpikeKind.Ramp).ToList();
        Assert.InRange(ramps.Count, 1, 5);
        Assert.All(ramps.Zip(ramps.Skip(1)), p => Assert.True(p.Second.FoundAt - p.First.FoundAt >= 7 * 24));
    }

    [Fact]
    public void Under_three_days_nothing_is_expected_and_nothing_raised()
    {
        var values = Weeks(2);
        values[40] *= 50;
        var reading = Detector.Read(new SpikeSeries(Monday, SpikeSteps.Hours, values, false), SpikeSettings.CostPerHour);
        Assert.Empty(reading.Findings);
        Assert.All(reading.Expected, e => Assert.True(double.IsNaN(e)));
    }

    [Fact]
    public void With_a_week_of_days_the_same_hour_of_weekdays_teaches()
    {
        var values = Weeks(8);
        for (var h = 7 * 24 + 9; h < 7 * 24 + 13; h++) values[h] *= 6;
        Assert.Contains(Read(values), f => f.Kind == SpikeKind.Spike && f.Start == 7 * 24 + 9);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Labelled_series_are_met_with_precision_and_recall_of_nine_in_ten_within_the_hour(int seed)
    {
        var score = DetectionScore.Of(SeriesCorpus.Make(100, seed), DetectionScore.Detected);
        Assert.True(score.Precision >= 0.9 && score.Recall >= 0.9 && score.DelayHours <= 1, $"precision {score.Precision:0.000}, recall {score.Recall:0.000}, delay {score.DelayHours:0.00} h");
    }
}
