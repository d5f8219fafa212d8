using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Pages;
using Xunit;

namespace GenAiCostPortal.Frame;

/// <summary>What is found for a text, in which order, and where it leads.</summary>
public sealed class GoToFinderTests
{
    private static GoToPlace Feature(string name) => new(GoToKind.Feature, name, name);

    [Theory]
    [InlineData("summary", "Summary", MatchRank.Exact)]
    [InlineData("sum", "summary", MatchRank.Prefix)]
    [InlineData("summary", "contract-summary", MatchRank.WordStart)]
    [InlineData("4.6", "Claude Sonnet 4.6", MatchRank.WordStart)]
    // The second place counts: the first is inside a word.
    [InlineData("act", "contract-action", MatchRank.WordStart)]
    [InlineData("mary", "summary", MatchRank.Inside)]
    [InlineData("sonnet claude", "Claude Sonnet 4.6", MatchRank.AllWords)]
    [InlineData("nova sonnet", "Claude Sonnet 4.6", null)]
    [InlineData("", "summary", null)]
    public void A_name_is_ranked(string typed, string name, MatchRank? rank) => Assert.Equal(rank, new NameMatch(typed).Rank(name));

    [Fact]
    public void The_best_match_is_first_and_a_page_before_a_feature_of_the_same_rank()
    {
        var answer = GoToFinder.Find([Feature("prespend"), Feature("over-spend"), Feature("spend-report"), Feature("spend"), new(GoToKind.Page, "Spend", "/spend")], " spend ");
        Assert.Equal(["Spend", "spend", "spend-report", "over-spend", "prespend"], answer.Places.Select(p => p.Name));
    }

    [Fact]
    public void Of_ten_thousand_names_a_dozen_are_shown_and_all_are_counted()
    {
        var answer = GoToFinder.Find([.. Enumerable.Range(0, 10_000).Select(i => Feature($"made-{i:0000}-name"))], "name");
        Assert.Equal((GoToFinder.Most, 10_000), (answer.Places.Count, answer.Found));
        Assert.Equal("made-0042-name", GoToFinder.Find([.. Enumerable.Range(0, 10_000).Select(i => Feature($"made-{i:0000}-name"))], "0042").Places.Single().Name);
    }

    [Fact]
    public void A_second_name_is_found_too()
    {
        GoToPlace[] places = [new(GoToKind.Account, "production", "111122223333", "111122223333"), new(GoToKind.Spike, "Spike of Tuesday 17 November, contract-summary", "7", "S-7")];
        Assert.Equal("production", GoToFinder.Find(places, "1111").Places.Single().Name);
        Assert.Equal("7", GoToFinder.Find(places, "s-7").Places.Single().Key);
        Assert.Equal(0, GoToFinder.Find(places, "nobody").Found);
    }

    [Theory]
    [InlineData(GoToKind.Page, "/prices", "/", "/prices?period=7d&team=Billing")]
    [InlineData(GoToKind.Feature, "contract-summary", "/", "/spend?period=7d&feature=contract-summary&groupBy=model,component")]
    [InlineData(GoToKind.Feature, "contract-summary", "/usage", "/usage?period=7d&feature=contract-summary")]
    [InlineData(GoToKind.Model, "nova & co", "/traces", "/traces?period=7d&model=nova%20%26%20co")]
    [InlineData(GoToKind.Team, "Support", "/settings", "/spend?period=7d&team=Support&groupBy=feature,model")]
    [InlineData(GoToKind.Spike, "7", "/", "/spikes/7?period=7d&team=Billing")]
    public void A_place_keeps_the_period_and_a_name_is_the_only_filter(GoToKind kind, string key, string here, string expected) =>
        Assert.Equal(expected, new GoToPlace(kind, key, key).Href(PortalUrl.Read(here + "?period=7d&team=Billing&sort=name")));

    [Theory]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", true)]
    [InlineData(" 1-4BF92F35-77b34da6a3ce929d0e0e4736 ", true)]
    [InlineData("4bf92f3577b34da6", false)]
    public void A_trace_id_is_known_in_both_forms(string typed, bool isId)
    {
        Assert.Equal(isId, GoToFinder.IsTraceId(typed, out var id));
        if (isId) Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", id.ToString());
    }

    [Fact]
    public async Task Names_come_from_the_store_and_pages_of_administrators_are_theirs()
    {
        await using var bench = await PageBench.OpenAsync();
        var dimensions = bench.Get<Dimensions>();
        List<DimensionValue> added = [];
        dimensions.GetOrAdd(DimensionKind.Feature, "contract-summary", added);
        dimensions.GetOrAdd(DimensionKind.Feature, Dimensions.Other, added);
        dimensions.GetOrAdd(DimensionKind.Account, "111122223333", added, "production");
        dimensions.GetOrAdd(DimensionKind.UsageType, "USE1-NovaPro-input-tokens", added);
        var finder = bench.Get<GoToFinder>();
        var places = await finder.PlacesAsync(isAdministrator: false);
        Assert.Equal([new(GoToKind.Feature, "contract-summary", "contract-summary"), new(GoToKind.Account, "production", "111122223333", "111122223333")], places.Where(p => p.Kind != GoToKind.Page));
        Assert.DoesNotContain(places, p => p.Key is "/access" or "/settings/actions");
        Assert.Contains(await finder.PlacesAsync(isAdministrator: true), p => p.Key == "/access");
    }
}
