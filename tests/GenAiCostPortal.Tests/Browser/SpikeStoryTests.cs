using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;
using GenAiCostPortal.Sources.Sample;

namespace GenAiCostPortal.Browser;

/// <summary>An engineer goes from the list of spikes to the trace that caused one, compares it with one from before, and says that it is dealt with.</summary>
[Collection(SamplePortal.Name)]
public sealed class SpikeStoryTests(SamplePortal portal)
{
    private static readonly Story Story = Story.Told;

    [Fact]
    public async Task From_the_list_over_the_sentence_to_the_looping_trace_and_its_comparison()
    {
        await using var tab = await portal.OpenAsync();
        await tab.GoAsync("/spikes?feature=" + Story.Feature);
        await Expect(tab.Page.Locator("nav.nav a[href^='/spikes'] .count")).ToContainTextAsync("open");
        await tab.Page.Locator("table.spikes tbody tr", new() { HasText = "17 Nov" }).Locator("a.key").ClickAsync();

        var lead = tab.Page.Locator("p.lead");
        await Expect(lead).ToContainTextAsync(Story.Feature);
        await Expect(lead).ToContainTextAsync("since " + Story.ReleaseDear);
        await Expect(lead).ToContainTextAsync("%): prompts");
        await Expect(lead).ToContainTextAsync("agent loop");
        await Expect(tab.Page.Locator(".facts")).ToContainTextAsync("Confirmed by the bill");
        await Expect(tab.Page.Locator("table.waterfall tbody tr").Nth(1)).ToContainTextAsync("Longer prompts");
        await Expect(tab.Page.GetByText("first seen 17 Nov 08:00")).ToBeVisibleAsync();

        // Where the browser gives no leave for the clipboard, the address is shown and selected.
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Copy link" }).ClickAsync();
        await Expect(tab.Page.Locator("[data-copied]").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^Link copied$|/spikes/[0-9]+$"));

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(tab.Page.Locator(".facts .tag").First).ToContainTextAsync("Acknowledged by");
        await tab.Page.GetByLabel("Comment").FillAsync("The step limit was lost.");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Comment" }).ClickAsync();
        await Expect(tab.Page.Locator("ol.line")).ToContainTextAsync("The step limit was lost.");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Compare typical with before" }).ClickAsync();
        await Expect(tab.Page.Locator("table.compare tbody tr").First).ToContainTextAsync(Story.LoopedStep);
        await tab.Page.GoBackAsync();
        await tab.Page.Locator("table.exemplars a.code").First.ClickAsync();
        await Expect(new TraceScreen(tab).LoopHead.First).ToContainTextAsync($"ran {Story.Dear.LoopedStepCalls} times");
        tab.AssertQuiet();
    }
}
