using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class UsageMeasuresTests
{
    private static UsageMeasures Measures(TokenCounts tokens = default, long calls = 0, long requests = 0, long errors = 0, long throttles = 0, long retries = 0, long without = 0, double durationMs = 0) =>
        new(tokens, calls, requests, errors, throttles, retries, without, durationMs, null, null);

    // By hand: 600 of (250 + 600 + 100 + 30 + 20) = 0.6; 400 ÷ 8 s = 50; 12 ÷ 5 = 2.4; 3, 1 and 2 of 12.
    [Fact]
    public void Ratios_are_what_the_definitions_say()
    {
        var m = Measures(new TokenCounts(250, 600, 100, 30, 20, 400), calls: 12, requests: 5, errors: 3, throttles: 1, retries: 2, durationMs: 8_000);
        Assert.Equal(0.6m, m.CacheHitRatio);
        Assert.Equal(50, m.OutputTokensPerSecond);
        Assert.Equal(2.4m, m.CallsPerRequest);
        Assert.Equal((0.25m, 1m / 12, 1m / 6), (m.ErrorRate, m.ThrottleRate, m.RetryRate));
    }

    [Fact]
    public void What_cannot_be_measured_is_null_and_not_zero()
    {
        var nothing = Measures();
        Assert.Equal((null, null, null), (nothing.CacheHitRatio, nothing.CallsPerRequest, nothing.ErrorRate));
        Assert.Null(nothing.OutputTokensPerSecond);
        // Calls, but no tokens known: their speed is not zero.
        Assert.Null(Measures(calls: 4, without: 4, durationMs: 1_000).OutputTokensPerSecond);
        // Requests are booked without a model, so a model's row has calls and no requests, and the row of requests no calls.
        Assert.Null(Measures(calls: 4).CallsPerRequest);
        Assert.Null(Measures(requests: 4).CallsPerRequest);
        Assert.Null(Percentiles.Of(new LatencyHistogram()));
    }

    // 2,000 values (i × 7919 mod 10007) + 1; nearest-rank percentiles by a Python list that was sorted: 5013, 9507, 9910.
    [Fact]
    public void Percentiles_of_merged_histograms_are_those_of_all_values_together_within_one_per_cent()
    {
        var merged = new LatencyHistogram();
        foreach (var part in Enumerable.Range(1, 2_000).Select(i => i * 7919 % 10007 + 1).Chunk(77))
        {
            var histogram = new LatencyHistogram();
            foreach (var ms in part) histogram.Add(ms);
            merged.AddBytes(histogram.ToBytes());
        }
        var percentiles = Percentiles.Of(merged)!;
        Assert.InRange(percentiles.P50, 5013 * 0.99, 5013 * 1.01);
        Assert.InRange(percentiles.P95, 9507 * 0.99, 9507 * 1.01);
        Assert.InRange(percentiles.P99, 9910 * 0.99, 9910 * 1.01);
    }

    private static readonly DateOnly Today = new(2026, 11, 20);
    private static readonly RetentionOptions Kept = new(30, 90, 400, 14);

    private static (Granularity Step, string Runs) Slots(string from, string to, Granularity granularity)
    {
        DateTime At(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal | System.Globalization.DateTimeStyles.AssumeUniversal);
        var slots = UsageSlots.Of(new UsageQuery(At(from), At(to), [], granularity, SpendFilter.None), Today, Kept);
        return (slots.Step, string.Join("; ", slots.Runs.Select(r => $"{r.Span} {UtcTime.FromUnixSeconds(r.From):yyyy-MM-dd HH:mm} {UtcTime.FromUnixSeconds(r.To):yyyy-MM-dd HH:mm}")));
    }

    [Theory]
    [InlineData("2026-11-19T10:02", "2026-11-19T10:18", Granularity.Minute5, Granularity.Minute5, "Minute5 2026-11-19 10:00 2026-11-19 10:20")]
    [InlineData("2026-11-01", "2026-11-02", Granularity.Minute5, Granularity.Hour, "Hour 2026-11-01 00:00 2026-11-02 00:00")]
    [InlineData("2024-11-01", "2024-11-02", Granularity.Minute5, Granularity.Day, "Day 2024-11-01 00:00 2024-11-02 00:00")]
    [InlineData("2026-11-19T10:30", "2026-11-19T12:30", Granularity.Hour, Granularity.Hour, "Hour 2026-11-19 10:00 2026-11-19 13:00")]
    [InlineData("2026-11-01", "2026-11-19", Granularity.Day, Granularity.Day, "Day 2026-11-01 00:00 2026-11-19 00:00")]
    [InlineData("2026-11-01T22:30", "2026-11-03T01:00", Granularity.None, Granularity.None, "Hour 2026-11-01 22:00 2026-11-02 00:00; Day 2026-11-02 00:00 2026-11-03 00:00; Hour 2026-11-03 00:00 2026-11-03 01:00")]
    [InlineData("2026-11-19T10:00", "2026-11-19T12:00", Granularity.None, Granularity.None, "Hour 2026-11-19 10:00 2026-11-19 12:00")]
    [InlineData("2026-11-19T10:00", "2026-11-20T02:00", Granularity.Day, Granularity.Day, "Hour 2026-11-19 10:00 2026-11-20 02:00")]
    // Hours of two years ago are gone: the day is answered whole rather than as nothing.
    [InlineData("2024-11-01T10:00", "2024-11-01T12:00", Granularity.None, Granularity.None, "Day 2024-11-01 00:00 2024-11-02 00:00")]
    public void The_widest_slots_that_fit_and_are_still_kept_are_read(string from, string to, Granularity asked, Granularity step, string runs) =>
        Assert.Equal((step, runs), Slots(from, to, asked));
}
