using System.Globalization;
using Bunit;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.Traces;

public sealed class TracePageTests
{
    private static readonly TraceId Id = new(0x7f3e, 0x9b21);

    private static IRenderedComponent<TracePage> Render(PageBench bench, string query = "") =>
        bench.Render<TracePage>($"/traces/{Id}{query}", p => p.Add(x => x.TraceHex, Id.ToString()));

    private static decimal Usd(string text) => decimal.Parse(text.TrimStart('$'), CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_costs_of_the_rows_add_up_to_the_total_below_them()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync([.. MadeSpans.Agent(Id, 7)]);
        var page = Render(bench);
        page.WaitForElement(".wtotal");
        var rows = page.FindAll(".wbody .wn.cost").Select(c => c.TextContent.Trim()).Where(t => t.Length > 0).Select(Usd).ToList();
        Assert.Equal(7, rows.Count);
        // Seven runs of 100,000 × $3 + 1,000 × $15 per million tokens.
        Assert.Equal(7 * 0.315m, rows.Sum());
        Assert.Equal(rows.Sum(), Usd(page.Find(".wtotal .wn.cost").TextContent));
        Assert.Equal("Trace of summarise-contract", page.Find("h1").TextContent);
    }

    [Fact]
    public async Task A_loop_is_named_counted_and_priced_in_the_sentence_the_figure_and_the_rows()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync([.. MadeSpans.Agent(Id, 12)]);
        var page = Render(bench);
        page.WaitForElement(".loophead");
        Assert.Contains("ran 12 times", page.Find(".loophead").TextContent, StringComparison.Ordinal);
        Assert.Contains("ran 12 times: the 11 repeats cost $3.47.", page.Find(".lead").TextContent, StringComparison.Ordinal);
        Assert.Equal(11, page.FindAll(".wrow.rep").Count);
        Assert.Contains(page.FindAll(".figure"), f => f.QuerySelector("dt")!.TextContent.StartsWith("Loop", StringComparison.Ordinal) && f.QuerySelector(".value")!.TextContent == "$3.47");
    }

    [Fact]
    public async Task The_selected_span_is_in_the_address_and_its_panel_shows_tokens_price_and_attributes()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync(MadeSpans.Root(Id), MadeSpans.Call(Id, 2, 1, 10, 1_000_000, 100_000), MadeSpans.Call(Id, 3, 1, 2_000, 100, 10));
        var page = Render(bench, "?span=" + new SpanId(3));
        page.WaitForElement(".panel .tok");
        Assert.Equal("110", page.Find(".panel .tok tr.total td.r").TextContent);
        bench.Get<NavigationManager>().NavigateTo(page.FindAll(".wname a.nm")[1].GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal("1,100,000", page.Find(".panel .tok tr.total td.r").TextContent));
        Assert.Equal(["$3.0000", "$1.5000"], page.FindAll(".panel .tok tbody tr:not(.total)").Select(r => r.LastElementChild!.TextContent));
        Assert.Contains("$3.00 in · $15.00 out per 1 M tokens", page.Find(".panel").TextContent, StringComparison.Ordinal);
        Assert.Contains("gen_ai.request.model", page.Find(".panel .code-attrs").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", page.Find($"[data-span='{new SpanId(2)}']").GetAttribute("aria-selected"));
    }

    [Fact]
    public async Task A_throttled_attempt_and_its_retry_are_marked_in_words()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync(MadeSpans.Root(Id), MadeSpans.Call(Id, 2, 1, 10, 0, 0, error: "ThrottlingException"), MadeSpans.Call(Id, 3, 1, 2_000, 35_112, 429));
        var page = Render(bench);
        page.WaitForElement(".wbody .chip");
        Assert.Equal(["throttled", "retry"], page.FindAll(".wbody .chip").Select(c => c.TextContent));
        Assert.Contains("1 retry: nothing wasted, the failed attempts were not billed.", page.Find(".lead").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 failed attempt, never billed", page.Find(".wtotal").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_span_that_repeats_its_children_says_it_is_not_counted()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync(
            MadeSpans.Span(Id, 1, 0, "invoke_agent summariser", 0, 9_000, ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.usage.input_tokens", 3_000L), ("gen_ai.usage.output_tokens", 30L)),
            MadeSpans.Call(Id, 2, 1, 100, 1_000, 10), MadeSpans.Call(Id, 3, 1, 2_000, 2_000, 20));
        var page = Render(bench, "?span=" + new SpanId(1));
        page.WaitForElement(".panel");
        Assert.Contains("not counted, repeats its children", page.Find(".panel .phead").TextContent, StringComparison.Ordinal);
        Assert.Equal("3,000", page.FindAll(".wtotal .wn")[0].TextContent);
    }

    [Fact]
    public async Task The_table_view_holds_the_same_spans()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync([.. MadeSpans.Agent(Id, 3)]);
        var page = Render(bench, "?view=table");
        page.WaitForElement(".span-table");
        Assert.Equal(8, page.FindAll(".span-table tbody tr:not(.total)").Count);
        Assert.Equal("$0.9450", page.FindAll(".span-table tr.total td").Single(c => c.TextContent.StartsWith('$')).TextContent);
    }

    [Fact]
    public async Task A_trace_of_ten_thousand_spans_goes_to_the_browser_in_one_piece()
    {
        await using var bench = await PageBench.OpenAsync();
        var module = bench.Context.JSInterop.SetupModule(_ => true);
        module.Mode = JSRuntimeMode.Loose;
        var spans = Enumerable.Range(2, 9_999).Select(i => MadeSpans.Span(Id, (ulong)i, 1, $"step {i}", i, 1)).Prepend(MadeSpans.Root(Id)).ToArray();
        foreach (var part in spans.Chunk(2_000)) await bench.WriteAsync(part);
        var page = Render(bench);
        page.WaitForElement(".wbody.long");
        Assert.Empty(page.FindAll(".wbody .wrow"));
        page.WaitForAssertion(() => Assert.Equal(10_000, ((object[][])Assert.Single(module.Invocations["start"]).Arguments[2]!).Length));
    }

    [Fact]
    public async Task An_unknown_id_and_a_malformed_one_say_that_there_is_no_trace()
    {
        await using var bench = await PageBench.OpenAsync();
        var page = Render(bench);
        page.WaitForAssertion(() => Assert.Equal("There is no trace with this id", page.Find(".state h2").TextContent));
        page = bench.Render<TracePage>("/traces/nonsense", p => p.Add(x => x.TraceHex, "nonsense"));
        page.WaitForAssertion(() => Assert.Equal("There is no trace with this id", page.Find(".state h2").TextContent));
    }

    [Fact]
    public async Task Names_from_outside_are_text_never_markup()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync(MadeSpans.Root(Id, "<img src=x onerror=alert(1)>"), MadeSpans.Call(Id, 2, 1, 10, 10, 1));
        var page = Render(bench);
        page.WaitForElement(".panel");
        Assert.Empty(page.FindAll("img"));
    }

    [Fact]
    public async Task A_failing_store_gives_Retry()
    {
        await using var bench = await PageBench.OpenAsync();
        await bench.WriteAsync(MadeSpans.Root(Id), MadeSpans.Call(Id, 2, 1, 10, 10, 1));
        bench.Stores.IsBroken = true;
        var page = Render(bench);
        page.WaitForElement("[role=alert]");
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find("[role=alert] button").ClickAsync(new()));
        page.WaitForElement(".wtotal");
    }
}
