using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The watch over a store with three weeks of hours: what it opens, keeps, takes back and hands over.</summary>
public sealed class SpikeWatchTests : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 20, 0, DateTimeKind.Utc);
    private LedgerFixture _f = null!;
    private int _series;

    public async Task InitializeAsync()
    {
        _f = await LedgerFixture.CreateAsync(Noon);
        await using (var db = await _f.OpenAsync())
        {
            var (provider, account, model) = (await _f.DimensionAsync(DimensionKind.Provider, "anthropic"), await _f.DimensionAsync(DimensionKind.Account, "111111111111"), await _f.DimensionAsync(DimensionKind.Model, "m"));
            db.Prices.Add(new Price { Id = 900_001, Model = "m", Provider = "anthropic", Source = PriceSource.Override, InputNanoUsd = 3_000_000_000, OutputNanoUsd = 15_000_000_000 });
            foreach (var (feature, id) in new[] { ("steady", 1), ("wild", 2) })
            {
                var f = await _f.DimensionAsync(DimensionKind.Feature, feature);
                db.CostSeries.Add(new CostSeries { Id = id, AccountId = account, ProviderId = provider, ModelId = model, FeatureId = f, IsBillable = true, PriceId = 900_001 });
                db.UsageSeries.Add(new UsageSeries { Id = id, AccountId = account, ProviderId = provider, ModelId = model, FeatureId = f });
                for (var hour = Noon.Date.AddDays(-21); hour < Noon; hour = hour.AddHours(1)) Add(db, id, hour, 100);
            }
            await db.SaveChangesAsync();
        }
        _series = 2;
        await _f.Get<PriceFinder>().LoadAsync();
    }

    public async Task DisposeAsync() => await _f.DisposeAsync();

    // Each call: 20,000 prompt and 400 output tokens, 6.6 cents.
    private static void Add(LedgerDb db, int series, DateTime hour, int calls)
    {
        var slot = UtcTime.ToUnixSeconds(hour);
        db.CostRollups.Add(new CostRollup { Span = RollupSpan.Hour, SlotUnixSeconds = slot, SeriesId = series, Calls = calls, Input = calls * 20_000, Output = calls * 400, EstimatedCostNanoUsd = calls * 66_000_000L });
        db.UsageRollups.Add(new UsageRollup { Span = RollupSpan.Hour, SlotUnixSeconds = slot, SeriesId = series, Calls = calls, Requests = calls / 4 });
    }

    private async Task SetAsync(DateTime hour, int calls)
    {
        var slot = UtcTime.ToUnixSeconds(hour);
        await using var db = await _f.OpenAsync();
        await db.CostRollups.Where(r => r.SlotUnixSeconds == slot && r.SeriesId == _series).ExecuteDeleteAsync();
        await db.UsageRollups.Where(r => r.SlotUnixSeconds == slot && r.SeriesId == _series).ExecuteDeleteAsync();
        if (calls > 0) Add(db, _series, hour, calls);
        await db.SaveChangesAsync();
    }

    private Task<WatchOutcome> LookAsync() => _f.Get<SpikeWatch>().LookAsync();

    private async Task<List<Spike>> RowsAsync()
    {
        await using var db = await _f.OpenAsync();
        return await db.Spikes.AsNoTracking().OrderBy(s => s.Id).ToListAsync();
    }

    private static DateTime Hour(int hour, int daysAgo = 0) => Noon.Date.AddDays(-daysAgo).AddHours(hour);

    [Fact]
    public async Task A_usual_course_opens_nothing()
    {
        Assert.Equal(0, (await LookAsync()).Opened);
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task A_spike_is_one_incident_of_its_feature_with_its_sentence_and_a_second_look_changes_nothing()
    {
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h, daysAgo: 1), 500);
        Assert.Equal(1, (await LookAsync()).Opened);
        var item = Assert.Single(await _f.Get<SpikeList>().ReadAsync(Noon.AddDays(-30), Noon));
        Assert.Equal((SpikeScope.Feature, "wild", SpikeKind.Spike, false), (item.Scope, item.ScopeName, item.Kind, item.IsRunning));
        Assert.Equal((Hour(8, 1), Hour(11, 1)), (item.Start, item.End));
        // 400 calls more in each of three hours, 6.6 cents each.
        Assert.Equal(79.2m, item.ImpactUsd, 2);
        Assert.StartsWith("+$79.20 (×5.0). $79.20 (100 %): requests in wild went from 75 to 375", item.Sentence, StringComparison.Ordinal);
        Assert.All(await RowsAsync(), s => Assert.True(s.Scope == SpikeScope.Feature || s.PartOfId == item.Id));
        var versions = (await RowsAsync()).Select(s => s.Version).ToList();
        Assert.True((await LookAsync()).IsNothing);
        Assert.Equal(versions, (await RowsAsync()).Select(s => s.Version));
    }

    [Fact]
    public async Task A_running_spike_grows_with_the_hours_and_ends_after_three_normal_ones()
    {
        await SetAsync(Hour(12), 900);
        await LookAsync();
        var first = (await RowsAsync()).Single(s => s is { Scope: SpikeScope.Feature, Kind: SpikeKind.Spike });
        Assert.True(first.IsRunning);
        _f.Clock.Now = Noon.AddHours(1);
        await SetAsync(Hour(13), 900);
        await LookAsync();
        Assert.Equal((first.Id, Hour(14)), ((await RowsAsync()).Where(s => s is { Scope: SpikeScope.Feature, Kind: SpikeKind.Spike }).Select(s => (s.Id, s.End)).Single()));
        for (var h = 14; h <= 18; h++) await SetAsync(Hour(h), 100);
        _f.Clock.Now = Noon.AddHours(6);
        await LookAsync();
        var last = (await RowsAsync()).Single(s => s is { Scope: SpikeScope.Feature, Kind: SpikeKind.Spike });
        Assert.Equal((false, Hour(14)), (last.IsRunning, last.End));
        Assert.True(last.Version > first.Version && last.UpdatedAt > first.UpdatedAt);
    }

    [Fact]
    public async Task Late_data_takes_a_spike_back_unless_somebody_spoke_about_it()
    {
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h), 500);
        await LookAsync();
        var id = (await RowsAsync()).Single(s => s.Scope == SpikeScope.Feature).Id;
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h), 100);
        await LookAsync();
        Assert.True((await RowsAsync()).Single(s => s.Id == id).IsWithdrawn);
        Assert.Empty(await _f.Get<SpikeList>().ReadAsync(Noon.AddDays(-30), Noon.AddDays(1)));
        // Who was told of it finds it, and finds that it was taken back.
        Assert.True((await _f.Get<SpikeList>().OpenAsync(id))!.Spike.IsWithdrawn);

        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h), 500);
        await LookAsync();
        var spoken = (await RowsAsync()).Single(s => s.Scope == SpikeScope.Feature && !s.IsWithdrawn).Id;
        await _f.Get<SpikeDesk>().SetStatusAsync(spoken, SpikeStatus.Acknowledged, "Ada");
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h), 100);
        await LookAsync();
        var kept = (await RowsAsync()).Single(s => s.Id == spoken);
        Assert.Equal((false, false, SpikeStatus.Acknowledged), (kept.IsWithdrawn, kept.IsRunning, kept.Status));
    }

    // Three same hours of earlier weeks are known: 100, 100 and 500 calls, each of 6.6 cents.
    [Fact]
    public async Task Hours_inside_another_spike_are_no_baseline_unless_it_was_expected()
    {
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h).AddDays(-7), 500);
        await LookAsync();
        var spike = (await RowsAsync()).Single(s => s.Scope == SpikeScope.Feature);
        var query = new ChangeQuery(Hour(8), Hour(11), null, null, new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = ["wild"] }));
        Assert.Equal(19.8m, (await _f.Get<ChangeReport>().ReadAsync(query)).BaselineUsd);
        Assert.Equal(46.2m, (await _f.Get<ChangeReport>().ReadAsync(query with { ForSpike = spike.Id })).BaselineUsd);
        await _f.Get<SpikeDesk>().SetStatusAsync(spike.Id, SpikeStatus.Expected, "Ada");
        Assert.Equal(46.2m, (await _f.Get<ChangeReport>().ReadAsync(query)).BaselineUsd);
    }

    [Fact]
    public async Task Silence_is_a_drop_and_the_feeds_are_named_first()
    {
        await using (var db = await _f.OpenAsync())
        {
            var (from, to) = (UtcTime.ToUnixSeconds(Hour(2)), UtcTime.ToUnixSeconds(Hour(9)));
            await db.CostRollups.Where(r => r.SlotUnixSeconds >= from && r.SlotUnixSeconds < to).ExecuteDeleteAsync();
        }
        await LookAsync();
        var drops = await _f.Get<SpikeList>().ReadAsync(Noon.AddDays(-2), Noon);
        Assert.Equal(["steady", "wild"], drops.Select(d => d.ScopeName).Order());
        Assert.All(drops, d => Assert.StartsWith("No call of any feature arrived in this time", d.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_set_status_owner_and_comments_and_readers_see_what_changed()
    {
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h), 500);
        await LookAsync();
        var (list, desk) = (_f.Get<SpikeList>(), _f.Get<SpikeDesk>());
        var id = (await RowsAsync()).Single(s => s.Scope == SpikeScope.Feature).Id;
        Assert.Equal(1, await list.CountOpenAsync());
        var since = _f.Clock.Now;
        _f.Clock.Now = Noon.AddMinutes(5);
        Assert.True(await desk.SetStatusAsync(id, SpikeStatus.Acknowledged, "priya"));
        Assert.True(await desk.AssignAsync(id, " Team Billing "));
        await desk.CommentAsync(id, "Rolled back.", "priya");
        Assert.False(await desk.SetStatusAsync(99_999, SpikeStatus.Resolved, "priya"));
        var detail = (await list.OpenAsync(id))!;
        Assert.Equal((SpikeStatus.Acknowledged, "priya", "Team Billing"), (detail.Spike.Status, detail.Spike.StatusBy, detail.Spike.Owner));
        Assert.Equal("Rolled back.", Assert.Single(detail.Comments).Text);
        Assert.Equal(id, Assert.Single(await list.ChangedSinceAsync(since)).Id);
        Assert.Equal(0, await list.CountOpenAsync());
        // The watch leaves what people said.
        await SetAsync(Hour(11), 500);
        await LookAsync();
        Assert.Equal((SpikeStatus.Acknowledged, "Team Billing"), (await RowsAsync()).Where(s => s.Id == id).Select(s => (s.Status, s.Owner)).Single());
    }

    [Fact]
    public async Task A_replay_counts_what_other_thresholds_would_have_raised()
    {
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h, daysAgo: 4), 500);
        for (var h = 8; h <= 10; h++) await SetAsync(Hour(h, daysAgo: 1), 300);
        var desk = _f.Get<SpikeDesk>();
        Assert.Equal(2, (await desk.ReplayAsync(null)).Count);
        var dear = SpikeThresholds.Default(SpikeScope.Feature);
        dear.FloorNanoUsdPerHour = Money.ToNanoUsd(20);
        dear.FloorTokensPerHour = 5_000_000_000;
        var features = (await desk.ReplayAsync(dear)).Where(s => s.Scope == SpikeScope.Feature).ToList();
        Assert.Equal(Hour(8, 4), Assert.Single(features).Start);
        await desk.SetThresholdAsync(dear, "priya");
        await LookAsync();
        Assert.Single((await RowsAsync()), s => s.Scope == SpikeScope.Feature);
    }
}
