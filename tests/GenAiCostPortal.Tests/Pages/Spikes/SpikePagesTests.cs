using Bunit;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>The list and the page of a spike in their states.</summary>
public sealed class SpikePagesTests
{
    private static async Task<long> AddAsync(PageBench store, Action<Spike>? change = null)
    {
        await using var db = store.Db();
        var spike = new Spike
        {
            Scope = SpikeScope.Total, Start = new(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc), End = new(2026, 11, 20, 11, 0, 0, DateTimeKind.Utc), ImpactNanoUsd = 5_250_000_000,
            BaselineNanoUsd = 1_000_000_000, ActualNanoUsd = 6_250_000_000, Sentence = "+$5.25 (×6.3).", DetectedAt = new(2026, 11, 20, 9, 0, 0, DateTimeKind.Utc), Version = 1,
        };
        change?.Invoke(spike);
        db.Spikes.Add(spike);
        await db.SaveChangesAsync();
        return spike.Id;
    }

    private static async Task<IRenderedComponent<TPage>> OpenAsync<TPage>(PageBench store, string address, Action<ComponentParameterCollectionBuilder<TPage>>? with = null) where TPage : IComponent
    {
        var page = store.Render(address, with);
        await page.WaitForStateAsync(() => page.FindAll(".state, .lead, table").Count > 0, TimeSpan.FromSeconds(30));
        return page;
    }

    [Fact]
    public async Task Without_spikes_the_list_says_what_is_watched()
    {
        await using var store = await PageBench.OpenAsync();
        var page = await OpenAsync<SpikesPage>(store, "/spikes");
        Assert.Contains("Nothing left its usual course", page.Find(".state").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spike_is_listed_with_its_sentence_and_leads_to_its_page()
    {
        await using var store = await PageBench.OpenAsync();
        var id = await AddAsync(store);
        var page = await OpenAsync<SpikesPage>(store, "/spikes?status=open");
        var row = Assert.Single(page.FindAll("table.spikes tbody tr"));
        Assert.Equal($"/spikes/{id}", row.QuerySelector("a.key")!.GetAttribute("href"));
        Assert.Contains("+$5.25 (×6.3).", row.TextContent, StringComparison.Ordinal);
        page = await OpenAsync<SpikesPage>(store, "/spikes?status=resolved");
        Assert.Contains("No spike with this status", page.Find(".state").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_feature_gets_thresholds_of_its_own_and_follows_the_others_again()
    {
        await using var store = await PageBench.OpenAsync();
        await store.WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 4)]);
        var desk = store.Get<SpikeDesk>();
        var page = await OpenAsync<SpikesPage>(store, "/spikes?thresholds=show");
        AngleSharp.Dom.IElement Field(string label) => page.FindAll(".thresholds label").Single(l => l.TextContent.StartsWith(label, StringComparison.Ordinal)).QuerySelector("input, select")!;
        AngleSharp.Dom.IElement Button(string name) => page.FindAll(".thresholds button").Single(b => b.TextContent.Trim() == name);
        var feature = Field("Which").QuerySelectorAll("option").Single(o => o.TextContent == "contract-summary");
        var id = int.Parse(feature.GetAttribute("value")!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("contract-summary", store.Get<Dimensions>().Name(id));

        await page.InvokeAsync(() => Field("Which").ChangeAsync(new ChangeEventArgs { Value = feature.GetAttribute("value") }));
        // The built-in dollar an hour, until it has its own.
        Assert.Equal("1", Field("At least, $ an hour").GetAttribute("value"));
        await page.InvokeAsync(() => Field("At least, $ an hour").ChangeAsync(new ChangeEventArgs { Value = "2.5" }));
        await page.InvokeAsync(() => Button("Keep").ClickAsync(new()));
        var row = Assert.Single(await desk.ThresholdsAsync());
        Assert.Equal((SpikeScope.Feature, id, 2_500_000_000), (row.Scope, row.ScopeId, row.FloorNanoUsdPerHour));

        await page.WaitForStateAsync(() => page.FindAll("option").Any(o => o.TextContent == "contract-summary (own)"), TimeSpan.FromSeconds(30));
        await page.InvokeAsync(() => Button("As each feature again").ClickAsync(new()));
        Assert.Empty(await desk.ThresholdsAsync());
        Assert.Equal("1", Field("At least, $ an hour").GetAttribute("value"));
    }

    [Theory]
    [InlineData(100, 100.04, "Confirmed by the bill: estimated $100.00, billed $100.04 (within 0.1\u00a0%)")]
    [InlineData(100, 102.5, "Confirmed by the bill: estimated $100.00, billed $102.50 (2.5\u00a0% more)")]
    public void What_the_bill_says_names_a_difference_only_where_there_is_one(double estimated, double billed, string text) =>
        Assert.Equal(text, SpikeWords.Confirmation(new SpikeItem(
            1, SpikeScope.Total, "", SpikeMeasure.Cost, SpikeGrain.Hour, SpikeKind.Spike, SpikeStatus.Open, PageBench.Now, PageBench.Now, false,
            0, 0, 0, "", "", "", SpikeConfirmation.Confirmed, (decimal)billed, (decimal)estimated, null, PageBench.Now, PageBench.Now, "", null, 1, null)).Text);

    [Fact]
    public async Task A_spike_that_late_data_took_back_is_in_no_list_and_its_page_says_so()
    {
        await using var store = await PageBench.OpenAsync();
        var id = await AddAsync(store, s => (s.IsWithdrawn, s.UpdatedAt) = (true, new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc)));
        Assert.Empty((await OpenAsync<SpikesPage>(store, "/spikes")).FindAll("table.spikes tbody tr"));
        var page = await OpenAsync<SpikePage>(store, $"/spikes/{id}", p => p.Add(s => s.Id, id));
        Assert.StartsWith("Late data took this back", page.Find(".callout").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("Taken back: late data shows nothing unusual", page.FindAll("ol.line li")[^1].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Back to the usual", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SpikeKind.Spike, "Back to the usual")]
    [InlineData(SpikeKind.LevelShift, "Taken as the new usual")]
    [InlineData(SpikeKind.Ramp, "No longer growing")]
    public async Task How_it_ended_is_said_as_it_was(SpikeKind kind, string words)
    {
        await using var store = await PageBench.OpenAsync();
        var id = await AddAsync(store, s => s.Kind = kind);
        var page = await OpenAsync<SpikePage>(store, $"/spikes/{id}", p => p.Add(s => s.Id, id));
        Assert.EndsWith(words, page.FindAll("ol.line li")[^1].TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".callout"));
    }

    [Fact]
    public async Task The_answer_of_the_api_is_of_the_window_that_the_page_shows()
    {
        await using var store = await PageBench.OpenAsync();
        await store.WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 4)]);
        var page = await OpenAsync<ExplainPage>(store, "/explain?feature=contract-summary");
        var now = PageBench.Now;
        var (from, to) = (now.Date.AddHours(now.Hour - 23), now.Date.AddHours(now.Hour + 1));
        Assert.Equal(FormattableString.Invariant($"/api/v1/explain?feature=contract-summary&from={from:yyyy-MM-dd'T'HH:mm}&to={to:yyyy-MM-dd'T'HH:mm}"),
            Uri.UnescapeDataString(page.FindAll(".tools a").Single(a => a.TextContent == "JSON").GetAttribute("href")!));
    }

