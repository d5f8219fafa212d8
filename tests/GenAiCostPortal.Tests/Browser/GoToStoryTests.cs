using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>From anywhere to a name with the keyboard alone, and by hand on a phone.</summary>
[Collection(SamplePortal.Name)]
public sealed class GoToStoryTests(SamplePortal portal)
{
    [Fact]
    public async Task A_slash_opens_the_box_and_enter_goes_to_the_feature_and_a_phone_has_a_button()
    {
        await using (var tab = await portal.OpenAsync())
        {
            await tab.GoAsync("/?period=7d");
            await tab.Page.Keyboard.PressAsync("/");
            var box = tab.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search or go to" });
            await Expect(box).ToBeFocusedAsync();
            await box.PressSequentiallyAsync("contract-summ");
            await Expect(tab.Page.Locator(".goto [aria-selected=true]")).ToContainTextAsync("contract-summary");
            await tab.AssertAccessibleAsync(within: tab.Page.Locator("dialog.goto"));
            await box.PressAsync("Enter");
            await tab.WaitForAddressAsync("/spend?", "period=7d", "feature=contract-summary");
            await Expect(tab.Page.Locator("dialog.goto")).ToBeHiddenAsync();
            tab.AssertQuiet();
        }

        await using var phone = await portal.OpenAsync(isPhone: true, theme: Theme.Dark);
        await phone.GoAsync("/spend?groupBy=feature,model&chart=pivot");
        await phone.AssertNoSidewaysScrollAsync();
        await phone.AssertAccessibleAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Search or go to" }).TapAsync();
        await phone.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search or go to" }).FillAsync("nobody-at-all");
        await Expect(phone.Page.Locator(".goto [role=status]")).ToContainTextAsync("Nothing found");
        await phone.AssertNoSidewaysScrollAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).TapAsync();
        await phone.GoAsync("/spend?groupBy=team,feature&chart=treemap");
        await phone.AssertNoSidewaysScrollAsync();
        await phone.AssertAccessibleAsync();
        phone.AssertQuiet();
    }
}
