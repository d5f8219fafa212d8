using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>What must hold of every page in every state: WCAG 2 A and AA in both themes, no sideways scroll on a phone, a policy that no script breaks.</summary>
internal static class Looks
{
    /// <param name="expected">A part of the complaints that the address itself provokes.</param>
    public static async Task AssertFineAsync(Func<bool, Task<PortalTab>> open, string path, string? expected = null)
    {
        foreach (var isPhone in new[] { false, true })
        {
            await using var tab = await open(isPhone);
            var response = await tab.GoAsync(path);
            var policy = response.Headers["content-security-policy"];
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            // Light on the wide page, dark on the phone: each look at a page costs seconds, and both widths have all the colours.
            if (isPhone) await tab.Page.Locator("[data-theme-toggle]").ClickAsync();
            await tab.AssertAccessibleAsync();
            if (isPhone) await tab.AssertNoSidewaysScrollAsync();
            tab.AssertQuiet(expected);
        }
    }

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
