using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>How a tab looks at the portal.</summary>
public enum Theme { Light, Dark }

/// <summary>One browser tab on the portal. Collects what the console complains of; a test ends with <see cref="AssertQuiet"/>.</summary>
public sealed class PortalTab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private PortalTab(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    public static async Task<PortalTab> OpenAsync(IBrowser browser, string address, bool isPhone = false, Theme theme = Theme.Light)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address,
            ViewportSize = isPhone ? new() { Width = 390, Height = 844 } : new() { Width = 1440, Height = 900 },
            ColorScheme = theme == Theme.Dark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = isPhone,
            Locale = "en-GB",
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(30_000);
        return new PortalTab(context, await context.NewPageAsync());
    }

    /// <summary>Goes to an address and waits until the circuit is there, so that clicks work.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await WaitForCircuitAsync();
    }

    /// <summary>The circuit is up once Blazor has taken over from the prerendered page; the layout marks that.</summary>
    public Task WaitForCircuitAsync() => Page.Locator(".frame[data-live=true]").WaitForAsync();

    /// <summary>Dollars in the first element that matches, from its text.</summary>
    public async Task<decimal> UsdAsync(string selector) => Usd(await Page.Locator(selector).First.InnerTextAsync());

    public static decimal Usd(string text)
    {
        var digits = new string([.. text.Replace('\u2212', '-').Where(c => char.IsAsciiDigit(c) || c is '.' or '-')]);
        return decimal.Parse(digits, NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    /// <summary>axe finds nothing to complain of.</summary>
    public async Task AssertAccessibleAsync()
    {
        var found = await Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        Assert.True(found.Violations.Length == 0, string.Join(Environment.NewLine, found.Violations.Select(v =>
            $"{v.Id}: {v.Help} — {string.Join(" | ", v.Nodes.Take(4).Select(n => n.Html))}")));
    }

    public void AssertQuiet() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
