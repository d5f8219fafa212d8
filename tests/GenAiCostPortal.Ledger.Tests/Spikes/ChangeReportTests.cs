using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Ten days of bill, estimates, credits, guardrails, tags, off-bill and unrecorded usage: an explanation is of the very money the spend report shows.</summary>
public sealed class ChangeReportTests : IAsyncLifetime
{
    private static readonly DateOnly First = new(2026, 11, 10), Open = new(2026, 11, 19);
    private LedgerFixture _f = null!;

    public async Task InitializeAsync()
    {
        _f = await TestBill.FixtureAsync(new DateTime(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc));
        for (var day = First; day <= Open; day = day.AddDays(1))
        {
            var n = day.Day;
            await RecordedCalls.AddAsync(_f,
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(n % 24), "a", 100_000 + n * 777, 1_000 + n * n) with { Release = n % 2 == 0 ? "1.0" : "1.1", Calls = 7 + n, Requests = 3 + n / 2 },
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(3), "b", 30_000 + n * n * 10, 333) with { Calls = n, Requests = n },
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(5), "", 9_999 + 5 * n, 1) with { Team = "" },
                new RecordedCalls(UtcTime.Start(day).AddHours(9), "openai.gpt-4o", "", "") { Feature = "a", Provider = "openai", IsOffBill = true, CostNanoUsd = 1_000_001 * n, Tokens = new(10 * n, 0, 0, 0, 0, n) });
        }
        var lines = Enumerable.Range(0, Open.DayNumber - First.DayNumber + 1).Select(First.AddDays).SelectMany(d => new[]
        {
            TestBill.Input(d, d == Open ? 50_000 : 160_000 + d.Day * 1_000), TestBill.Input(d, 20_000, tag: "a"), TestBill.Output(d, d == Open ? 100 : 3_000),
            TestBill.Input(d, 12_345 * d.Day, account: TestBill.Second), TestBill.Other(d, -0.000_123_457m * d.Day, ChargeCategory.Credit),
            new BilledLineRead(d, TestBill.First, "us-east-1", TestBill.Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", ChargeCategory.Usage, null, 0.0333m * d.Day, 5, "Units", false),
        }).ToArray();
        await _f.Get<BillWriter>().ReplaceAsync(TestBill.Read(First, Open.AddDays(1), new DateTime(2026, 11, 19, 23, 0, 0, DateTimeKind.Utc), lines));
        await _f.Get<BillWriter>().ReplaceAsync(TestBill.Read(First, Open.AddDays(1), new DateTime(2026, 11, 20, 11, 0, 0, DateTimeKind.Utc), lines));
        await _f.Get<LedgerBuild>().BuildDueAsync();
    }

    public async Task DisposeAsync() => await _f.DisposeAsync();

    private Task<ChangeAnswer> AskAsync(DateTime from, DateTime to, DateTime? baseFrom, DateTime? baseTo, SpendFilter? filter = null) =>
        _f.Get<ChangeReport>().ReadAsync(new ChangeQuery(from, to, baseFrom, baseTo, filter ?? SpendFilter.None));

    private Task<SpendAnswer> SpendAsync(DateTime from, DateTime to, SpendFilter? filter = null) =>
        _f.Get<SpendReport>().ReadAsync(new SpendQuery(from, to, [], Granularity.None, SpendView.Ledger, filter ?? SpendFilter.None));

    private static DateTime Day(int day, int hour = 0) => new(2026, 11, day, hour, 0, 0, DateTimeKind.Utc);

    public static TheoryData<int, int, int, int, int, int> Windows => new()
    {
        { 15, 0, 18, 0, 11, 14 }, { 19, 0, 20, 0, 18, 19 }, { 14, 3, 14, 15, 12, 13 }, { 16, 0, 20, 12, 10, 13 },
    };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task It_explains_the_money_of_the_spend_report_and_adds_up(int from, int fromHour, int to, int toHour, int baseFrom, int baseTo)
    {
        foreach (var feature in (string?[])[null, "a", SpendQuery.Unattributed])
        {
            var filter = feature is null ? SpendFilter.None : new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = [feature] });
            var answer = await AskAsync(Day(from, fromHour), Day(to, toHour), Day(baseFrom), Day(baseTo), filter);
            var (now, before) = (await SpendAsync(Day(from, fromHour), Day(to, toHour), filter), await SpendAsync(Day(baseFrom), Day(baseTo), filter));
            var scale = (decimal)((Day(to, toHour) - Day(from, fromHour)) / (Day(baseTo) - Day(baseFrom)));
            Assert.Equal(now.TotalUsd + now.OffBillUsd, answer.ActualUsd, 8);
            Assert.Equal((before.TotalUsd + before.OffBillUsd) * scale, answer.BaselineUsd, 8);
            Assert.Equal(answer.ActualUsd - answer.BaselineUsd, answer.ImpactUsd);
            Assert.Equal(answer.ImpactUsd, answer.Effects.Sum(e => e.Usd));
            Assert.Equal((answer.BaselineUsd, answer.ActualUsd), (answer.Cells.Sum(c => c.BaselineUsd), answer.Cells.Sum(c => c.ActualUsd)));
        }
    }

    // The day before the first of the bill is told by its calls alone, the others by the ledger.
    [Fact]
    public async Task Days_with_and_without_a_bill_add_up_in_one_window()
    {
        var (from, to) = (UtcTime.Start(First.AddDays(-1)), UtcTime.Start(First.AddDays(3)));
        await RecordedCalls.AddAsync(_f, TestBill.Calls(_f, from.AddHours(4), "a", 400_000, 2_000) with { Calls = 5, Requests = 2 });
        var (answer, now) = (await AskAsync(from, to, Day(15), Day(17)), await SpendAsync(from, to));
        Assert.Equal(now.TotalUsd + now.OffBillUsd, answer.ActualUsd, 8);
        Assert.Equal(nameof(Basis.Mixed), answer.Basis);
        Assert.Equal(answer.ImpactUsd, answer.Effects.Sum(e => e.Usd));
    }

    [Fact]
    public async Task Unrecorded_usage_is_the_change_of_what_the_ledger_leaves_unattributed()
    {
        var answer = await AskAsync(Day(15), Day(18), Day(11), Day(14));
        decimal Unattributed(SpendAnswer spend) => spend.UnattributedUsd - spend.Rows.Sum(r => r.Reasons.GetValueOrDefault(UnattributedReason.NoFeatureOnCall));
        var change = Unattributed(await SpendAsync(Day(15), Day(18))) - Unattributed(await SpendAsync(Day(11), Day(14)));
        Assert.NotEqual(0, change);
        Assert.Equal(change, answer.Effects.Single(e => e.Factor == "unrecordedUsage").Usd, 8);
    }

    [Fact]
    public async Task What_has_no_calls_is_one_effect_each()
    {
        var factors = (await AskAsync(Day(15), Day(18), Day(11), Day(14))).Effects.Select(e => e.Factor).ToList();
        Assert.Contains("offBill", factors);
        Assert.Contains("credits", factors);
        Assert.Equal(factors.Count, factors.Distinct().Count());
    }

    [Fact]
    public async Task Exchanging_two_windows_of_one_length_negates()
    {
        var (there, back) = (await AskAsync(Day(15), Day(18), Day(11), Day(14)), await AskAsync(Day(11), Day(14), Day(15), Day(18)));
        Assert.Equal(there.ImpactUsd, -back.ImpactUsd);
        var turned = back.Effects.ToDictionary(e => (e.Factor switch { "new" => "ended", "ended" => "new", var f => f }, e.Name), e => -e.Usd);
        Assert.All(there.Effects, e => Assert.Equal(turned[(e.Factor, e.Name)], e.Usd));
    }

    [Fact]
    public async Task A_filter_on_accounts_knows_calls_but_no_requests()
    {
        var answer = await AskAsync(Day(15), Day(18), Day(11), Day(14), new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Account] = [TestBill.First] }));
        Assert.DoesNotContain(answer.Effects, e => e.Factor is "requests" or "callsPerRequest");
        Assert.Contains(answer.Unknown, u => u.StartsWith("Requests have no account", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_calls_the_bill_itself_is_taken_apart()
    {
        await using var f = await TestBill.FixtureAsync(new DateTime(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc));
        foreach (var at in (DateTime[])[Day(19, 23), Day(20, 11)])
            await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(First, Open.AddDays(1), at,
                [.. Enumerable.Range(0, 10).Select(First.AddDays).SelectMany(d => new[] { TestBill.Input(d, d.Day < 15 ? 1_000_000 : 3_000_000), TestBill.Output(d, 100_000) })]));
        await f.Get<LedgerBuild>().BuildDueAsync();
        var answer = await f.Get<ChangeReport>().ReadAsync(new ChangeQuery(Day(15), Day(17), Day(11), Day(13), SpendFilter.None));
        // 2 days × 2 M more tokens at $0.06 per million.
        Assert.Equal(0.24m, answer.ImpactUsd, 6);
        Assert.Equal(["billedMix", "billedQuantity"], answer.Effects.Select(e => e.Factor).Order());
    }
}
