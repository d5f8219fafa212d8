using Bunit;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.Traces;

public sealed class TracesPageTests
{
    private static TraceId Id(int n) => new(0xabcd, (ulong)n);

    private static async Task<PageBench> ThreeAsync()
    {
        var bench = await PageBench.OpenAsync();
        await bench.WriteAsync(MadeSpans.Root(Id(1)), MadeSpans.Call(Id(1), 2, 1, 10, 1_000_000, 0));
        await bench.WriteAsync(MadeSpans.Root(Id(2), "chat", 1_000, "support-copilot"), MadeSpans.Call(Id(2), 2, 1, 1_010, 0, 0, error: "ThrottlingException"), MadeSpans.Call(Id(2), 3, 1, 3_000, 2_000, 100));
        await bench.WriteAsync(MadeSpans.Root(Id(3), "guess", 2_000, ""), MadeSpans.Call(Id(3), 2, 1, 2_010, 500, 5, "acme.no-price-for-this-v1"));
        return bench;
    }

    [Fact]
    public async Task Rows_show_cost_marks_and_the_honest_total()
    {
        await using var bench = await ThreeAsync();
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tr.trace-row").Count));
        Assert.Equal(["guess", "chat", "summarise-contract"], page.FindAll("a.row-link").Select(a => a.TextContent));
        Assert.Equal(["unknown", "$0.0075", "$3.00"], page.FindAll("tr.trace-row").Select(r => r.QuerySelectorAll("td.r")[2].TextContent));
        Assert.StartsWith("3 traces, $3.01 estimated.", page.Find(".trace-sum").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 with retries; the failed attempts cost nothing.", page.Find(".trace-sum").TextContent, StringComparison.Ordinal);
        Assert.Contains("The cost of 1 is not or only partly known.", page.Find(".trace-sum").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 retry", page.FindAll("tr.trace-row")[1].TextContent, StringComparison.Ordinal);
        Assert.EndsWith("/traces/" + Id(2), page.FindAll("a.row-link")[1].GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_phone_a_row_unfolds_in_place_and_has_a_link_into_its_trace()
    {
        await using var bench = await ThreeAsync();
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tr.trace-row").Count));
        var row = page.FindAll("tr.trace-row")[1].QuerySelector("th details.narrow-only")!;
        // A summary is reached and opened by keys without any script.
        Assert.StartsWith("chat", row.QuerySelector("summary")!.TextContent, StringComparison.Ordinal);
        Assert.Null(row.QuerySelector("summary a"));
        Assert.Equal(["Models: Claude Sonnet 4.6", "Calls: 2", "Tokens: 2,100"],
            row.QuerySelectorAll("dl > div").Select(d => $"{d.QuerySelector("dt")!.TextContent}: {d.QuerySelector("dd")!.TextContent}").Where(d => !d.StartsWith("Release", StringComparison.Ordinal)));
        var link = row.QuerySelector("a")!;
        Assert.EndsWith("/traces/" + Id(2), link.GetAttribute("href"), StringComparison.Ordinal);
        Assert.StartsWith("Open the trace of chat", link.TextContent, StringComparison.Ordinal);
        Assert.Contains("wide-only", page.FindAll("a.row-link")[1].ClassList);
    }

    [Fact]
    public async Task The_address_holds_order_and_filters_and_a_change_of_it_reads_again()
    {
        await using var bench = await ThreeAsync();
        var page = bench.Render<TracesPage>("/traces?sort=-costUsd");
        page.WaitForAssertion(() => Assert.Equal("summarise-contract", page.Find("a.row-link").TextContent));
        var head = page.Find("th[aria-sort]");
        Assert.Equal("descending", head.GetAttribute("aria-sort"));
        Assert.Equal("/traces?sort=costUsd", head.QuerySelector("a")!.GetAttribute("href"));
        bench.Get<NavigationManager>().NavigateTo("/traces?hasRetries=true");
        page.WaitForAssertion(() => Assert.Equal(["chat"], page.FindAll("a.row-link").Select(a => a.TextContent)));
        Assert.Equal("true", page.Find(".segment [aria-pressed=true]").GetAttribute("aria-pressed"));
        bench.Get<NavigationManager>().NavigateTo("/traces?text=support");
        page.WaitForAssertion(() => Assert.Equal(["chat"], page.FindAll("a.row-link").Select(a => a.TextContent)));
    }

    [Fact]
    public async Task A_floor_typed_into_the_form_becomes_the_address()
    {
        await using var bench = await ThreeAsync();
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForState(() => page.FindAll("tr.trace-row").Count == 3);
        await page.InvokeAsync(() => page.Find(".trace-tools .floor input").ChangeAsync(new ChangeEventArgs { Value = "1" }));
        await page.InvokeAsync(() => page.Find(".trace-tools").SubmitAsync());
        Assert.EndsWith("/traces?minCostUsd=1", bench.Get<NavigationManager>().Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal(["summarise-contract"], page.FindAll("a.row-link").Select(a => a.TextContent)));
    }

    [Fact]
    public async Task Nothing_received_says_what_to_do_and_nothing_found_offers_all()
    {
        await using var bench = await PageBench.OpenAsync();
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForAssertion(() => Assert.Equal("No trace arrived in this period", page.Find(".state h2").TextContent));
        await using var three = await ThreeAsync();
        page = three.Render<TracesPage>("/traces?text=nothing-like-this");
        page.WaitForAssertion(() => Assert.Equal("No trace fits these filters", page.Find(".state h2").TextContent));
        Assert.Equal("/traces", page.Find(".state a").GetAttribute("href"));
    }

    [Fact]
    public async Task While_the_store_is_slow_a_skeleton_stands_in_and_then_the_rows()
    {
        await using var bench = await ThreeAsync();
        bench.Stores.Shut();
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForElement("[aria-busy=true] .skeleton");
        bench.Stores.Open();
        page.WaitForState(() => page.FindAll("tr.trace-row").Count == 3);
    }

    [Fact]
    public async Task A_failing_store_gives_a_reason_without_its_inner_words_and_Retry_works()
    {
        await using var bench = await ThreeAsync();
        bench.Stores.IsBroken = true;
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForElement("[role=alert]");
        Assert.DoesNotContain("secret", page.Markup, StringComparison.Ordinal);
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find("[role=alert] button").ClickAsync(new()));
        page.WaitForState(() => page.FindAll("tr.trace-row").Count == 3);
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task New_spans_appear_without_a_reload()
    {
        await using var bench = await ThreeAsync();
        var page = bench.Render<TracesPage>("/traces");
        page.WaitForState(() => page.FindAll("tr.trace-row").Count == 3);
        await bench.WriteAsync(MadeSpans.Root(Id(4), "late", 5_000), MadeSpans.Call(Id(4), 2, 1, 5_010, 10, 1));
        page.WaitForState(() => page.FindAll("tr.trace-row").Count == 4);
    }
}
