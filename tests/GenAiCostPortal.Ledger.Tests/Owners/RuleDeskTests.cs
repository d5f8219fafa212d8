using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

public sealed class RuleDeskTests
{
    internal static OwnerRuleDraft Search(string name = "Search account") => new()
    {
        Name = name, Conditions = [new(RuleSubject.Account, RuleMatch.Is, "518846220934")], Feature = "product-search", Team = "Search",
        EffectiveFrom = new(2026, 11, 1),
    };

    internal static SplitRuleDraft Guardrails(string name = "Guardrails") => new()
    {
        Name = name, Conditions = [new(RuleSubject.Component, RuleMatch.Is, "Guardrails"), new(RuleSubject.Tag, RuleMatch.IsPresent, "", "CostCenter")], Basis = SplitBasis.Fixed,
        Shares = new Dictionary<string, decimal> { ["support-copilot"] = 0.75m, ["ticket-triage"] = 0.25m },
    };

    private static async Task<int> AddAsync(RuleDesk book, RuleDraft draft, string who = "Ada", int? position = null)
    {
        var answer = await book.AddAsync(draft, who, position);
        Assert.Equal("", answer.Words);
        return answer.Rule!.Id;
    }

    private static string Names(RuleLists rules) => string.Join(' ', rules.Owners.Select(r => $"{r.Position}{r.Draft.Name}"));

