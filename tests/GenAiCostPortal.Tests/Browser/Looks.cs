using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>What must hold of every page in every state: WCAG 2 A and AA in both themes, no sideways scroll on a phone, a policy that no script breaks.</summary>
internal static class Looks
{
    /// <summary>The page as it is now, in the theme it has and then in the other.</summary>
    public static async Task AssertAsync(PortalTab tab)
    {
        await tab.AssertAccessibleAsync();
        var before = await tab.Page.Locator("html").GetAttributeAsync("data-theme");
        await tab.Page.Locator("[data-theme-toggle]").ClickAsync();
        Assert.NotEqual(before, await tab.Page.Locator("html").GetAttributeAsync("data-theme"));
        await tab.AssertAccessibleAsync(onlyColours: true);
        await tab.Page.Locator("[data-theme-toggle]").ClickAsync();
    }
}

/// <summary>
/// A wide tab in the light and a phone in the dark, kept for all the pages that are looked at: a fresh one loads every script anew.
/// Both widths have all the colours.
/// </summary>
public sealed class LookTabs : IAsyncDisposable, IAsyncLifetime
{
    private readonly Dictionary<bool, PortalTab> _tabs = [];

    internal Task AssertFineAsync(SamplePortal portal, string path, string? expected = null) => AssertFineAsync(p => portal.OpenAsync(p), path, expected);

    /// <param name="expected">A part of the complaints that the address itself provokes.</param>
    internal async Task AssertFineAsync(Func<bool, Task<PortalTab>> open, string path, string? expected = null)
    {
        foreach (var isPhone in new[] { false, true })
        {
            if (!_tabs.TryGetValue(isPhone, out var tab)) _tabs[isPhone] = tab = await open(isPhone);
            tab.Forget();
            var response = await tab.GoAsync(path);
            var policy = response.Headers["content-security-policy"];
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            var theme = tab.Page.Locator("[data-theme-toggle]");
            if (isPhone && await tab.Page.Locator("html").GetAttributeAsync("data-theme") != "dark") await theme.ClickAsync();
            await tab.AssertAccessibleAsync();
            if (isPhone) await tab.AssertNoSidewaysScrollAsync();
            tab.AssertQuiet(expected);
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var tab in _tabs.Values) await tab.DisposeAsync();
        _tabs.Clear();
    }
}
