using Xunit;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>The made bill, read through Cost Explorer's and CloudWatch's answers alone.</summary>
public sealed class MadeBillTests
{
    private static readonly DateOnly First = new(2026, 8, 23), Today = new(2026, 11, 21), Yesterday = new(2026, 11, 20);
    private const string IsUsage = """{"Dimensions":{"Key":"RECORD_TYPE","Values":["Usage"]}}""";
    private const string Sonnet = "Claude Sonnet 4.6 (Amazon Bedrock Edition)";

    [Fact]
    public async Task The_dear_day_costs_as_often_the_usual_as_the_story_says()
    {
        var days = (await GenAiAsync(IsUsage)).GroupBy(g => g.Day).ToDictionary(g => g.Key, g => g.Sum(x => x.Usd));
        DateOnly[] tuesdays = [new(2026, 10, 20), new(2026, 10, 27), new(2026, 11, 3), new(2026, 11, 10)];
        var usual = tuesdays.Select(d => days[d]).Order().Skip(1).Take(2).Average();
        Assert.InRange(usual, Story.Told.UsualDay.TotalUsd * 0.985m, Story.Told.UsualDay.TotalUsd * 1.015m);
        Assert.InRange(days[MadeInputs.StoryDay], Story.Told.DearDay.TotalUsd * 0.997m, Story.Told.DearDay.TotalUsd * 1.003m);
        Assert.InRange(days[MadeInputs.StoryDay] / usual, Story.Told.DearDay.TimesUsual - 0.15m, Story.Told.DearDay.TimesUsual + 0.15m);
        foreach (var (day, usd) in days.Where(d => d.Key < Yesterday && d.Key >= Today.AddDays(-40) && d.Key != MadeInputs.StoryDay))
            Assert.InRange(usd, SampleCalendar.IsWeekend(day) ? 58m : 133m, SampleCalendar.IsWeekend(day) ? 72m : 146m);
    }

    [Fact]
    public async Task Contract_summary_is_usually_a_third_of_the_bill()
    {
        var (tagged, _) = await MadeInputs.BillAsync(new(2026, 10, 20), Today, "tag:GenAI:Workload", "SERVICE", IsUsage);
        decimal Of(DateOnly day) => tagged.Where(t => t.Day == day && t.Key1 == "GenAI:Workload$contract-summary").Sum(t => t.Usd);
        Assert.InRange(Of(new(2026, 10, 27)), Story.Told.UsualDay.FeatureUsd * 0.97m, Story.Told.UsualDay.FeatureUsd * 1.03m);
        // Since tracing began a part of its calls goes past the tagged profile: the traces own it.
        Assert.InRange(Of(MadeInputs.StoryDay) / Story.Told.DearDay.FeatureUsd, 0.699m, 0.701m);
    }

    [Fact]
    public void Contract_summary_cost_on_the_dear_day_what_its_calls_cost_at_list_price()
    {
        // Claude Sonnet 4.6, USD per million: input 3, cache read 0.30, cache write 3.75, output 15 (public list, 2026-08-01).
        var usd = MadeInputs.SentCalls
            .Where(c => c.Feature == Story.Told.Feature && c.Account == MadeInputs.Payer && DateOnly.FromDateTime(c.Start) == MadeInputs.StoryDay)
            .Sum(c => (c.Input * 3m + c.CacheRead * 0.30m + c.CacheWrite * 3.75m + c.Output * 15m) / 1_000_000m);
        Assert.InRange(usd, Story.Told.DearDay.FeatureUsd - 0.01m, Story.Told.DearDay.FeatureUsd + 0.01m);
    }

    [Fact]
    public async Task Most_dollars_are_tagged_and_some_never()
    {
        var (groups, _) = await MadeInputs.BillAsync(Today.AddDays(-30), Today, "tag:GenAI:Workload", "SERVICE", IsUsage);
        var genAi = groups.Where(g => IsGenAi(g.Key2)).ToList();
        Assert.InRange(genAi.Where(g => g.Key1 != "GenAI:Workload$").Sum(g => g.Usd) / genAi.Sum(g => g.Usd), 0.75m, 0.85m);
    }