    [Fact]
    public async Task Rules_are_kept_in_order_with_everything_they_say()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        var said = new List<LedgerPart>();
        using var _ = f.Get<LedgerChanges>().Subscribe(said.Add);
        var c = await AddAsync(book, Search("c"));
        await AddAsync(book, Search("a"), position: 1);
        await AddAsync(book, Search("b"), position: 2);
        var split = await AddAsync(book, Guardrails());
        var rules = await book.ReadAsync();
        Assert.Equal("1a 2b 3c", Names(rules));
        Assert.Equal(RuleSheet.Of(Search("c")).ToJson(), RuleSheet.Of(rules.Owners[2].Draft).ToJson());
        Assert.Equal((c, 3), (rules.Owners[2].Id, rules.Owners[2].Position));
        Assert.Equal(RuleSheet.Of(Guardrails()).ToJson(), RuleSheet.Of(Assert.Single(rules.Splits).Draft).ToJson());
        Assert.Equal(split, rules.Splits[0].Id);
        Assert.Equal([LedgerPart.Rules, LedgerPart.Rules, LedgerPart.Rules, LedgerPart.Rules], said);
        await book.RemoveAsync(RuleKind.Owner, rules.Owners[0].Id, "Ada");
        Assert.Equal("1b 2c", Names(await book.ReadAsync()));
    }

    public static TheoryData<string, string, RuleDraft> Wrong => new()
    {
        { "name", "Give the rule a name", Search("  ") },
        { "name", "Another rule is named Taken", Search("TAKEN") },
        { "conditions", "at least one condition", Search() with { Conditions = [] } },
        { "conditions", "Give the value", Search() with { Conditions = [new(RuleSubject.Account, RuleMatch.Is, " ")] } },
        { "conditions", "Name the key of the tag", Search() with { Conditions = [new(RuleSubject.Tag, RuleMatch.Is, "x")] } },
        { "conditions", "Condition 2: The region has no key", Search() with { Conditions = [new(RuleSubject.Account, RuleMatch.Is, "1"), new(RuleSubject.Region, RuleMatch.Is, "x", "y")] } },
        { "conditions", "nothing that a line has", Search() with { Conditions = [new((RuleSubject)99, RuleMatch.Is, "x")] } },
        { "conditions", "* alone", Search() with { Conditions = [new(RuleSubject.Resource, RuleMatch.Pattern, "*")] } },
        { "conditions", "there twice", Search() with { Conditions = [new(RuleSubject.Account, RuleMatch.Is, "1"), new(RuleSubject.Account, RuleMatch.Is, "1")] } },
        { "effectiveTo", "ends before it begins", Search() with { EffectiveTo = new(2026, 11, 1) } },
        { "owners", "at least one owner", Search() with { Feature = null, Team = "" } },
        { "shares", "come to 90 %, not 100 %", Guardrails() with { Shares = new Dictionary<string, decimal> { ["a"] = 0.5m, ["b"] = 0.4m } } },
        { "shares", "above 0 %", Guardrails() with { Shares = new Dictionary<string, decimal> { ["a"] = 1.5m, ["b"] = -0.5m } } },
        { "shares", "Name the features", Guardrails() with { Shares = new Dictionary<string, decimal>() } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_cannot_work_is_refused_in_words_and_nothing_is_stored(string field, string words, RuleDraft draft)
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        await AddAsync(book, Search("Taken"));
        var answer = await book.AddAsync(draft, "Ada");
        Assert.False(answer.IsDone);
        Assert.Contains(words, answer.Mistakes[field], StringComparison.Ordinal);
        Assert.Single((await book.ReadAsync()).Owners);
        Assert.Single(await book.HistoryAsync());
    }

    [Fact]
    public async Task There_is_a_most_of_rules_and_what_is_not_there_is_said()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        await book.ImportAsync(new RuleFile([.. Enumerable.Range(0, RuleCheck.RulesAtMost).Select(i => Search("r" + i))], []), "Ada");
        Assert.Contains("200 rules already", (await book.AddAsync(Search("one more"), "Ada")).Refusal, StringComparison.Ordinal);
        Assert.True((await book.ChangeAsync(9_999, Search(), "Ada")).IsMissing);
        Assert.True((await book.RemoveAsync(RuleKind.Split, 1, "Ada")).IsMissing);
        Assert.True((await book.UndoAsync(9_999, "Ada")).IsMissing);
        Assert.Contains("every rule once", (await book.OrderAsync(RuleKind.Owner, [1, 2], "Ada")).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_change_is_in_the_history_with_who_and_what()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        var a = await AddAsync(book, Search("a"));
        var b = await AddAsync(book, Search("b"), "Ben");
        await book.ChangeAsync(a, Search("a") with { Feature = "ranking", IsEnabled = false }, "Ben");
        // The same again is no change.
        await book.ChangeAsync(a, Search("a") with { Feature = "ranking", IsEnabled = false }, "Ben");
        f.Clock.Now = f.Clock.Now.AddHours(1);
        await book.OrderAsync(RuleKind.Owner, [b, a], "Cleo");
        await book.RemoveAsync(RuleKind.Owner, b, "Cleo");
        var history = await book.HistoryAsync();
        Assert.Equal(["Cleo", "Cleo", "Ben", "Ben", "Ada"], history.Select(h => h.Who));
        Assert.StartsWith("Removed: account is 518846220934 → feature product-search, team Search, from 1 Nov 2026", history[0].Text, StringComparison.Ordinal);
        Assert.Equal("The order was changed.", history[1].Text);
        Assert.Equal("Changed: to feature ranking, team Search, before feature product-search, team Search; switched off", history[2].Text);
        Assert.Equal((f.Clock.Now, a), (history[1].At, history[2].RuleId));
        Assert.Equal("product-search", history[2].Before!.Feature);
        Assert.Empty(await book.HistoryAsync(RuleKind.Split));
    }

    [Fact]
    public async Task An_undone_change_leaves_the_rules_as_they_were_before_it()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        await AddAsync(book, Search("a"));
        var b = await AddAsync(book, Search("b"));
        await AddAsync(book, Search("c"));
        var first = RuleFile.Write(await book.ReadAsync());
        var steps = new Func<Task<RuleAnswer>>[]
        {
            () => book.AddAsync(Search("d"), "Ada", 1), () => book.ChangeAsync(b, Search("b2"), "Ada"), () => book.RemoveAsync(RuleKind.Owner, b, "Ada"),
            async () => await book.OrderAsync(RuleKind.Owner, [.. (await book.ReadAsync()).Owners.Select(r => r.Id).Reverse()], "Ada"),
        };
        foreach (var step in steps)
        {
            Assert.True((await step()).IsDone);
            Assert.NotEqual(first, RuleFile.Write(await book.ReadAsync()));
            var change = (await book.HistoryAsync())[0];
            Assert.Equal("", (await book.UndoAsync(change.Id, "Ben")).Words);
            Assert.Equal(first, RuleFile.Write(await book.ReadAsync()));
            var (undoing, undone) = ((await book.HistoryAsync())[0], (await book.HistoryAsync())[1]);
            Assert.Equal(("Ben", change.Id), (undoing.Who, undone.Id));
            Assert.NotNull(undone.UndoneAt);
            Assert.Contains("undone already", (await book.UndoAsync(change.Id, "Ben")).Refusal, StringComparison.Ordinal);
        }
        // Dollars that the ledger booked under a removed rule find it again: it has its number back.
        Assert.Equal(b, (await book.ReadAsync()).Owners[1].Id);
    }

    [Fact]
    public async Task A_change_that_others_built_on_is_not_undone_and_the_later_one_is_named()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        var a = await AddAsync(book, Search("a"));
        await book.ChangeAsync(a, Search("a") with { Team = "Growth" }, "Ben");
        var (second, first) = ((await book.HistoryAsync())[0], (await book.HistoryAsync())[1]);
        var answer = await book.UndoAsync(first.Id, "Ada");
        Assert.Equal("The rule has changed since, by Ben on 20 Nov 2026 12:00 (UTC). Undo that change first.", answer.Refusal);
        Assert.True((await book.UndoAsync(second.Id, "Ada")).IsDone);
        Assert.True((await book.UndoAsync(first.Id, "Ada")).IsDone);
        Assert.Empty((await book.ReadAsync()).Owners);
    }

    [Fact]
    public async Task Two_people_at_once_lose_nothing()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var book = f.Get<RuleDesk>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => book.AddAsync(Search("r" + i), "Ada", 1)));
        var rules = (await book.ReadAsync()).Owners;
        Assert.Equal(Enumerable.Range(1, 8), rules.Select(r => r.Position));
        Assert.Equal(8, rules.Select(r => r.Draft.Name).Distinct().Count());
        Assert.Equal(8, await f.ScalarAsync("SELECT COUNT(DISTINCT \"Position\") FROM owner_rule"));
    }
}
