using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>How a tab looks at the portal.</summary>
public enum Theme { Light, Dark }

/// <summary>One browser tab on the portal. Collects what the console complains of; a test ends with <see cref="AssertQuiet"/>.</summary>
public sealed class PortalTab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private PortalTab(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Enqueue($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    public static async Task<PortalTab> OpenAsync(IBrowser browser, string address, bool isPhone = false, Theme theme = Theme.Light)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address,
            ViewportSize = isPhone ? new() { Width = 390, Height = 844 } : new() { Width = 1440, Height = 900 },
            ColorScheme = theme == Theme.Dark ? ColorScheme.Dark : ColorScheme.Light,
            // Colours are looked at as they come to rest.
            ReducedMotion = ReducedMotion.Reduce,
            HasTouch = isPhone,
            IsMobile = isPhone,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(60_000);
        return new PortalTab(context, await context.NewPageAsync());
    }

    /// <summary>Goes to an address and waits until the circuit is there, so that clicks work.</summary>
    public async Task<IResponse> GoAsync(string path)
    {
        var response = await Page.GotoAsync(path);
        await WaitForCircuitAsync();
        return response!;
    }

    public async Task ReloadAsync()
    {
        await Page.ReloadAsync();
        await WaitForCircuitAsync();
    }

    /// <summary>The circuit is up once Blazor has taken over from the prerendered page; the layout marks that.</summary>
    public Task WaitForCircuitAsync() => Page.Locator(".frame[data-live=true]").WaitForAsync();

    /// <summary>Waits until the page has this heading, as after a click on a link.</summary>
    public Task WaitForPageAsync(string heading) => Page.Locator("h1", new() { HasText = heading }).First.WaitForAsync();

    /// <summary>Waits until the address holds all of these words of a query, or none of those that begin with an exclamation mark.</summary>
    public async Task WaitForAddressAsync(params string[] words)
    {
        // The address itself is asked: an event of navigation can pass between the look and the wait for it.
        for (var waited = 0; !IsThere(); waited += 50)
        {
            if (waited > ChromiumHost.LongestWaitMs) throw new TimeoutException($"The address stayed {Page.Url}, not {string.Join(' ', words)}");
            await Task.Delay(50);
        }

        bool IsThere()
        {
            var url = Uri.UnescapeDataString(Page.Url);
            return words.All(w => w[0] == '!' ? !url.Contains(w[1..], StringComparison.Ordinal) : url.Contains(w, StringComparison.Ordinal));
        }
    }

    /// <summary>Path and query of the tab.</summary>
    public string PathAndQuery => new Uri(Page.Url).PathAndQuery;

    /// <summary>Dollars in the first element that matches, from its text.</summary>
    public async Task<decimal> UsdAsync(string selector) => Usd(await Page.Locator(selector).First.InnerTextAsync());

    public static decimal Usd(string text)
    {
        var digits = new string([.. text.Replace('\u2212', '-').Where(c => char.IsAsciiDigit(c) || c is '.' or '-')]);
        return decimal.Parse(digits, NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    /// <summary>Follows a download link and returns the text of the file.</summary>
    public async Task<string> DownloadAsync(ILocator link)
    {
        var download = await Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync());
    }

    /// <summary>axe finds nothing to complain of.</summary>
    /// <param name="onlyColours">Only what another theme can change.</param>
    /// <param name="within">Only this part, where it lies over others.</param>
    public async Task AssertAccessibleAsync(bool onlyColours = false, ILocator? within = null)
    {
        var found = await Axe.RunAsync(Page, onlyColours, within is null ? null : await within.ElementHandleAsync());
        Assert.True(found.Count == 0, $"{Page.Url} at {Page.ViewportSize!.Width} px:\n" + string.Join('\n', found));
    }

    /// <summary>The page is as wide as the screen: nothing makes it scroll sideways.</summary>
    public async Task AssertNoSidewaysScrollAsync()
    {
        var width = await Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth");
        Assert.True(width <= Page.ViewportSize!.Width, $"{Page.Url} is {width} px wide on a screen of {Page.ViewportSize.Width} px: " + await Page.EvaluateAsync<string>("""
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll')).slice(0, 5).map(e => e.tagName + '.' + e.className).join(', ')
            """));
    }

    /// <param name="expected">A part of every complaint that the test provokes itself.</param>
    public void AssertQuiet(string? expected = null) => Assert.DoesNotContain(_complaints, c => expected is null || !c.Contains(expected, StringComparison.Ordinal));

    /// <summary>Another test begins: what was complained of before is its own.</summary>
    public void Forget() => _complaints.Clear();

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
