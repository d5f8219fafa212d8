using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Three resources, two payers, and a bill of 100 USD of which 40 carry the feature tag. Today is 20 Nov 2026.</summary>
public sealed class TagPreviewTests
{
    private static async Task<WriterStore> OpenAsync()
    {
        var store = await WriterStore.OpenAsync();
        await using var db = store.Db();
        ResourceSeen Resource(string name, string tags, DateTime? gone = null) =>
            new() { Arn = "arn:aws:bedrock:us-east-1:111122223333:agent/" + name, Kind = "Agent", Name = name, Tags = tags, FirstSeen = WriterStore.Now, LastSeen = WriterStore.Now, GoneAt = gone };
        db.Resources.AddRange(
            Resource("a", """{"GenAI:Workload":"search","Team":"Search"}"""), Resource("b", """{"GenAI:Workload":"search","team":"Search"}"""),
            Resource("c", """{"Other":"x"}"""), Resource("left", """{"GenAI:Workload":"gone"}""", WriterStore.Now));
        CostAllocationTag Key(string payer, string key, bool isActive) => new() { Connection = payer, TagKey = key, IsActive = isActive, ReadAt = WriterStore.Now };
        db.CostAllocationTags.AddRange(Key("one", "GenAI:Workload", true), Key("two", "GenAI:Workload", true), Key("one", "Team", true), Key("two", "Team", false), Key("one", "Environment", false));
        await db.SaveChangesAsync();
        Line(db, 20, 40, tagFeature: 7);
        Line(db, 20, 60);
        // The day before the 30 days begin.
        db.BilledLines.Add(new BilledLine { Day = new DateOnly(2026, 10, 21), AmountNanoUsd = 5_000_000_000_000, TagFeatureId = 7 });
        await db.SaveChangesAsync();
        return store;
    }

    private static void Line(LedgerDb db, int day, long usd, int tagFeature = 0, int tagSet = 0) =>
        db.BilledLines.Add(new BilledLine { Day = new DateOnly(2026, 11, Math.Min(day, 20)), AmountNanoUsd = usd * 1_000_000_000, TagFeatureId = tagFeature, TagSetId = tagSet });

    private static async Task<TagEffect> TryAsync(WriterStore store, string part, OwnerTagKeys? keys = null) =>
        (await store.Get<OwnerPreview>().TryAsync(new OwnerKeys { TagKeys = keys ?? new() })).Tags.Single(t => t.Part == part);

    [Fact]
    public async Task A_key_names_the_resources_that_carry_it_exactly_and_those_still_there()
    {
        await using var store = await OpenAsync();
        var feature = await TryAsync(store, "Feature");
        Assert.Equal((2, 3), (feature.Resources, feature.OfResources));
        Assert.Equal([("search", 2)], feature.Values);
        var team = await TryAsync(store, "Team");
        Assert.Equal(1, team.Resources);
        Assert.Equal(["team"], team.OtherSpellings);
        Assert.Equal(0, (await TryAsync(store, "Model")).Resources);
    }

    [Theory]
    [InlineData("GenAI:Workload", TagActivation.Active)]
    [InlineData("Team", TagActivation.PartlyActive)]
    [InlineData("Environment", TagActivation.Inactive)]
    [InlineData("CostCentre", TagActivation.NotSeen)]
    public async Task A_key_is_active_as_its_payers_say(string key, TagActivation expected)
    {
        await using var store = await OpenAsync();
        Assert.Equal(expected, (await TryAsync(store, "Feature", new OwnerTagKeys { Feature = key })).Activation);
    }

    [Fact]
    public async Task Dollars_are_those_of_the_last_30_days_and_unknown_where_the_bill_was_not_asked()
    {
        await using var store = await OpenAsync();
        var feature = await TryAsync(store, "Feature");
        Assert.Equal((40m, 100m), (feature.TaggedUsd, feature.BilledUsd));
        Assert.Null((await TryAsync(store, "Team")).TaggedUsd);
        // The bill was read by another key.
        Assert.Null((await TryAsync(store, "Feature", new OwnerTagKeys { Feature = "CostCentre" })).TaggedUsd);
    }

    [Fact]
    public async Task Tag_sets_tell_of_every_key()
    {
        await using var store = await OpenAsync();
        var added = new List<DimensionValue>();
        var dimensions = store.Get<Dimensions>();
        await dimensions.LoadAsync();
        var set = dimensions.GetOrAdd(DimensionKind.TagSet, TagSet.Write(new Dictionary<string, string> { ["user_team"] = "Search", ["CostCentre"] = "17" }), added);
        await using (var db = store.Db())
        {
            db.Dimensions.AddRange(added);
            Line(db, 19, 25, tagSet: set);
            await db.SaveChangesAsync();
        }
        Assert.Equal((25m, 125m), await Dollars("Team", new()));
        Assert.Equal((25m, 125m), await Dollars("Feature", new OwnerTagKeys { Feature = "CostCentre" }));
        Assert.Equal((0m, 125m), await Dollars("Application", new()));
        // Lines of Cost Explorer beside them still tell of the key that was asked for.
        Assert.Equal((40m, 125m), await Dollars("Feature", new()));

        async Task<(decimal?, decimal)> Dollars(string part, OwnerTagKeys keys)
        {
            var effect = await TryAsync(store, part, keys);
            return (effect.TaggedUsd, effect.BilledUsd);
        }
    }

    [Fact]
    public async Task Nothing_read_is_said_and_not_taken_for_nothing_there()
    {
        await using var store = await WriterStore.OpenAsync();
        var feature = await TryAsync(store, "Feature");
        Assert.Equal((TagActivation.NotRead, 0, 0m), (feature.Activation, feature.OfResources, feature.BilledUsd));
    }
}