    [Fact]
    public async Task Yesterday_is_half_billed_and_today_not_at_all()
    {
        var days = (await GenAiAsync(IsUsage)).GroupBy(g => g.Day).ToDictionary(g => g.Key, g => g.Sum(x => x.Usd));
        Assert.InRange(days[Yesterday], 40m, 80m);
        Assert.DoesNotContain(Today, days.Keys);
    }

    [Fact]
    public async Task One_day_is_restated_upwards_between_two_reads_and_no_other()
    {
        var before = await GenAiAsync(IsUsage, MadeInputs.Now.AddHours(-13));
        var after = await GenAiAsync(IsUsage);
        var changed = after.GroupBy(g => g.Day).Where(d => d.Sum(x => x.Usd) != before.Where(b => b.Day == d.Key).Sum(b => b.Usd)).ToList();
        var day = Assert.Single(changed);
        Assert.Equal(new DateOnly(2026, 11, 16), day.Key);
        Assert.True(day.Sum(x => x.Usd) > before.Where(b => b.Day == day.Key).Sum(b => b.Usd) * 1.01m);
    }

    [Fact]
    public async Task Pages_give_the_same_as_days_asked_one_by_one()
    {
        var (all, pages) = await MadeInputs.BillAsync(First, Today, "LINKED_ACCOUNT", "USAGE_TYPE");
        Assert.True(pages > 1);
        var single = new List<BilledGroup>();
        for (var day = First; day < Today; day = day.AddDays(1)) single.AddRange((await MadeInputs.BillAsync(day, day.AddDays(1), "LINKED_ACCOUNT", "USAGE_TYPE")).Groups);
        Assert.Equal(single, all);
    }

    [Fact]
    public async Task Groups_of_every_pair_add_up_to_the_same_bill()
    {
        string[] keys = ["LINKED_ACCOUNT", "USAGE_TYPE", "SERVICE", "RECORD_TYPE", "tag:GenAI:Workload"];
        var totals = new List<decimal>();
        foreach (var a in keys)
            foreach (var b in keys.Where(b => b != a))
                totals.Add(decimal.Round((await MadeInputs.BillAsync(Today.AddDays(-20), Today, a, b)).Groups.Sum(g => g.Usd), 6));
        Assert.Single(totals.Distinct());
    }

    [Fact]
    public async Task The_running_month_is_marked_estimated_and_the_last_is_not()
    {
        var (groups, _) = await MadeInputs.BillAsync(new(2026, 10, 25), Today, "SERVICE", "RECORD_TYPE");
        Assert.All(groups, g => Assert.Equal(g.Day.Month == 11, g.IsEstimated));
    }

    [Fact]
    public async Task There_are_taxes_credits_and_services_outside_the_scope()
    {
        var (groups, _) = await MadeInputs.BillAsync(First, Today, "RECORD_TYPE", "SERVICE");
        Assert.Contains(groups, g => g is { Key1: "Tax", Key2: Sonnet, Usd: > 0 });
        Assert.Contains(groups, g => g is { Key1: "Credit", Key2: "Amazon Bedrock", Usd: < 0 });
        Assert.Contains(groups, g => g is { Key1: "Usage", Key2: "Amazon Relational Database Service" });
        Assert.Contains(groups, g => g is { Key1: "Usage", Key2: "Amazon SageMaker" });
    }

    internal static bool IsGenAi(string service) =>
        service.EndsWith("(Amazon Bedrock Edition)", StringComparison.Ordinal) || service is "Amazon Bedrock" or "Amazon SageMaker" or "Amazon OpenSearch Service";

    private static async Task<List<BilledGroup>> GenAiAsync(string filter, DateTime? at = null) =>
        [.. (await MadeInputs.BillAsync(First, Today.AddDays(1), "SERVICE", "USAGE_TYPE", filter, at)).Groups.Where(g => IsGenAi(g.Key1))];
}
