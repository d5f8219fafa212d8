using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Traces;

public sealed class TraceListTests
{
    private static readonly TraceQuery All = new(TraceStore.Start, TraceStore.Start.AddDays(1), SpendFilter.None);

    private static TraceQuery By(SpendDimension dimension, params string[] values) =>
        All with { Filter = new(new Dictionary<SpendDimension, IReadOnlyList<string>> { [dimension] = values }) };

    private static IEnumerable<int> Numbers(TracePage page) => page.Items.Select(i => Convert.ToInt32(i.TraceId[16..], 16));

    private static async Task<TraceStore> FiveAsync()
    {
        var store = await TraceStore.OpenAsync();
        await using var db = store.Db();
        var sonnet = store.Name(db, DimensionKind.Model, "anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6");
        var nova = store.Name(db, DimensionKind.Model, "amazon.nova-pro-v1", "Nova Pro");
        store.Trace(db, 1, with: t => { t.ModelIds = $",{sonnet},"; t.EstimatedCostNanoUsd = 0; t.CostState = CostState.Unpriced; });
        store.Trace(db, 2, "chat", "support-copilot", t => { t.ModelIds = $",{sonnet},{nova},"; t.Retries = 1; t.RetryCostNanoUsd = 42; });
        store.Trace(db, 3, with: t => { t.Loops = 1; t.ModelIds = $",{nova},"; });
        store.Trace(db, 4, with: t => { t.Errors = 1; t.CostState = CostState.PartiallyPriced; });
        store.Trace(db, 5, "chat", "", t => t.FeatureId = 0);
        await db.SaveChangesAsync();
        return store;
    }

    [Fact]
    public async Task The_newest_come_first_and_the_total_counts_beyond_the_page()
    {
        await using var store = await FiveAsync();
        var page = await store.Get<TraceSearch>().FindAsync(All with { Limit = 2, Offset = 1 });
        Assert.Equal(5, page.TotalCount);
        Assert.Equal([4, 3], Numbers(page));
        Assert.Equal(0.14m, page.EstimatedCostUsd);
        Assert.Equal(2, page.WithoutFullCost);
    }

    [Theory]
    [InlineData(TraceSort.CostUsd, true, new[] { 5, 4, 3, 2, 1 })]
    [InlineData(TraceSort.CostUsd, false, new[] { 2, 3, 4, 5, 1 })]
    [InlineData(TraceSort.Tokens, false, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(TraceSort.DurationMs, true, new[] { 5, 4, 3, 2, 1 })]
    [InlineData(TraceSort.Start, false, new[] { 1, 2, 3, 4, 5 })]
    public async Task It_sorts_and_an_unknown_cost_comes_last_either_way(TraceSort sort, bool descending, int[] expected)
    {
        await using var store = await FiveAsync();
        Assert.Equal(expected, Numbers(await store.Get<TraceSearch>().FindAsync(All with { Sort = sort, Descending = descending })));
    }

    [Fact]
    public async Task An_unknown_cost_is_null_and_a_partial_one_says_so()
    {
        await using var store = await FiveAsync();
        var items = (await store.Get<TraceSearch>().FindAsync(All)).Items;
        Assert.Null(items.Single(i => i.TraceId.EndsWith('1')).EstimatedCostUsd);
        Assert.Equal((0.04m, CostState.PartiallyPriced), (items.Single(i => i.TraceId.EndsWith('4')).EstimatedCostUsd!.Value, items.Single(i => i.TraceId.EndsWith('4')).CostState));
    }

    [Fact]
    public async Task Filters_use_names_labels_and_the_missing_owner()
    {
        await using var store = await FiveAsync();
        var search = store.Get<TraceSearch>();
        Assert.Equal([2], Numbers(await search.FindAsync(By(SpendDimension.Feature, "support-copilot"))));
        Assert.Equal([5, 2], Numbers(await search.FindAsync(By(SpendDimension.Feature, "support-copilot", SpendQuery.Unattributed))));
        Assert.Equal([3, 2], Numbers(await search.FindAsync(By(SpendDimension.Model, "amazon.nova-pro-v1"))));
        Assert.Equal([2, 1], Numbers(await search.FindAsync(By(SpendDimension.Model, "Claude Sonnet 4.6"))));
        Assert.Equal([5, 4], Numbers(await search.FindAsync(By(SpendDimension.Model, SpendQuery.Unattributed))));
    }

    [Fact]
    public async Task A_name_nobody_has_matches_nothing()
    {
        await using var store = await FiveAsync();
        foreach (var dimension in new[] { SpendDimension.Feature, SpendDimension.Model, SpendDimension.Account, SpendDimension.Agent, SpendDimension.Tier })
            Assert.Equal(0, (await store.Get<TraceSearch>().FindAsync(By(dimension, "nobody"))).TotalCount);
    }

    [Fact]
    public async Task What_traces_cannot_be_filtered_by_is_said_not_swallowed()
    {
        await using var store = await FiveAsync();
        var page = await store.Get<TraceSearch>().FindAsync(By(SpendDimension.Component, "Input"));
        Assert.Equal([SpendDimension.Component], page.NotApplied);
        Assert.Equal(5, page.TotalCount);
    }

    [Fact]
    public async Task Marks_and_floors_filter()
    {
        await using var store = await FiveAsync();
        var search = store.Get<TraceSearch>();
        Assert.Equal([2], Numbers(await search.FindAsync(All with { HasRetries = true })));
        Assert.Equal([3], Numbers(await search.FindAsync(All with { HasLoop = true })));
        Assert.Equal([4], Numbers(await search.FindAsync(All with { HasErrors = true })));
        Assert.Equal([5, 3, 2, 1], Numbers(await search.FindAsync(All with { HasErrors = false })));
        Assert.Equal([5, 4], Numbers(await search.FindAsync(All with { MinCostUsd = 0.04m })));
        Assert.Equal([5, 4, 3], Numbers(await search.FindAsync(All with { MinTokens = 300 })));
        Assert.Equal([5], Numbers(await search.FindAsync(All with { MinDurationMs = 45 })));
    }

    [Theory]
    [InlineData("CHAT", new[] { 5, 2 })]
    [InlineData("contract", new[] { 4, 3, 1 })]
    [InlineData("ab00000000000000000000000000000", new[] { 5, 4, 3, 2, 1 })]
    [InlineData("ab000000000000000000000000000003", new[] { 3 })]
    [InlineData("ad0", new int[0])]
    [InlineData("zzz", new int[0])]
    public async Task Text_finds_workflows_features_and_the_beginning_of_an_id(string text, int[] expected)
    {
        await using var store = await FiveAsync();
        Assert.Equal(expected, Numbers(await store.Get<TraceSearch>().FindAsync(All with { Text = text })));
    }

    [Fact]
    public async Task Beyond_the_window_rows_are_counted_but_not_given()
    {
        await using var store = await FiveAsync();
        var page = await store.Get<TraceSearch>().FindAsync(All with { Offset = TraceSearch.Window });
        Assert.Equal((5, 0), (page.TotalCount, page.Items.Count));
    }
}
