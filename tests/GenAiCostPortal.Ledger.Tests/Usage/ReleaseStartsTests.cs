using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class ReleaseStartsTests
{
    private static readonly DateTime From = new(2026, 11, 10, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime To = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    private static async Task AddAsync(LedgerFixture f, int series, string feature, string release, params DateTime[] hours)
    {
        var (featureId, releaseId) = (await f.DimensionAsync(DimensionKind.Feature, feature), release.Length == 0 ? 0 : await f.DimensionAsync(DimensionKind.Release, release));
        await using var db = await f.OpenAsync();
        db.UsageSeries.Add(new UsageSeries { Id = series, FeatureId = featureId, ReleaseId = releaseId });
        foreach (var hour in hours) db.UsageRollups.Add(new UsageRollup { Span = RollupSpan.Hour, SlotUnixSeconds = UtcTime.ToUnixSeconds(hour), SeriesId = series, Calls = 5 });
        foreach (var day in hours.GroupBy(h => h.Date)) db.UsageRollups.Add(new UsageRollup { Span = RollupSpan.Day, SlotUnixSeconds = UtcTime.ToUnixSeconds(day.Key), SeriesId = series, Calls = 5 * day.Count() });
        await db.SaveChangesAsync();
    }

    private static async Task<string> ReadAsync(LedgerFixture f, SpendFilter? filter = null) => string.Join("; ",
        (await f.Get<ReleaseStarts>().ReadAsync(From, To, filter ?? SpendFilter.None)).Select(s => FormattableString.Invariant($"{s.Feature} {s.Release} {s.At:MM-dd HH}")));

    [Fact]
    public async Task A_release_begins_where_it_is_first_seen_to_the_hour()
    {
        await using var f = await LedgerFixture.CreateAsync();
        await AddAsync(f, 1, "contract-summary", "2.4.0", From.AddDays(-3), From.AddDays(8));
        await AddAsync(f, 2, "contract-summary", "2.4.1", From.AddDays(7).AddHours(9), From.AddDays(7).AddHours(10), From.AddDays(8));
        await AddAsync(f, 3, "search", "7", From.AddDays(-20), From.AddDays(2));
        Assert.Equal("contract-summary 2.4.1 11-17 09", await ReadAsync(f));
        var search = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = ["search"] });
        Assert.Equal("", await ReadAsync(f, search));
    }

    // What was there before cannot be told from what is new, so the first release of a new feature is no change of it.
    [Fact]
    public async Task A_new_feature_and_calls_without_a_release_are_no_release_start()
    {
        await using var f = await LedgerFixture.CreateAsync();
        await AddAsync(f, 1, "new-feature", "1.0", From.AddDays(3));
        await AddAsync(f, 2, "search", "", From.AddDays(-3), From.AddDays(4));
        await AddAsync(f, 3, "search", "8", From.AddDays(5).AddHours(23));
        Assert.Equal("search 8 11-15 23", await ReadAsync(f));
    }
}
