using System.Net;
using GenAiCostPortal.Access;
using GenAiCostPortal.App;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>The first hour of a new portal.</summary>
[Collection(OwnPortalStories.Name)]
public sealed class FirstRunTests(ChromiumHost chromium)
{
    [Fact]
    public async Task From_the_set_up_token_over_an_ingest_key_to_the_first_trace_and_out_again()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: false);
        var token = await portal.Services.GetRequiredService<LocalAccounts>().IssueSetUpTokenAsync();
        await using var tab = await portal.OpenAsync();

        await tab.Page.GotoAsync("/traces");
        await tab.WaitForAddressAsync("/set-up");
        await tab.AssertAccessibleAsync();
        await FillAsync(tab, ("Set-up token", "not the token"), ("Name", "ada"), ("Password", "a long enough password"));
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the one");
        await FillAsync(tab, ("Set-up token", token!), ("Name", "ada"), ("Password", "a long enough password"));
        await tab.WaitForAddressAsync("/sign-in");
        await tab.AssertAccessibleAsync();
        await FillAsync(tab, ("Name", "ada"), ("Password", "a wrong password"));
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong");
        await FillAsync(tab, ("Name", "ada"), ("Password", "a long enough password"));
        await tab.WaitForAddressAsync("/welcome");

        await tab.GoAsync("/access");
        var form = tab.Page.Locator("form.access-form").First;
        await form.GetByLabel("Name").FillAsync("contracts");
        await form.GetByLabel("Team").FillAsync("Billing");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        var key = await tab.Page.Locator(".made-key code").InnerTextAsync();
        await Expect(tab.Page.Locator("tr", new() { HasText = "contracts" }).First).ToContainTextAsync("Billing");

        Assert.Equal(HttpStatusCode.Unauthorized, await portal.SendAsync("POST /summaries", "not-a-key-of-this-portal"));
        var traces = new TracesScreen(tab);
        await traces.GoAsync();
        await Expect(tab.Page.Locator(".state h2")).ToHaveTextAsync("No trace arrived in this period");
        Assert.Equal(HttpStatusCode.OK, await portal.SendAsync("POST /summaries", key));
        await Expect(traces.List).ToHaveCountAsync(1);
        await Expect(traces.List.First).ToContainTextAsync("contract-summary");
        await Expect(traces.List.First).ToContainTextAsync("$3.00");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await tab.WaitForAddressAsync("/sign-in");
        await tab.Page.GotoAsync("/traces");
        await tab.WaitForAddressAsync("/sign-in");
        // The refused forms answer 400 and 401, which the console repeats.
        tab.AssertQuiet("Failed to load resource: the server responded with a status of 40");
    }

    [Fact]
    public async Task A_visitor_of_an_empty_portal_is_welcomed_and_taken_to_the_first_figures()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        await using var tab = await portal.OpenAsync();
        await tab.GoAsync("/");
        await tab.WaitForAddressAsync("/welcome");
        await tab.WaitForPageAsync("Welcome");
        await tab.WaitForCircuitAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = ".NET" }).ClickAsync();
        await Expect(tab.Page.Locator("pre.snippet", new() { HasText = portal.Address + "/v1/traces" })).ToHaveCountAsync(1);

        Assert.Equal(HttpStatusCode.OK, await portal.SendAsync("POST /summaries"));
        await tab.WaitForPageAsync("Overview");
        await Expect(tab.Page.Locator(".ladder [data-figure=total]")).ToHaveTextAsync("$3.00");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_newcomer_connects_a_service_with_the_snippet_of_Sources_and_sees_its_first_span()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        await using var tab = await portal.OpenAsync();
        await new SourcesScreen(tab).GoAsync();
        var snippet = await tab.Page.Locator("pre.snippet").First.InnerTextAsync();
        var endpoint = snippet.Split('\n').Single(l => l.Contains("OTEL_EXPORTER_OTLP_ENDPOINT=", StringComparison.Ordinal)).Split('=', 2)[1].Trim();
        await Expect(tab.Page.Locator(".first-span")).ToHaveCountAsync(0);

        // What the snippet sets, the SDK reads from the environment: the signal's path is added to the endpoint.
        OtlpSdkTests.Send(new Uri(endpoint + "/v1/traces"), "none");

        await Expect(tab.Page.Locator(".first-span")).ToContainTextAsync("First span received");
        await Expect(tab.Page.Locator("tr", new() { HasText = "Spans" }).First).ToContainTextAsync("2");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_span_that_arrives_while_a_page_is_open_is_shown_without_a_reload()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        await portal.SendAsync("POST /first");
        await using var list = await portal.OpenAsync();
        await using var overview = await portal.OpenAsync();
        var traces = new TracesScreen(list);
        await traces.GoAsync();
        await Expect(traces.List).ToHaveCountAsync(1);
        await new OverviewScreen(overview).GoAsync();
        foreach (var tab in new[] { list, overview }) await tab.Page.EvaluateAsync("window.isTheSame = true");

        await portal.SendAsync("POST /second");
        await Expect(traces.List).ToHaveCountAsync(2);
        await Expect(traces.List.First).ToContainTextAsync("POST /second");
        await Expect(overview.Page.Locator(".ladder [data-figure=total]")).ToHaveTextAsync("$6.00");
        foreach (var tab in new[] { list, overview })
        {
            Assert.True(await tab.Page.EvaluateAsync<bool>("window.isTheSame === true"));
            tab.AssertQuiet();
        }
    }

    private static async Task FillAsync(PortalTab tab, params (string Label, string Text)[] fields)
    {
        foreach (var (label, text) in fields) await tab.Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);
        await tab.Page.Locator("button[type=submit]").ClickAsync();
    }
}
