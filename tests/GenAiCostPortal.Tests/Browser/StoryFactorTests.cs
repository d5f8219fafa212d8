using System.Text.Json;
using GenAiCostPortal.Sources.Sample;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>What the portal's API says of the dear day, against the amounts and factors of story.json.</summary>
[Collection(SamplePortal.Name)]
public sealed class StoryFactorTests(SamplePortal portal)
{
    private const string DearDay = "from=2026-11-17&to=2026-11-18";
    private static readonly Story Story = Story.Told;
    private static readonly string InProduction = $"feature={Story.Feature}&environment=prod";

    // Traced weekdays with the release before the dear one; today and yesterday are not needed.
    private static readonly DateOnly[] DaysBefore = [new(2026, 11, 9), new(2026, 11, 10), new(2026, 11, 11), new(2026, 11, 12), new(2026, 11, 13), new(2026, 11, 16)];

    [Fact]
    public async Task The_dear_day_is_as_dear_as_told()
    {
        var dear = Usd(await portal.AskAsync($"/api/v1/spend?{DearDay}"));
        var tuesdays = new List<decimal>();
        foreach (var day in new DateOnly[] { new(2026, 10, 20), new(2026, 10, 27), new(2026, 11, 3), new(2026, 11, 10) }) tuesdays.Add(Usd(await DayAsync("", day)));
        var usual = tuesdays.Order().Skip(1).Take(2).Average();
        Assert.InRange(dear, Story.DearDay.TotalUsd * 0.997m, Story.DearDay.TotalUsd * 1.003m);
        Assert.InRange(usual, Story.UsualDay.TotalUsd * 0.985m, Story.UsualDay.TotalUsd * 1.015m);
        Assert.InRange(dear / usual, Story.DearDay.TimesUsual - 0.15m, Story.DearDay.TimesUsual + 0.15m);
    }

    [Fact]
    public async Task Contract_summary_is_most_of_it_and_a_third_of_a_usual_day()
    {
        var dear = Usd(await portal.AskAsync($"/api/v1/spend?{DearDay}&{InProduction}"));
        Assert.InRange(dear, Story.DearDay.FeatureUsd - 0.01m, Story.DearDay.FeatureUsd + 0.01m);
        Assert.InRange(dear / Usd(await portal.AskAsync($"/api/v1/spend?{DearDay}")), Story.DearDay.FeatureUsd / Story.DearDay.TotalUsd - 0.005m, Story.DearDay.FeatureUsd / Story.DearDay.TotalUsd + 0.005m);
        foreach (var day in DaysBefore)
            Assert.InRange(Usd(await DayAsync(InProduction, day)) / Usd(await DayAsync("", day)), Story.UsualDay.FeatureShare - 0.02m, Story.UsualDay.FeatureShare + 0.02m);
    }

    [Fact]
    public async Task Each_factor_of_the_release_is_what_the_portal_counts()
    {
        var dear = await CountsAsync(new(2026, 11, 17), Story.ReleaseDear);
        var usual = new List<Counts>();
        foreach (var day in DaysBefore) usual.Add(await CountsAsync(day, Story.ReleaseBefore));

        Assert.Equal(Story.Dear.RequestsInWindow, dear.Requests);
        Assert.InRange(dear.Requests / usual.Average(u => u.RequestsInWindow), Story.Factors.Requests * 0.92m, Story.Factors.Requests * 1.08m);
        Assert.Equal(Story.Dear.CallsPerRequest, dear.CallsPerRequest);
        Assert.All(usual, u => Assert.Equal(Story.Usual.CallsPerRequest, u.CallsPerRequest));
        Assert.Equal(Story.Factors.CallsPerRequest, dear.CallsPerRequest / usual[0].CallsPerRequest);

        // Attempts that timed out are billed and sent again; throttled ones are sent again too, but never billed.
        var billed = dear.Answered * Story.Dear.BilledAttemptsPerCall;
        Assert.Equal(Story.Dear.PromptTokensPerCall * billed, dear.PromptTokens);
        Assert.Equal(Story.Dear.OutputTokensPerCall * billed, dear.OutputTokens);
        var usualPrompt = usual.Sum(u => u.PromptTokens) / usual.Sum(u => u.Answered);
        Assert.InRange(dear.PromptTokens / billed / usualPrompt, Story.Factors.PromptTokensPerCall * 0.999m, Story.Factors.PromptTokensPerCall * 1.001m);
        Assert.Equal((Story.Dear.BilledAttemptsPerCall - 1 + Story.Dear.ThrottledShareOfCalls) * dear.Answered, dear.Retries);
        Assert.All(usual, u => Assert.InRange(u.Retries / u.Answered, 0, Story.Usual.ThrottledShareOfCalls * 2.5m));
        Assert.All(usual, u => Assert.Equal(0, u.RetryUsd));
        Assert.True(dear.RetryUsd > 0);
        Assert.Equal(dear.Requests, dear.WithLoop);
        Assert.All(usual, u => Assert.Equal(0, u.WithLoop));
    }

    private sealed record Counts(
        decimal Requests, decimal RequestsInWindow, decimal Answered, decimal PromptTokens, decimal OutputTokens, decimal Retries, decimal RetryUsd, int WithLoop)
    {
        public decimal CallsPerRequest => Answered / Requests;
    }

    /// <summary>Requests, calls and retries from the list of traces, tokens from spend by release.</summary>
    private async Task<Counts> CountsAsync(DateOnly day, string release)
    {
        var period = $"from={day:yyyy-MM-dd}&to={day.AddDays(1):yyyy-MM-dd}";
        var page = await portal.AskAsync($"/api/v1/traces?{period}&{InProduction}&release={release}&limit=1000");
        var items = page.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(page.GetProperty("totalCount").GetInt64(), items.Count);
        var row = (await portal.AskAsync($"/api/v1/spend?{period}&{InProduction}&view=estimated&groupBy=release")).GetProperty("rows").EnumerateArray()
            .Single(r => r.GetProperty("keys").GetProperty("release").GetString() == release);
        Assert.Equal(items.Count, row.GetProperty("requests").GetInt64());
        Assert.Equal(items.Sum(i => i.GetProperty("calls").GetInt64()), row.GetProperty("calls").GetInt64());
        var tokens = row.GetProperty("tokens");
        return new Counts(
            items.Count, items.Count(IsInWindow), items.Sum(i => i.GetProperty("calls").GetInt64() - i.GetProperty("errors").GetInt64()),
            tokens.GetProperty("input").GetInt64() + tokens.GetProperty("cacheRead").GetInt64() + tokens.GetProperty("cacheWrite5m").GetInt64(), tokens.GetProperty("output").GetInt64(),
            items.Sum(i => i.GetProperty("retries").GetInt64()), items.Sum(i => i.GetProperty("retryCostUsd").GetDecimal()), items.Count(i => i.GetProperty("loops").GetInt32() > 0));
    }

    private static bool IsInWindow(JsonElement item) =>
        TimeOnly.FromDateTime(item.GetProperty("start").GetDateTime()) is var at && at >= Story.ReleasedAt && at < Story.RolledBackAt;

    private Task<JsonElement> DayAsync(string filter, DateOnly day) => portal.AskAsync($"/api/v1/spend?from={day:yyyy-MM-dd}&to={day.AddDays(1):yyyy-MM-dd}&{filter}");

    private static decimal Usd(JsonElement answer) => answer.GetProperty("billedUsd").GetDecimal();
}
