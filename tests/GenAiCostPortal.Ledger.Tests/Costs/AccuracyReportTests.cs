using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Frozen estimates against closed bills, on Nova Lite at $0.06 in and $0.24 out per million; computed by hand.</summary>
public sealed class AccuracyReportTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime FirstRead = new(2026, 11, 18, 6, 0, 0, DateTimeKind.Utc);

    private async Task<LedgerFixture> ClosedAsync()
    {
        var f = await TestBill.FixtureAsync();
        // Estimated: 1,000 M in = $60, 10 M out = $2.40. The second day: 500 M in = $30.
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day).AddHours(1), "a", 1_000_000_000, 10_000_000), TestBill.Calls(f, UtcTime.Start(Day).AddDays(1).AddHours(1), "a", 500_000_000));
        await BillAsync(f, 0);
        await BillAsync(f, 13);
        return f;
    }

    // Billed for tokens: $66 + $2.40 on the first day, $30 on the second; and $5 of something else on the first.
    private async Task BillAsync(LedgerFixture f, int hours, decimal more = 0)
    {
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(2), FirstRead.AddHours(hours), TestBill.Input(Day, 1_100_000_000), TestBill.Output(Day, 10_000_000),
            TestBill.Other(Day, 5 + more, ChargeCategory.Support), TestBill.Input(Day.AddDays(1), 500_000_000 + (long)(more * 1_000_000))));
        _last = await f.Get<LedgerBuild>().BuildDueAsync();
    }

    private LedgerBuildOutcome? _last;

    [Fact]
    public async Task The_estimate_before_the_first_bill_is_judged_by_day_by_model_and_over_all()
    {
        await using var f = await ClosedAsync();
        var answer = await f.Get<AccuracyReport>().ReadAsync(Day, Day.AddDays(2));
        Assert.Equal([(Day, 62.40m, 68.40m), (Day.AddDays(1), 30m, 30m)], answer.Days.Select(d => (d.Day, d.EstimatedUsd!.Value, d.BilledUsd)));
        // (62.40 − 68.40) ÷ 68.40 = −8.77 %; the mean of 8.77 % and 0 is 4.39 %; (92.40 − 98.40) ÷ 98.40 = −6.10 %.
        Assert.Equal(-0.0877m, Math.Round(answer.Days[0].ErrorShare!.Value, 4));
        Assert.Equal((2, 0.0439m, -0.0610m), (answer.Total.Days, Math.Round(answer.Total.MeanErrorShare!.Value, 4), Math.Round(answer.Total.BiasShare!.Value, 4)));
        Assert.Equal((TestBill.NovaLite, 92.40m, 98.40m), (Assert.Single(answer.Models).Model, answer.Models[0].EstimatedUsd, answer.Models[0].BilledUsd));
        Assert.Equal("11 Nov closed: $30.00 billed, $30.00 estimated, 0.0 %.", answer.NewestSentence);
    }

    [Fact]
    public async Task The_close_is_told_by_the_run_that_closed_it()
    {
        await using var f = await ClosedAsync();
        Assert.Contains("10 Nov closed: $68.40 billed for tokens (the whole bill is $73.40), $62.40 estimated, −8.8 %.", _last!.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await f.Get<AccuracyReport>().SentencesAsync(Day, Day.AddDays(5))).Count);
        Assert.DoesNotContain("closed:", (await f.Get<LedgerBuild>().BuildDueAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_freeze_stays_when_a_bill_is_restated_and_when_calls_have_left()
    {
        await using var f = await ClosedAsync();
        await BillAsync(f, 30, more: 100);
        await using (var db = await f.OpenAsync())
        {
            await db.CostRollups.ExecuteDeleteAsync();
            await db.UsageRollups.ExecuteDeleteAsync();
            await db.FeedRuns.ExecuteDeleteAsync();
        }
        var day = (await f.Get<AccuracyReport>().ReadAsync(Day, Day.AddDays(2))).Days[1];
        // 600 M tokens at $0.06 are $36 now; the estimate is still the first.
        Assert.Equal((30m, 36m), (day.EstimatedUsd!.Value, day.BilledUsd));
    }

    [Fact]
    public async Task An_open_day_is_not_judged_and_a_day_without_an_estimate_is_counted_apart()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), FirstRead, TestBill.Input(Day, 1_000_000)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal((0, 0, ""), await SumAsync(f));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), FirstRead.AddHours(13), TestBill.Input(Day, 1_000_000)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal((0, 1, "10 Nov closed: $0.06 billed; no estimate was made before its first bill."), await SumAsync(f));
    }

    private static async Task<(int, int, string)> SumAsync(LedgerFixture f)
    {
        var answer = await f.Get<AccuracyReport>().ReadAsync(Day, Day.AddDays(1));
        return (answer.Days.Count, answer.WithoutEstimate, answer.NewestSentence);
    }

    // (1,061.90 − 1,085.20) ÷ 1,085.20 = −2.147 %.
    [Fact]
    public void A_close_reads_as_one_sentence() =>
        Assert.Equal("19 Nov closed: $1,085.20 billed, $1,061.90 estimated, −2.1 %.", ClosedDayText.Of(new DateOnly(2026, 11, 19), 1085.20m, 1085.20m, 1061.90m));
}
