using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

public sealed class RuleFileTests
{
    [Fact]
    public async Task Written_out_and_read_in_elsewhere_gives_the_same_rules()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        await book.AddAsync(RuleDeskTests.Search("Suche für Ärzte"), "Ada");
        await book.AddAsync(RuleDeskTests.Search("b") with { IsEnabled = false, EffectiveTo = new(2027, 1, 1), Conditions = [new(RuleSubject.Principal, RuleMatch.Pattern, "arn:aws:iam::*:role/\"copy\"-*")] }, "Ada", 1);
        await book.AddAsync(RuleDeskTests.Guardrails(), "Ada");
        await book.AddAsync(RuleDeskTests.Guardrails("Tax") with { Basis = SplitBasis.Requests, Shares = new Dictionary<string, decimal> { ["b"] = 1, ["a"] = 1 } }, "Ada");
        var text = RuleFile.Write(await book.ReadAsync());

        await using var other = await LedgerFixture.CreateAsync();
        var mistakes = new Dictionary<string, string>();
        await other.Get<RuleDesk>().ImportAsync(RuleFile.Read(text, mistakes)!, "Ben");
        Assert.Empty(mistakes);
        Assert.Equal(text, RuleFile.Write(await other.Get<RuleDesk>().ReadAsync()));
        Assert.Empty(await other.Get<RuleDesk>().PreviewImportAsync(RuleFile.Read(text, mistakes)!));
        Assert.StartsWith("{\n  \"format\": \"genai-cost-portal-rules\",\n  \"version\": 1,\n  \"ownerRules\": [", text, StringComparison.Ordinal);
        Assert.Contains("Suche für Ärzte", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_says_before_what_it_adds_changes_moves_and_removes_and_then_does_just_that()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        foreach (var name in new[] { "a", "b", "c" }) await book.AddAsync(RuleDeskTests.Search(name), "Ada");
        await book.AddAsync(RuleDeskTests.Guardrails(), "Ada");
        var file = new RuleFile([RuleDeskTests.Search("d"), RuleDeskTests.Search("C") with { Team = "Growth" }, RuleDeskTests.Search("a")], [RuleDeskTests.Guardrails()]);
        var said = await book.PreviewImportAsync(file);
        Assert.Equal(["Removed b", "Added d", "Changed C", "Moved "], said.Select(s => $"{s.What} {s.Name}"));
        Assert.Equal("named C, before c; to feature product-search, team Growth, before feature product-search, team Search", said[2].Text);
        Assert.Equal(4, (await book.HistoryAsync()).Count);

        var before = RuleFile.Write(await book.ReadAsync());
        Assert.Equal(said, await book.ImportAsync(file, "Ben"));
        Assert.Equal(["d", "C", "a"], (await book.ReadAsync()).Owners.Select(r => r.Draft.Name));
        // Each step is a change of its own: undone one after the other, the rules are back.
        foreach (var change in (await book.HistoryAsync()).Where(h => h.Who == "Ben")) Assert.Equal("", (await book.UndoAsync(change.Id, "Cleo")).Words);
        Assert.Equal(before, RuleFile.Write(await book.ReadAsync()));
    }

    [Theory]
    [InlineData("", "file", "not JSON")]
    [InlineData("{}", "file", "no file of rules")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":2}""", "file", "version 2")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":1,"ownerRules":[{"nam":"a"}]}""", "file", "ownerRules[0].nam")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":1,"ownerRules":[{"name":"a","team":"t","conditions":[{"subject":"Moon","value":"1"}]}]}""", "ownerRules[0].conditions", "'Moon' is not one of Account")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":1,"ownerRules":[{"name":"a","team":"t","conditions":[{"subject":"Account","value":"1"}],"effectiveFrom":"1.2.2026"}]}""", "ownerRules[0].effectiveFrom", "YYYY-MM-DD")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":1,"ownerRules":[{"name":"a","team":"t","conditions":[{"subject":"account","value":"1"}]},{"name":"A","team":"t","conditions":[{"subject":"account","value":"2"}]}]}""", "ownerRules[1].name", "there twice")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":1,"splitRules":[{"name":"a","basis":"Fixed","conditions":[{"subject":"Account","value":"1"}],"shares":{"x":0.5}}]}""", "splitRules[0].shares", "50 %")]
    [InlineData("""{"format":"genai-cost-portal-rules","version":1,"ownerRules":[null]}""", "ownerRules[0].name", "empty")]
    public void A_file_that_cannot_be_used_says_where_and_why(string text, string place, string words)
    {
        var mistakes = new Dictionary<string, string>();
        Assert.Null(RuleFile.Read(text, mistakes));
        Assert.Contains(words, mistakes[place], StringComparison.Ordinal);
    }
}
