using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Usage of one day and price key that gets another price. The price has no number yet where gaps are filled from two.</summary>
internal sealed record PlannedUsage(RepricedUsage Usage, Price To);

/// <summary>Finds what a re-pricing touches and what it comes to. Preview and run are both this plan, so they cannot differ.</summary>
internal sealed class RepricingPlan(RepricingAsk ask, PriceFinder prices, Dimensions dimensions)
{
    private readonly Dictionary<(int Known, int Then), Price> _filled = [];
    private readonly HashSet<DateOnly> _withoutHours = [];

    public List<PlannedUsage> Usages { get; } = [];
    public int DaysWithoutHours => _withoutHours.Count;

    public async Task ReadAsync(LedgerDb db, IProgress<double>? progress, CancellationToken cancel)
    {
        var series = await UsageOfDay.SeriesAsync(db, cancel);
        var bounds = (First: await SlotAsync(db, "MIN", cancel), Last: await SlotAsync(db, "MAX", cancel));
        if (bounds.First is not { } first || bounds.Last is not { } last) return;
        var (from, to) = (ask.From > first ? ask.From : first, ask.To.AddDays(-1) < last ? ask.To.AddDays(-1) : last);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            Add(day, await UsageOfDay.ReadAsync(db, day, series, null, cancel));
            progress?.Report((double)(day.DayNumber - from.DayNumber + 1) / (to.DayNumber - from.DayNumber + 1));
        }
    }

    private void Add(DateOnly day, IReadOnlyList<SeriesDay> usage)
    {
        foreach (var group in usage.GroupBy(u => (Key: KeyOf(u.Key), From: prices.EffectiveId(u.Key, day.DayNumber))).OrderBy(g => g.Key.Key).ThenBy(g => g.Key.From))
        {
            if (Decide(day, group.First().Key, group.Key.From, group) is not { } to) continue;
            var hourly = group.Where(u => u.Hours.Count > 0).ToList();
            if (hourly.Count == 0)
            {
                _withoutHours.Add(day);
                continue;
            }
            var key = hourly[0].Key;
            Usages.Add(new PlannedUsage(new RepricedUsage
            {
                Day = day, AccountId = key.Account, RegionId = key.Region, ModelId = key.Model, Tier = key.Tier, Scope = key.Scope, Band = key.Band,
                FromPriceId = group.Key.From, ToPriceId = to.Id, Calls = hourly.Sum(u => u.Day!.Calls), Tokens = hourly.Sum(u => u.Day!.Tokens.Total),
                BeforeNanoUsd = hourly.Sum(u => u.Day!.CostNanoUsd),
                AfterNanoUsd = hourly.Sum(u => u.Hours.Sum(h => TokenCost.Of(h.Tokens, to).NanoUsd)),
            }, to));
        }
    }

    /// <summary>The price that usage gets, or null where it stays as it is.</summary>
    private Price? Decide(DateOnly day, CostKey key, int from, IEnumerable<SeriesDay> usage)
    {
        var model = dimensions.Name(key.Model);
        if (ask.Operation == RepricingOperation.Correct && ask.FromPriceId != 0)
            return from == ask.FromPriceId && prices.ById(ask.PriceId) is { } given && given.Model == model && given.Id != from ? given : null;
        var then = prices.Find(new ModelName(model, dimensions.Name(key.Provider), model, key.Scope, true), key.Tier, key.Band, dimensions.Name(key.Region), UtcTime.Start(day), dimensions.Name(key.Account));
        if (then is null || then.Id == from) return null;
        if (ask.Operation == RepricingOperation.Correct) return then.Id == ask.PriceId ? then : null;
        if (from == 0 || prices.ById(from) is not { } known) return from == 0 && usage.Any(u => TokenCounts.Kinds.Any(k => then[k] is not null && u.Day!.Tokens[k] > 0)) ? then : null;
        var isMissing = usage.Any(u => TokenCounts.Kinds.Any(k => known[k] is null && then[k] is not null && u.Day!.Tokens[k] > 0));
        return isMissing ? Filled(known, then) : null;
    }

    /// <summary>What was priced keeps its price; only the kinds without one get that of then.</summary>
    private Price Filled(Price known, Price then)
    {
        if (TokenCounts.Kinds.All(k => known[k] is null || known[k] == then[k])) return then;
        if (_filled.TryGetValue((known.Id, then.Id), out var filled)) return filled;
        var kinds = string.Join(", ", TokenCounts.Kinds.Where(k => known[k] is null && then[k] is not null));
        return _filled[(known.Id, then.Id)] = new Price
        {
            Model = known.Model, Provider = known.Provider, Tier = known.Tier, Scope = known.Scope, Region = known.Region, Band = known.Band, Account = known.Account,
            EffectiveFrom = known.EffectiveFrom, ReadOn = known.ReadOn, Source = PriceSource.Filled,
            Provenance = string.Create(CultureInfo.InvariantCulture, $"Price {known.Id} ({PriceText.Source(known.Source)}), {kinds} from price {then.Id} ({PriceText.Source(then.Source)})"),
            InputNanoUsd = known.InputNanoUsd ?? then.InputNanoUsd, CacheReadNanoUsd = known.CacheReadNanoUsd ?? then.CacheReadNanoUsd,
            CacheWrite5mNanoUsd = known.CacheWrite5mNanoUsd ?? then.CacheWrite5mNanoUsd, CacheWrite30mNanoUsd = known.CacheWrite30mNanoUsd ?? then.CacheWrite30mNanoUsd,
            CacheWrite1hNanoUsd = known.CacheWrite1hNanoUsd ?? then.CacheWrite1hNanoUsd, OutputNanoUsd = known.OutputNanoUsd ?? then.OutputNanoUsd,
        };
    }

    public RepricingPreview Preview()
    {
        var usages = Usages.Select(u => u.Usage).ToList();
        return new RepricingPreview(ask, usages.Select(u => u.Day).Distinct().Count(), usages.Sum(u => u.Calls), usages.Sum(u => u.Tokens),
            Money.ToUsd(usages.Sum(u => u.BeforeNanoUsd)), Money.ToUsd(usages.Sum(u => u.AfterNanoUsd)), Models(usages, dimensions),
            [.. usages.GroupBy(u => u.Day).OrderBy(g => g.Key).Select(g => Part(g, "", "", g.Key))], DaysWithoutHours);
    }

    internal static IReadOnlyList<RepricedPart> Models(IEnumerable<RepricedUsage> usages, Dimensions dimensions) =>
    [
        .. usages.GroupBy(u => u.ModelId).Select(g => Part(g, dimensions.Name(g.Key), dimensions.Label(g.Key), null))
            .OrderByDescending(p => Math.Abs(p.AfterUsd - p.BeforeUsd)).ThenBy(p => p.Model, StringComparer.Ordinal),
    ];

    private static RepricedPart Part(IEnumerable<RepricedUsage> usages, string model, string display, DateOnly? day)
    {
        var all = usages.ToList();
        return new RepricedPart(model, display, day, all.Sum(u => u.Calls), all.Sum(u => u.Tokens), Money.ToUsd(all.Sum(u => u.BeforeNanoUsd)), Money.ToUsd(all.Sum(u => u.AfterNanoUsd)));
    }

    internal static (int, int, int, int, int, int) KeyOf(in CostKey k) => (k.Account, k.Region, k.Model, (int)k.Tier, (int)k.Scope, (int)k.Band);

    private static async Task<DateOnly?> SlotAsync(LedgerDb db, string which, CancellationToken cancel) =>
        await StoredRows.NumberAsync(db, $"SELECT {which}(\"SlotUnixSeconds\") FROM cost_rollup WHERE \"Span\" = 2", cancel) is { } slot ? UtcTime.DayOfUnixMs(slot * 1000) : null;
}