    [Fact]
    public async Task An_explanation_shows_each_effect_and_both_ends()
    {
        await using var store = await PageBench.OpenAsync();
        await store.WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 4)]);
        var page = await OpenAsync<ExplainPage>(store, "/explain?from=2026-11-21&to=2026-11-22&baselineFrom=2026-11-20&baselineTo=2026-11-21");
        var rows = page.FindAll("table.waterfall tbody tr");
        Assert.Equal(3, rows.Count);
        Assert.Contains("+$1.26", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("$1.26", rows[2].QuerySelectorAll("td").First(c => c.TextContent.StartsWith('$')).TextContent);
        Assert.Contains("What this cannot know", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_traces_are_compared_step_by_step()
    {
        await using var store = await PageBench.OpenAsync();
        var (first, second) = (new TraceId(1, 1), new TraceId(1, 2));
        await store.WriteAsync([.. MadeSpans.Agent(first, 4), .. MadeSpans.Agent(second, 2)]);
        var page = await OpenAsync<Traces.ComparePage>(store, $"/traces/{first}/compare/{second}", p => p.Add(c => c.TraceHex, first.ToString()).Add(c => c.OtherHex, second.ToString()));
        Assert.Contains("4 / 2", page.Find("table.compare tfoot").TextContent, StringComparison.Ordinal);
        Assert.Contains("+$0.6300", page.Find("table.compare tfoot").TextContent, StringComparison.Ordinal);
    }
}
