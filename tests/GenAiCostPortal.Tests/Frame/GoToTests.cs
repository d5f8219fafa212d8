using AngleSharp.Dom;
using Bunit;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Xunit;

namespace GenAiCostPortal.Frame;

/// <summary>The box that goes to a name.</summary>
public sealed class GoToTests
{
    private static async Task<(PageBench Bench, IRenderedComponent<GoTo> Box)> OpenAsync()
    {
        var bench = await PageBench.OpenAsync();
        await bench.WriteAsync([.. MadeSpans.Agent(new TraceId(1, 2), 2)]);
        return (bench, bench.Context.Render<GoTo>(p => p.Add(g => g.Url, PortalUrl.Read("/?period=7d"))));
    }

    private static async Task TypeAsync(IRenderedComponent<GoTo> box, string text, string said)
    {
        await box.InvokeAsync(() => box.Find("input[role=combobox]").Input(text));
        await box.WaitForStateAsync(() => box.Find("[role=status]").TextContent.Contains(said, StringComparison.Ordinal));
    }

    private static Task PressAsync(IRenderedComponent<GoTo> box, string key) => box.InvokeAsync(() => box.Find("input[role=combobox]").KeyDown(new KeyboardEventArgs { Key = key }));

    [Fact]
    public async Task Arrows_choose_and_enter_goes_there()
    {
        var (bench, box) = await OpenAsync();
        await using var _ = bench;
        Assert.Equal("false", box.Find("input").GetAttribute("aria-expanded"));
        Assert.Empty(box.FindAll("[role=listbox]"));
        await TypeAsync(box, "con", "found");
        var options = box.FindAll("[role=option]");
        Assert.Contains(options, o => o.TextContent.StartsWith("contract-summary", StringComparison.Ordinal) && o.TextContent.EndsWith("Feature in Spend", StringComparison.Ordinal));
        var input = box.Find("input");
        Assert.Equal(("true", "goto-list", "goto-0"), (input.GetAttribute("aria-expanded"), input.GetAttribute("aria-controls"), input.GetAttribute("aria-activedescendant")));
        Assert.Equal("goto-list", box.Find("[role=listbox]").Id);

        await PressAsync(box, "ArrowUp");
        Assert.Equal($"goto-{options.Count - 1}", box.Find("input").GetAttribute("aria-activedescendant"));
        Assert.Equal($"goto-{options.Count - 1}", box.Find("[aria-selected=true]").Id);
        await PressAsync(box, "ArrowDown");
        var href = box.Find("[aria-selected=true]").GetAttribute("href")!;
        await PressAsync(box, "Enter");
        Assert.EndsWith(href, bench.Get<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_is_found_by_its_id_in_both_forms_and_one_that_is_gone_is_said()
    {
        var (bench, box) = await OpenAsync();
        await using var _ = bench;
        foreach (var id in new[] { "00000000000000010000000000000002", "1-00000000-000000010000000000000002" })
        {
            await TypeAsync(box, id, "");
            await box.WaitForElementAsync("[role=option]");
            Assert.Equal("/traces/00000000000000010000000000000002?period=7d", box.Find("[role=option]").GetAttribute("href"));
            Assert.StartsWith("summarise-contract, contract-summary, 21 Nov 12:20 UTC", box.Find("[role=option]").TextContent, StringComparison.Ordinal);
        }
        await TypeAsync(box, "000000000000000100000000000000ff", "no trace with this id is kept");
        Assert.Empty(box.FindAll("[role=option]"));
    }

    [Fact]
    public async Task Nothing_found_is_said_and_going_elsewhere_starts_anew()
    {
        var (bench, box) = await OpenAsync();
        await using var _ = bench;
        await TypeAsync(box, "<b>nobody", "Nothing found for “<b>nobody”.");
        Assert.Equal("false", box.Find("input").GetAttribute("aria-expanded"));
        await PressAsync(box, "Enter");
        await TypeAsync(box, "trace", "found");
        Assert.NotEmpty(box.FindAll("[role=option]"));
        box.Render(p => p.Add(g => g.Url, PortalUrl.Read("/traces")));
        Assert.Empty(box.FindAll("[role=option]"));
        Assert.Contains("a trace by its id", box.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_fails_is_said_and_the_next_letter_tries_again()
    {
        var (bench, box) = await OpenAsync();
        await using var _ = bench;
        bench.Stores.IsBroken = true;
        await TypeAsync(box, "con", "could not be read just now");
        Assert.DoesNotContain("secret", box.Markup, StringComparison.Ordinal);
        bench.Stores.IsBroken = false;
        await TypeAsync(box, "contract-summary", "found");
        Assert.NotEmpty(box.FindAll("[role=option]"));
    }
}
