using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Stories;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Fifty random stories in the rollups of one store, each explained by the report: the named cause is the planted one.</summary>
public sealed class StoriesTests
{
    private const int Count = 50, LeastRight = 45;
    private static readonly DateTime Monday = new(2026, 10, 12, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_named_cause_is_the_planted_one_and_its_effect_within_five_percent()
    {
        await using var f = await LedgerFixture.CreateAsync(Monday.AddDays(40));
        var stories = StoryMaker.Make(Count, 4, Monday);
        await StoredStories.PutAsync(f, stories);
        var wrong = new List<string>();
        foreach (var story in stories)
        {
            var names = story.Hours.Select(h => h.Feature).Distinct().ToArray();
            var filter = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = names });
            var answer = await f.Get<ChangeReport>().ReadAsync(new ChangeQuery(story.From, story.To, null, null, filter));
            Assert.Equal(answer.ImpactUsd, answer.Effects.Sum(e => e.Usd));
            Assert.Equal(answer.ActualUsd, answer.Cells.Sum(c => c.ActualUsd));
            var first = answer.Effects[0];
            if (first.Factor != story.Cause.Factor || first.Feature != story.Cause.Feature || !IsWithin(first, story.Cause) || !IsSince(first, story.Cause))
                wrong.Add($"{story.Number}: planted {story.Cause}, named {first}");
        }
        Assert.True(Count - wrong.Count >= LeastRight, string.Join('\n', wrong));
    }

    private static bool IsWithin(EffectLine effect, PlantedCause cause) => cause.Factor switch
    {
        "new" => true,
        "cachedShare" => effect.To == 0,
        "retries" => Math.Abs((1 + effect.To!.Value) / (1 + effect.From!.Value) / cause.Times - 1) <= 0.05,
        _ => Math.Abs(effect.To!.Value / effect.From!.Value / cause.Times - 1) <= 0.05,
    };

    private static bool IsSince(EffectLine effect, PlantedCause cause) => cause.Factor is "cachedShare" or "new" || effect.Since == cause.Release;
}

/// <summary>Puts made hours of calls into both rollups.</summary>
internal static class StoredStories
{
    public static async Task PutAsync(LedgerFixture f, IReadOnlyList<MadeStory> stories)
    {
        await using var db = await f.OpenAsync();
        var provider = await f.DimensionAsync(DimensionKind.Provider, "anthropic");
        var account = await f.DimensionAsync(DimensionKind.Account, "111111111111");
        var region = await f.DimensionAsync(DimensionKind.Region, "us-east-1");
        var ids = new Dictionary<(DimensionKind, string), int>();
        var prices = new Dictionary<(string, decimal), int>();
        var series = new Dictionary<(int, int, int, int), int>();
        foreach (var hour in stories.SelectMany(s => s.Hours))
        {
            var (feature, model, release) = (await IdAsync(DimensionKind.Feature, hour.Feature), await IdAsync(DimensionKind.Model, hour.Model), await IdAsync(DimensionKind.Release, hour.Release));
            if (!prices.TryGetValue((hour.Model, hour.InputPrice), out var price))
            {
                prices[(hour.Model, hour.InputPrice)] = price = 900_000 + prices.Count;
                db.Prices.Add(new Price
                {
                    Id = price, Model = hour.Model, Provider = "anthropic", Source = PriceSource.Override,
                    InputNanoUsd = Money.ToNanoUsd(hour.InputPrice), CacheReadNanoUsd = Money.ToNanoUsd(hour.CacheReadPrice), OutputNanoUsd = Money.ToNanoUsd(hour.OutputPrice),
                });
            }
            if (!series.TryGetValue((feature, model, release, price), out var id))
            {
                series[(feature, model, release, price)] = id = series.Count + 1;
                db.CostSeries.Add(new CostSeries { Id = id, AccountId = account, RegionId = region, ProviderId = provider, ModelId = model, FeatureId = feature, ReleaseId = release, IsBillable = true, PriceId = price });
                db.UsageSeries.Add(new UsageSeries { Id = id, AccountId = account, RegionId = region, ProviderId = provider, ModelId = model, FeatureId = feature, ReleaseId = release });
            }
            var calls = hour.FirstCalls + hour.RetriedCalls;
            db.CostRollups.Add(new CostRollup
            {
                Span = RollupSpan.Hour, SlotUnixSeconds = UtcTime.ToUnixSeconds(hour.Hour), SeriesId = id, Calls = calls, RetriedCalls = hour.RetriedCalls,
                Input = hour.InputTokens, CacheRead = hour.CacheReadTokens, Output = hour.OutputTokens, EstimatedCostNanoUsd = Money.ToNanoUsd(hour.CostUsd),
            });
            db.UsageRollups.Add(new UsageRollup { Span = RollupSpan.Hour, SlotUnixSeconds = UtcTime.ToUnixSeconds(hour.Hour), SeriesId = id, Calls = calls, Requests = hour.Requests });
        }
        await db.SaveChangesAsync();
        await f.Get<PriceFinder>().LoadAsync();

        async Task<int> IdAsync(DimensionKind kind, string name)
        {
            if (!ids.TryGetValue((kind, name), out var id)) ids[(kind, name)] = id = await f.DimensionAsync(kind, name);
            return id;
        }
    }
}
