using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>The Overview as a person uses it.</summary>
internal sealed class OverviewScreen(PortalTab tab)
{
    public ILocator Lead => tab.Page.Locator("p.lead");

    public async Task GoAsync(string query = "")
    {
        await tab.GoAsync("/" + query);
        await tab.Page.Locator("[data-figure=total]").First.WaitForAsync();
    }

    public Task<decimal> TotalUsdAsync() => tab.UsdAsync(".ladder [data-figure=total]");
    public Task<decimal> BilledUsdAsync() => tab.UsdAsync(".ladder [data-figure=billed]");
    public Task<decimal> NotBilledUsdAsync() => tab.UsdAsync(".ladder [data-figure=estimated]");

    /// <summary>Billed USD of each row of the ladder, by name.</summary>
    public async Task<Dictionary<string, decimal>> FeaturesAsync() => await Rows.ReadAsync(tab.Page.Locator(".chart-and-ladder table.ladder tbody tr:not(.sub):not(.total)"), "th", "td.r >> nth=0", "Not yet billed");

    /// <summary>How many times a usual day the sentence at the top says.</summary>
    public async Task<decimal> TimesUsualAsync() =>
        decimal.Parse(Regex.Match(await Lead.InnerTextAsync(), @"([0-9.]+)\stimes").Groups[1].Value, CultureInfo.InvariantCulture);

    public Task<decimal> HeadlineUsdAsync() => tab.UsdAsync("dl.figures .figure:first-child dd.value");

    /// <summary>A click on the column of a day in the chart, above its parts, which lead to their features.</summary>
    public async Task OpenDayAsync(DateOnly day)
    {
        var name = day.ToString("d MMM", CultureInfo.InvariantCulture);
        await tab.Page.Locator($"svg.wide [data-point][aria-label*='{name}:'] rect.ring-focus").ClickAsync(new() { Position = new() { X = 2, Y = 2 } });
    }
}

/// <summary>Spend as a person uses it.</summary>
internal sealed class SpendScreen(PortalTab tab)
{
    public async Task GoAsync(string query = "")
    {
        await tab.GoAsync("/spend" + query);
        await WaitAsync();
    }

    /// <summary>Waits for figures that answer an address with these words: the old ones stay until the new ones are there.</summary>
    public async Task WaitAsync(params string[] words)
    {
        await tab.WaitForPageAsync("Spend");
        await tab.Page.Locator("a[download][href^='/api/v1/export/spend.csv']" + string.Concat(words.Select(w => $"[href*='{w}']"))).WaitForAsync();
        await tab.Page.Locator("[data-figure=table-total]").WaitForAsync();
    }

    public Task<decimal> TotalUsdAsync() => tab.UsdAsync(".equation [data-figure=total]");
    public Task<decimal> BilledUsdAsync() => tab.UsdAsync(".equation [data-figure=billed]");
    public Task<decimal> NotBilledUsdAsync() => tab.UsdAsync(".equation [data-figure=estimated]");
    public Task<decimal> TableTotalUsdAsync() => tab.UsdAsync("[data-figure=table-total]");

    /// <summary>Billed USD of each row of the first grouping, by name.</summary>
    public Task<Dictionary<string, decimal>> BilledAsync() => Rows.ReadAsync(tab.Page.Locator("table.spend-table tbody tr:not(.part):not(.sub):not(.total)"), "th .name", "td.r >> nth=0", "Not yet billed");

    public ILocator Row(string name) => tab.Page.Locator("table.spend-table tbody tr", new() { Has = tab.Page.Locator($"th a.key:text-is('{name}')") }).First;

    public Task<string> CsvAsync() => tab.DownloadAsync(tab.Page.GetByRole(AriaRole.Link, new() { Name = "CSV" }));

    public async Task GroupByAsync(string name)
    {
        await tab.Page.Locator("summary[aria-label^='Group by']").ClickAsync();
        await tab.Page.Locator("details.menu[open] .menu-list a", new() { HasTextString = name }).First.ClickAsync();
    }
}

/// <summary>Usage as a person uses it.</summary>
internal sealed class UsageScreen(PortalTab tab)
{
    public async Task GoAsync(string query = "")
    {
        await tab.GoAsync("/usage" + query);
        await tab.WaitForPageAsync("Usage");
        await tab.Page.Locator("table.usage-table tr.total").WaitForAsync();
    }

    /// <summary>The point of the prompt chart that begins at a moment.</summary>
    public ILocator Point(string from) => tab.Page.Locator($"svg.wide[aria-label^='Prompt'] [data-from='{from}']");

    public async Task<long> PromptTokensAsync() =>
        long.Parse((await tab.Page.Locator("table.usage-table tr.total td >> nth=0").InnerTextAsync()).Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    /// <summary>Drags over the prompt chart from one step to another, both inside.</summary>
    public async Task DragAsync(string from, string to)
    {
        var (first, last) = ((await Point(from).Locator("rect.ring-focus").BoundingBoxAsync())!, (await Point(to).Locator("rect.ring-focus").BoundingBoxAsync())!);
        await tab.Page.Mouse.MoveAsync(first.X + first.Width / 2, first.Y + 10);
        await tab.Page.Mouse.DownAsync();
        await tab.Page.Mouse.MoveAsync(last.X + last.Width / 2, first.Y + 12, new() { Steps = 6 });
        await tab.Page.Mouse.UpAsync();
    }

    /// <summary>Lines of the CSV of the table, by head.</summary>
    public async Task<List<Dictionary<string, string>>> CsvAsync()
    {
        var csv = await tab.DownloadAsync(tab.Page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).Last);
        var lines = csv.TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var head = lines[0].Split(',');
        return [.. lines.Skip(1).Select(l => l.Split(',').Select((v, i) => (head[i], v)).ToDictionary(p => p.Item1, p => p.v))];
    }
}

