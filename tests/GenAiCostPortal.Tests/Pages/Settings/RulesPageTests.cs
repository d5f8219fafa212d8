using Bunit;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Xunit;

namespace GenAiCostPortal.Pages.Settings;

public sealed class RulesPageTests
{
    private const string Account = "518846220934";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static OwnerRuleDraft Rule(string name) => new() { Name = name, Conditions = [new(RuleSubject.Account, RuleMatch.Is, Account)], Feature = "product-search" };

    /// <summary>Two days with $10 of an account that nothing owns.</summary>
    private static async Task<PageBench> BenchAsync(bool isAdministrator = true)
    {
        var bench = await PageBench.OpenAsync();
        if (isAdministrator) bench.SignIn.SetPolicies([.. Enum.GetNames<PortalRole>()]);
        var from = DateOnly.FromDateTime(PageBench.Now).AddDays(-10);
        var lines = new[] { from, from.AddDays(1) }.Select(day => new BilledLineRead(day, Account, "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 10m, 100m, "1K tokens", false));
        await bench.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", from, from.AddDays(2), PageBench.Now.AddHours(-1), [.. lines], [], new Dictionary<string, string> { [Account] = "Larkfield Search" }));
        await bench.Get<LedgerBuild>().BuildDueAsync();
        return bench;
    }

    private static async Task<IRenderedComponent<TPage>> OpenAsync<TPage>(PageBench bench, string address) where TPage : IComponent
    {
        var page = bench.Render<TPage>(address);
        await page.WaitForElementAsync(".reading, .state", Limit);
        return page;
    }

    private static Task FillAsync<TPage>(IRenderedComponent<TPage> page, string label, string text) where TPage : IComponent =>
        // On the renderer's own turn: what is found is still there when it is typed into.
        page.InvokeAsync(() => page.FindAll("label").Single(l => l.TextContent.Trim() == label).QuerySelector("input")!.InputAsync(new ChangeEventArgs { Value = text }));

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<OwnerRulesPage> page, string name)
    {
        var buttons = page.FindAll(".rules .acts button");
        return buttons.FirstOrDefault(b => string.Join(' ', b.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) == name)
            ?? throw new Xunit.Sdk.XunitException($"{name} is not among: {string.Join(" | ", buttons.Select(b => b.TextContent))}");
    }

    [Fact]
    public async Task A_rule_is_tried_while_it_is_typed_and_kept_when_saved()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules");
        Assert.Contains("No owner rule yet", page.Find(".state").TextContent, StringComparison.Ordinal);
        page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules?rule=new");
        Assert.Contains("Complete the conditions", page.Find(".rule-effect").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("datalist#values-1 option"), o => o.GetAttribute("value") == Account && o.TextContent == "Larkfield Search");
        await FillAsync(page, "Value of condition 1", Account);
        await FillAsync(page, "Feature", "product-search");
        await page.WaitForElementAsync(".rule-effect table.moves", Limit);
        Assert.StartsWith("$20.00 would get another owner on 2 days, 100.0", page.Find(".rule-effect .lead").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Unattributed", "product-search", "$20.00"], page.FindAll(".rule-effect .moves")[0].QuerySelectorAll("tbody td").Select(c => c.TextContent.Trim()));
        Assert.Empty((await bench.Get<RuleDesk>().ReadAsync()).Owners);

        await FillAsync(page, "Name", "Search account");
        await page.InvokeAsync(() => page.Find("form.rule-form").SubmitAsync());
        var kept = Assert.Single((await bench.Get<RuleDesk>().ReadAsync()).Owners);
        Assert.Equal("account is 518846220934 → feature product-search", RuleWords.Whole(kept.Draft));
        Assert.EndsWith("/settings/rules", bench.Get<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Contains(await bench.Get<ActionLog>().RecentAsync(), a => a is { Who: "Ada", Action: "Add the rule", Target: "Search account", Outcome: "done" });
    }

    [Fact]
    public async Task What_is_missing_is_said_and_nothing_is_kept()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync<SplitRulesPage>(bench, "/settings/splits?rule=new");
        await page.InvokeAsync(() => page.Find(".split-basis select").ChangeAsync(new ChangeEventArgs { Value = "Fixed" }));
        await page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent.Contains("Add a feature", StringComparison.Ordinal)).ClickAsync(new()));
        await FillAsync(page, "Feature of share 1", "a");
        await FillAsync(page, "Per cent of share 1", "60");
        Assert.Empty(page.FindAll("[role=alert]"));
        await page.InvokeAsync(() => page.Find("form.rule-form").SubmitAsync());
        var said = page.Find("form [role=alert]").TextContent;
        Assert.All(new[] { "Give the rule a name.", "Give the value that the cost component is compared with.", "The shares come to 60 %, not 100 %." }, words => Assert.Contains(words, said, StringComparison.Ordinal));
        Assert.Empty((await bench.Get<RuleDesk>().ReadAsync()).Splits);
    }

    [Fact]
    public async Task A_rule_that_meets_nothing_says_so()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules?rule=new");
        await FillAsync(page, "Value of condition 1", "999999999999");
        await FillAsync(page, "Team", "Growth");
        await page.WaitForElementAsync(".rule-effect .lead", Limit);
        Assert.StartsWith("Nothing would move: no billed dollar", page.Find(".rule-effect .lead").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_moves_the_border_says_what_may_come_in()
    {
        await using var bench = await BenchAsync();
        var day = DateOnly.FromDateTime(PageBench.Now).AddDays(-10);
        await bench.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), PageBench.Now.AddHours(-1),
            [new BilledLineRead(day, Account, "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 10m, 100m, "1K tokens", false)],
            [new(day, Account, "AWS Lambda", 3.25m)], new Dictionary<string, string>()));
        await bench.Get<LedgerBuild>().BuildDueAsync();
        await bench.Get<RuleDesk>().AddAsync(new OwnerRuleDraft { Name = "Functions", Feature = "rag", Conditions = [new(RuleSubject.Service, RuleMatch.Is, "AWS Nothing")] }, "Ada");
        var page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules");
        Assert.Contains("A rule that names an AWS service brings its usage into the GenAI scope", page.Find(".lead").TextContent, StringComparison.Ordinal);
        page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules?rule=1");
        await page.WaitForElementAsync(".border-effect", Limit);
        Assert.Equal("It brings usage of other services into the GenAI scope; of what lies outside now, nothing more may meet it.", page.Find(".border-effect").TextContent);
        Assert.Equal("Of what is in the scope now nothing would move.", page.Find(".rule-effect .lead").TextContent);
        await FillAsync(page, "Value of condition 1", "AWS Lambda");
        await page.WaitForStateAsync(() => page.Find(".border-effect").TextContent.Contains("AWS Lambda", StringComparison.Ordinal), Limit);
        Assert.Equal("It brings usage of AWS Lambda into the GenAI scope: up to $3.25 a day, $3.25 in these 30 days, lies outside now. How much of it meets the rule shows when the bill is read again, "
            + "at the next run of Cost Explorer or Data Exports.", page.Find(".border-effect").TextContent);
    }

    [Fact]
    public async Task The_GenAI_list_is_changed_in_settings_and_the_whole_bill_is_no_list()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync<SettingsPage>(bench, "/settings");
        await page.InvokeAsync(() => page.Find("#genai-services").InputAsync(new ChangeEventArgs { Value = "*" }));
        Assert.Contains("would be the whole bill", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find("#genai-services").InputAsync(new ChangeEventArgs { Value = "Amazon Bedrock*\nAmazon OpenSearch*\n" }));
        await page.InvokeAsync(() => page.Find("form.owners-form").SubmitAsync());
        Assert.Equal(["Amazon Bedrock*", "Amazon OpenSearch*"], bench.Get<OwnerKeys>().GenAiServices);
    }

    [Fact]
    public async Task Removing_a_rule_shows_the_dollars_that_it_moves_before_it_is_done()
    {
        await using var bench = await BenchAsync();
        var desk = bench.Get<RuleDesk>();
        await desk.AddAsync(Rule("Search account"), "Ada");
        await bench.Get<LedgerBuild>().BuildDueAsync();
        var page = await OpenAsync<OwnerRulesPage>(bench, $"/settings/rules?rule={(await desk.ReadAsync()).Owners[0].Id}");
        await page.WaitForElementAsync(".rule-effect .lead", Limit);
        Assert.StartsWith("Nothing would move: the $20.00", page.Find(".rule-effect .lead").TextContent, StringComparison.Ordinal);
        AngleSharp.Dom.IElement Named(string name) => page.FindAll("form button").Single(b => b.TextContent.Trim() == name);

        await page.InvokeAsync(() => Named("Remove the rule …").ClickAsync(new()));
        await page.WaitForElementAsync(".rule-effect table.moves", Limit);
        // Two days of $10 lose their owner again.
        Assert.StartsWith("$20.00 would get another owner on 2 days, 100.0", page.Find(".rule-effect .lead").TextContent, StringComparison.Ordinal);
        Assert.Equal(["product-search", "Unattributed", "$20.00"], page.FindAll(".rule-effect .moves")[0].QuerySelectorAll("tbody td").Select(c => c.TextContent.Trim()));
        Assert.Contains("without this rule", page.Find(".rule-effect .sub").TextContent, StringComparison.Ordinal);
        Assert.Single((await desk.ReadAsync()).Owners);

        await page.InvokeAsync(() => Named("Keep it").ClickAsync(new()));
        await page.WaitForStateAsync(() => page.FindAll(".rule-effect .lead").Any(l => l.TextContent.StartsWith("Nothing would move: the $20.00", StringComparison.Ordinal)), Limit);
        Assert.Empty(page.FindAll(".removal"));
        await page.InvokeAsync(() => Named("Remove the rule …").ClickAsync(new()));
        await page.InvokeAsync(() => Named("Remove it").ClickAsync(new()));
        Assert.Empty((await desk.ReadAsync()).Owners);
        Assert.EndsWith("/settings/rules", bench.Get<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_moved_and_switched_with_buttons_and_each_step_can_be_undone()
    {
        await using var bench = await BenchAsync();
        var desk = bench.Get<RuleDesk>();
        foreach (var name in new[] { "first", "second" }) await desk.AddAsync(Rule(name), "Ada");
        await bench.Get<LedgerBuild>().BuildDueAsync();
        var page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules");
        Assert.Equal(["$20.00in 30 days, last 12 Nov", "decides nothingin 30 days"], page.FindAll(".rules .use").Select(u => u.TextContent.Trim()));
        Assert.True(page.FindAll(".rules .acts button")[0].HasAttribute("disabled"));
        await page.InvokeAsync(() => Button(page, "Move second up").ClickAsync(new()));
        Assert.Equal(["second", "first"], (await desk.ReadAsync()).Owners.Select(r => r.Draft.Name));
        await page.InvokeAsync(() => Button(page, "Switch off first").ClickAsync(new()));
        Assert.False((await desk.ReadAsync()).Owners[1].Draft.IsEnabled);
        await page.WaitForStateAsync(() => page.FindAll(".rules .chip").Any(c => c.TextContent == "off"), Limit);

        var history = await OpenAsync<RuleHistoryPage>(bench, "/settings/history?kind=owner");
        Assert.Equal(4, history.FindAll(".rules.history > li").Count);
        await history.InvokeAsync(() => history.FindAll(".rules.history button")[0].ClickAsync(new()));
        Assert.True((await desk.ReadAsync()).Owners[1].Draft.IsEnabled);
        await history.WaitForStateAsync(() => history.Markup.Contains("undone", StringComparison.Ordinal), Limit);
        Assert.Empty((await OpenAsync<RuleHistoryPage>(bench, "/settings/history?kind=split")).FindAll(".rules.history > li"));
    }

    [Fact]
    public async Task A_file_is_shown_before_it_is_taken_in()
    {
        await using var bench = await BenchAsync();
        var desk = bench.Get<RuleDesk>();
        await desk.AddAsync(Rule("old"), "Ada");
        var page = await OpenAsync<RuleFilePage>(bench, "/settings/file");
        var file = page.FindComponent<InputFile>();
        file.UploadFiles(InputFileContent.CreateFromText("{ \"format\": \"something else\" }", "a.json"));
        await page.WaitForElementAsync("[role=alert]", Limit);
        Assert.Contains("no file of rules", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        file.UploadFiles(InputFileContent.CreateFromText(RuleFile.Write(new RuleLists([new PlacedRule(0, 1, Rule("new"))], [])), "rules.json"));
        await page.WaitForElementAsync(".rule-file .rules", Limit);
        Assert.Equal(["Removedowner rule", "Addedowner rule"], page.FindAll(".rule-file .when").Select(w => w.TextContent));
        Assert.Equal("old", Assert.Single((await desk.ReadAsync()).Owners).Draft.Name);
        await page.InvokeAsync(() => page.Find(".rule-file .control.primary").ClickAsync(new()));
        Assert.Equal("new", Assert.Single((await desk.ReadAsync()).Owners).Draft.Name);
    }

    [Fact]
    public async Task Who_is_no_administrator_reads_and_changes_nothing()
    {
        await using var bench = await BenchAsync(isAdministrator: false);
        await bench.Get<RuleDesk>().AddAsync(Rule("first"), "Ben");
        var page = await OpenAsync<OwnerRulesPage>(bench, "/settings/rules?rule=1");
        Assert.Contains("account is 518846220934", page.Find(".rules").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("form, .rules button, a[href*='rule=']"));
        Assert.Contains("An administrator can change these", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("a[href='/settings/actions']"));
        Assert.Empty((await OpenAsync<RuleHistoryPage>(bench, "/settings/history")).FindAll(".rules button"));
        Assert.Empty((await OpenAsync<RuleFilePage>(bench, "/settings/file")).FindAll("input[type=file]"));
    }

    [Fact]
    public async Task A_broken_store_offers_retry_for_the_list_and_for_the_trial()
    {
        await using var bench = await BenchAsync();
        bench.Stores.IsBroken = true;
        var page = bench.Render<OwnerRulesPage>("/settings/rules?rule=new");
        await page.WaitForElementAsync(".state.error", Limit);
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find(".state.error button").ClickAsync(new()));
        await page.WaitForElementAsync("form.rule-form", Limit);
        bench.Stores.IsBroken = true;
        await FillAsync(page, "Value of condition 1", Account);
        await FillAsync(page, "Team", "Growth");
        await page.WaitForElementAsync(".rule-effect .state.error", Limit);
        Assert.DoesNotContain("secret detail", page.Markup, StringComparison.Ordinal);
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find(".rule-effect .state.error button").ClickAsync(new()));
        await page.WaitForElementAsync(".rule-effect .lead", Limit);
    }
}
