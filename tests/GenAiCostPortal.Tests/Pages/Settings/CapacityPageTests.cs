using Bunit;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Inventory;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.Settings;

public sealed class CapacityPageTests
{
    private const string Arn = "arn:aws:bedrock:us-east-1:518846220934:provisioned-model/abcdef123456";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static async Task<PageBench> BenchAsync(bool isAdministrator = true)
    {
        var bench = await PageBench.OpenAsync();
        if (isAdministrator) bench.SignIn.SetPolicies([.. Enum.GetNames<PortalRole>()]);
        await bench.Get<InventoryWriter>().WriteAsync("518846220934", "us-east-1",
            [new ResourceRead(Arn, ResourceKinds.ProvisionedThroughput, "nova-pt", "518846220934", "us-east-1", "InService", new Dictionary<string, string>()) { ModelUnits = 2, ModelArn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0" }], []);
        return bench;
    }

    private static async Task<IRenderedComponent<CapacityPage>> OpenAsync(PageBench bench)
    {
        var page = bench.Render<CapacityPage>("/settings/capacity");
        await page.WaitForElementAsync("table", Limit);
        return page;
    }

    private static Task FillAsync(IRenderedComponent<CapacityPage> page, string label, string text) =>
        page.InvokeAsync(() => page.FindAll("label").Single(l => l.TextContent.Trim() == label).QuerySelector("input")!.ChangeAsync(new ChangeEventArgs { Value = text }));

    private static string Row(IRenderedComponent<CapacityPage> page, int table) => string.Join('|', page.FindAll("table")[table].QuerySelectorAll("tbody tr td").Select(c => c.FirstChild?.TextContent.Trim() ?? ""));

    [Fact]
    public async Task A_capacity_is_entered_for_what_is_listed_and_removed_again()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync(bench);
        Assert.StartsWith("2|not entered|not entered|unknown|Enter", Row(page, 0), StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent.Contains("the capacity of nova-pt", StringComparison.Ordinal)).ClickAsync(new()));
        Assert.Equal(Arn, page.Find("input[list]").GetAttribute("value"));
        Assert.Equal([Arn, "amazon.nova-pro"], page.FindAll("datalist option").Select(o => o.GetAttribute("value")));
        Assert.Contains("Enter the tokens per minute", page.Find(".callout").TextContent, StringComparison.Ordinal);
        await FillAsync(page, "Input tokens per minute", "1000");
        await FillAsync(page, "Output tokens per minute", "500");
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        await page.WaitForStateAsync(() => page.FindAll("table").Count == 2, Limit);
        Assert.StartsWith("2|1,000|500|no whole hour yet", Row(page, 0), StringComparison.Ordinal);
        Assert.Equal(Arn + "1,000 in, 500 out per minute and unit", page.FindAll("table")[1].QuerySelector("tbody th")!.TextContent);
        Assert.Equal(new ThroughputCapacity(Arn, 1_000, 500), Assert.Single((await bench.Get<CapacityDesk>().ReadAsync()).All));

        await page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent.StartsWith("Remove", StringComparison.Ordinal)).ClickAsync(new()));
        await page.WaitForStateAsync(() => page.FindAll("table").Count == 1, Limit);
        Assert.Empty((await bench.Get<CapacityDesk>().ReadAsync()).All);
        Assert.Equal(["Remove a throughput capacity", "Change a throughput capacity"], (await bench.Get<ActionLog>().RecentAsync(5)).Select(a => a.Action));
    }

    [Fact]
    public async Task Who_may_not_change_it_sees_it_and_what_is_wrong_is_said()
    {
        await using var bench = await BenchAsync(isAdministrator: false);
        var page = await OpenAsync(bench);
        Assert.Empty(page.FindAll("form"));
        Assert.Contains("An administrator can change these.", page.Markup, StringComparison.Ordinal);
        await using var other = await BenchAsync();
        page = await OpenAsync(other);
        await FillAsync(page, "ARN or model", "arn:aws:sagemaker:us-east-1:518846220934:endpoint/x");
        await FillAsync(page, "Input tokens per minute", "1");
        Assert.Contains("This ARN is not of provisioned throughput", page.Find(".callout").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }
}
