using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>What a read of the price list adds to the price table.</summary>
/// <param name="Contradictory">Prices that the list gives twice, differently; neither is used.</param>
internal sealed record PriceListAddition(IReadOnlyList<Price> Rows, int Contradictory);

/// <summary>
/// Compares a price list with the prices known from it before. A row is added where a price differs; rows are never changed, so what
/// calls were priced with stays. A list that dates a change back is believed only from the day after which it cannot have said
/// otherwise: the last day it was read.
/// </summary>
internal static class PriceListMerge
{
    /// <param name="known">Every row of source AWS price list.</param>
    /// <param name="lastRead">Day of the read before this one; null for the first.</param>
    internal static PriceListAddition Add(IEnumerable<ListedPrice> listed, IEnumerable<Price> known, DateOnly? lastRead, DateOnly today)
    {
        var byModel = known.Where(p => p.Source == PriceSource.AwsPriceList).ToLookup(p => p.Model);
        var rows = new List<Price>();
        var contradictory = 0;
        foreach (var group in listed.GroupBy(p => p.Key).OrderBy(g => g.Key.ToString(), StringComparer.Ordinal))
        {
            var ofRuntime = group.Where(p => !p.IsOfOtherEndpoint).ToList();
            var timeline = new SortedDictionary<DateOnly, List<ListedPrice>>();
            foreach (var price in (ofRuntime.Count > 0 ? ofRuntime : [.. group]).GroupBy(p => (p.Kind, p.From)))
            {
                if (price.Select(p => p.NanoUsd).Distinct().Count() > 1)
                {
                    contradictory++;
                    continue;
                }
                if (!timeline.TryGetValue(price.Key.From, out var day)) timeline[price.Key.From] = day = [];
                day.Add(price.First());
            }
            rows.AddRange(Rows(group.Key, timeline, History(group.Key, byModel), lastRead, today));
        }
        return new PriceListAddition(rows, contradictory);
    }

    /// <summary>Rows of the very key; where there are none, those of the same model that do not say how they are routed.</summary>
    private static List<Price> History(PriceKey key, ILookup<string, Price> byModel)
    {
        var same = byModel[key.Model].Where(p => p.Tier == key.Tier && p.Region == key.Region && p.Band == key.Band).ToList();
        var exact = same.Where(p => p.Scope == key.Scope).ToList();
        return exact.Count > 0 ? exact : [.. same.Where(p => p.Scope == ModelNames.RoutingScope.Unknown)];
    }

    private static IEnumerable<Price> Rows(
        PriceKey key, SortedDictionary<DateOnly, List<ListedPrice>> timeline, List<Price> history, DateOnly? lastRead, DateOnly today)
    {
        var listed = new Dictionary<TokenKind, ListedPrice>();
        var added = new Dictionary<DateOnly, Price>();
        foreach (var (from, prices) in timeline)
        {
            foreach (var price in prices) listed[price.Kind] = price;
            var known = At(history, from);
            if (known is not null && IsSaidBy(known, listed)) continue;
            var start = from;
            // A kind that is new contradicts nothing; another price for a known kind does.
            if (known is not null && listed.Any(l => known[l.Key] is { } old && old != l.Value.NanoUsd))
                foreach (var day in (ReadOnlySpan<DateOnly?>)[known.ReadOn, lastRead])
                    if (day > start && day <= today) start = day.Value;
            var atStart = start == from ? known : At(history, start);
            // A change dated back is listed with its old date ever after.
            if (start != from && atStart is not null && IsSaidBy(atStart, listed)) continue;
            var row = Row(key, listed, atStart, start, from, today);
            // What is told of a later day replaces what was just told of the same one.
            if (added.Remove(start, out var earlier)) history.Remove(earlier);
            added[start] = row;
            history.Add(row);
        }
        return added.Values.OrderBy(r => r.EffectiveFrom);
    }

    private static bool IsSaidBy(Price row, Dictionary<TokenKind, ListedPrice> listed) => listed.All(l => row[l.Key] == l.Value.NanoUsd);

    private static Price? At(List<Price> history, DateOnly day) => history.Where(p => p.EffectiveFrom is null || p.EffectiveFrom <= day)
        .OrderBy(p => p.EffectiveFrom ?? DateOnly.MinValue).ThenBy(p => p.ReadOn ?? DateOnly.MinValue).ThenBy(p => p.Id == 0 ? int.MaxValue : p.Id).LastOrDefault();

    private static Price Row(PriceKey key, Dictionary<TokenKind, ListedPrice> listed, Price? known, DateOnly start, DateOnly from, DateOnly today)
    {
        long? Of(TokenKind kind) => listed.TryGetValue(kind, out var price) ? price.NanoUsd : known?[kind];
        var kept = known is null ? [] : TokenCounts.Kinds.Where(k => !listed.ContainsKey(k) && known[k] is not null).ToList();
        var words = string.Join("; ", listed.Values.Select(p => p.Provenance).Distinct().Order(StringComparer.Ordinal));
        if (start != from) words += FormattableString.Invariant($"; AWS dates it {from:yyyy-MM-dd}, but still listed another price on {start:yyyy-MM-dd}");
        if (kept.Count > 0) words += $"; {string.Join(", ", kept)} as listed before";
        return new Price
        {
            Model = key.Model, Provider = key.Provider, Tier = key.Tier, Scope = key.Scope, Region = key.Region, Band = key.Band, EffectiveFrom = start,
            Source = PriceSource.AwsPriceList, ReadOn = today, Provenance = FormattableString.Invariant($"{words}; read {today:yyyy-MM-dd}"),
            InputNanoUsd = Of(TokenKind.Input), CacheReadNanoUsd = Of(TokenKind.CacheRead), CacheWrite5mNanoUsd = Of(TokenKind.CacheWrite5m),
            CacheWrite30mNanoUsd = Of(TokenKind.CacheWrite30m), CacheWrite1hNanoUsd = Of(TokenKind.CacheWrite1h), OutputNanoUsd = Of(TokenKind.Output),
        };
    }
}