/// <summary>The list of traces as a person uses it.</summary>
internal sealed class TracesScreen(PortalTab tab)
{
    public ILocator List => tab.Page.Locator("table.trace-list tbody tr.trace-row");

    public async Task GoAsync(string query = "")
    {
        await tab.GoAsync("/traces" + query);
        await WaitAsync();
    }

    public async Task WaitAsync()
    {
        await tab.WaitForPageAsync("Traces");
        await tab.Page.Locator(".trace-sum, .state").First.WaitForAsync();
    }

    public async Task SortByAsync(string head)
    {
        await tab.Page.Locator("table.trace-list th a.sort", new() { HasText = head }).ClickAsync();
        await tab.Page.Locator("table.trace-list th[aria-sort=descending]", new() { HasText = head }).WaitForAsync();
    }

    /// <summary>Costs of the first rows, as shown.</summary>
    public async Task<IReadOnlyList<decimal>> CostsAsync(int rows) =>
        [.. (await List.Locator("td.r:nth-child(8)").AllInnerTextsAsync()).Take(rows).Select(PortalTab.Usd)];

    public async Task OpenAsync(ILocator row)
    {
        await row.Locator("a.row-link").ClickAsync();
        await tab.Page.Locator("#waterfall").WaitForAsync();
    }
}

/// <summary>One trace as a person uses it.</summary>
internal sealed class TraceScreen(PortalTab tab)
{
    public ILocator Lead => tab.Page.Locator("p.lead");
    public ILocator LoopHead => tab.Page.Locator("#waterfall .wrow.loophead");
    public ILocator Repeats => tab.Page.Locator("#waterfall .wrow.call.rep");
    public ILocator Retries => tab.Page.Locator("#waterfall .wrow .chip.warn", new() { HasText = "retry" });
    public ILocator Failed => tab.Page.Locator("#waterfall .wrow .chip.bad");
    public ILocator Selected => tab.Page.Locator("#waterfall .wrow.sel");
    public ILocator Panel => tab.Page.Locator("#selected-span");
    public ILocator Spans => tab.Page.Locator("#waterfall .wrow[data-span]:not(.loophead)");

    public async Task GoAsync(string traceId, string query = "")
    {
        await tab.GoAsync($"/traces/{traceId}{query}");
        await tab.Page.Locator("#waterfall, .state").First.WaitForAsync();
    }

    public Task<decimal> TotalUsdAsync() => tab.UsdAsync("#waterfall .wtotal .cost");
}

/// <summary>The assessment as a person uses it.</summary>
internal sealed class AssessmentScreen(PortalTab tab)
{
    public ILocator Submit => tab.Page.GetByRole(AriaRole.Button, new() { Name = "Submit", Exact = true });
    public ILocator History => tab.Page.Locator("section", new() { HasText = "Submitted before" }).Locator("tbody tr");

    public async Task GoAsync()
    {
        await tab.GoAsync("/assessment");
        await tab.Page.Locator(".score").WaitForAsync();
    }

    public async Task AnswerAsync(string question, string answer)
    {
        var label = tab.Page.Locator($"#q-{question} fieldset label", new() { Has = tab.Page.Locator($"input[value={answer}]") });
        await label.TapAsync();
        await Expect(label.Locator("input")).ToBeCheckedAsync();
        // "on" comes back from the portal, so the answer has been taken.
        await Expect(label).ToHaveClassAsync("on");
    }

    public async Task<bool> IsAnsweredAsync(string question, string answer) => await tab.Page.Locator($"#q-{question} input[value={answer}]").IsCheckedAsync();

    public async Task NoteAsync(string question, string note)
    {
        await tab.Page.Locator($"#q-{question} .qmore > summary").TapAsync();
        var box = tab.Page.Locator($"#q-{question} textarea");
        await box.FillAsync(note);
        await box.BlurAsync();
    }

    /// <summary>Score shown per area and overall.</summary>
    public async Task<Dictionary<string, string>> ScoresAsync()
    {
        var scores = new Dictionary<string, string>();
        foreach (var row in await tab.Page.Locator(".score table.dumb tbody tr").AllAsync())
            scores[await row.Locator("th").InnerTextAsync()] = (await row.Locator("td.r").First.InnerTextAsync()).Split('%')[0].Trim('\u00a0', ' ', '\n') + " %";
        return scores;
    }
}

/// <summary>Sources as a person uses it.</summary>
internal sealed class SourcesScreen(PortalTab tab)
{
    public async Task GoAsync(string query = "")
    {
        await tab.GoAsync("/sources" + query);
        await tab.Page.Locator(".feeds .feed").First.WaitForAsync();
    }

    public ILocator Feed(string id) => tab.Page.Locator($".feed[id^='feed-{id}']").First;

    public Task RunNowAsync(string id) => Feed(id).GetByRole(AriaRole.Button).ClickAsync();

    public ILocator Runs => tab.Page.Locator("#runs tbody tr");
}

/// <summary>Rows of a table as names and dollars.</summary>
internal static class Rows
{
    public static async Task<Dictionary<string, decimal>> ReadAsync(ILocator rows, string name, string usd, params string[] without)
    {
        var found = new Dictionary<string, decimal>();
        foreach (var row in await rows.AllAsync())
        {
            var text = (await row.Locator(name).First.InnerTextAsync()).Trim();
            if (!without.Contains(text)) found[text] = PortalTab.Usd(await row.Locator(usd).InnerTextAsync());
        }
        return found;
    }
}
