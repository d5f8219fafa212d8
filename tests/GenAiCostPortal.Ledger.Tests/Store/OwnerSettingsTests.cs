using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

public sealed class OwnerSettingsTests
{
    private static readonly OwnerKeys ByTenant = new() { FeatureAttributes = ["app.tenant", "app.feature"] };

    private static Span[] Trace(ulong id, string tenant) =>
    [
        MadeTrace.Root(id) with { Attributes = MadeTrace.Attributes(("app.feature", "search"), ("app.tenant", tenant)) },
        MadeTrace.Call(id, 2, 1, 100, 900), MadeTrace.Call(id, 3, 1, 1_000, 1_500),
    ];

    [Fact]
    public async Task A_trial_says_what_other_keys_would_change_and_changes_nothing()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync([.. Trace(1, "north"), .. Trace(2, "south"), MadeTrace.Root(3), MadeTrace.Call(3, 2, 1, 100, 200)]);
        var before = store.Content();

        var trial = await store.Get<OwnerPreview>().TryAsync(ByTenant);

        var feature = trial.Effects.Single(e => e.Part == "Feature");
        Assert.Equal((5, 5, 5), (trial.Calls, feature.NamedNow, feature.NamedThen));
        Assert.Equal([("search", 5, 1), ("north", 0, 2), ("south", 0, 2)], feature.Values);
        Assert.Equal(("app.tenant", 2), trial.Attributes.Where(a => a.Key == "app.tenant").Select(a => (a.Key, a.Spans)).Single());
        Assert.Equal(before, store.Content());
    }

    [Fact]
    public async Task Set_keys_hold_for_new_calls_and_after_a_restart_and_stored_calls_follow_when_asked()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Trace(1, "north"));
        var settings = store.Get<OwnerSettings>();
        await settings.SaveAsync(ByTenant);
        await store.WriteAsync(Trace(2, "south"));
        Assert.Equal(["search|2", "south|2"], Features(store));

        Assert.Equal(2, await store.Get<OwnerReading>().ReadAnewAsync(new Progress<double>()));
        Assert.Equal(["north|2", "south|2"], Features(store));
        Assert.Equal(store.Number("SELECT SUM(Calls) FROM usage_rollup WHERE Span=2"), store.Number("SELECT COUNT(*) FROM call"));

        var restarted = new OwnerKeys();
        var after = new OwnerSettings(store.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<LedgerDb>>(), store.Get<WriteGate>(), restarted, store.Get<LedgerChanges>());
        await after.LoadAsync();
        Assert.True(after.IsSet);
        Assert.Equal(ByTenant.FeatureAttributes, restarted.FeatureAttributes);
        await after.ResetAsync();
        Assert.Equal(new OwnerKeys().FeatureAttributes, restarted.FeatureAttributes);
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM store_fact WHERE Name='owners.keys'"));
    }

    [Fact]
    public async Task Keys_that_cannot_work_are_refused_in_words()
    {
        await using var store = await WriterStore.OpenAsync();
        Assert.Contains("at least one attribute", OwnerSettings.Mistake(new OwnerKeys { FeatureAttributes = [] }), StringComparison.Ordinal);
        Assert.Contains("At most", OwnerSettings.Mistake(new OwnerKeys { TeamAttributes = [.. Enumerable.Range(0, 21).Select(i => "a" + i)] }), StringComparison.Ordinal);
        Assert.Contains("1 to 128", OwnerSettings.Mistake(new OwnerKeys { TagKeys = new OwnerTagKeys { Team = "" } }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => store.Get<OwnerSettings>().SaveAsync(new OwnerKeys { FeatureAttributes = [] }));
    }

    private static List<string> Features(WriterStore store) => store.Read(
        "SELECT d.Name,SUM(u.Calls) FROM usage_rollup u JOIN usage_series s ON s.Id=u.SeriesId JOIN dimension d ON d.Id=s.FeatureId WHERE u.Span=2 AND u.Calls>0 GROUP BY d.Name ORDER BY d.Name");
}
