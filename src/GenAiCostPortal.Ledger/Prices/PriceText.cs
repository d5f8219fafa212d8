using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>A price in a sentence: what it is and where it comes from.</summary>
public static class PriceText
{
    /// <summary>"$3.00 in · $15.00 out per 1 M tokens, AWS price list, from 1 Aug 2026"; empty for no price.</summary>
    public static string Of(Price? price)
    {
        if (price is null) return "";
        var parts = new List<string>();
        if (price[TokenKind.Input] is { } input) parts.Add(Usd(input) + " in");
        if (price[TokenKind.Output] is { } output) parts.Add(Usd(output) + " out");
        if (parts.Count == 0) parts.AddRange(TokenCounts.Kinds.Where(k => price[k] is not null).Select(k => $"{Usd(price[k]!.Value)} {k}"));
        if (parts.Count == 0) return "";
        var since = price.EffectiveFrom is { } from ? ", from " + from.ToString("d MMM yyyy", CultureInfo.InvariantCulture) : ", start not known";
        return $"{string.Join(" · ", parts)} per 1 M tokens, {Source(price.Source)}{since}";
    }

    /// <summary>Where a price comes from, in words.</summary>
    public static string Source(PriceSource source) => source switch
    {
        PriceSource.AwsPriceList => "AWS price list",
        PriceSource.AwsQuote => "AWS pricing page",
        PriceSource.PublicList => "public price list",
        PriceSource.Derived => "derived from other prices",
        PriceSource.Override => "own price",
        PriceSource.Learnt => "learnt from the bill",
        PriceSource.Filled => "completed afterwards",
        _ => "unknown source",
    };

    /// <summary>At least two decimals, more where the price has them.</summary>
    private static string Usd(long nanoUsd) => "$" + Money.ToUsd(nanoUsd).ToString("0.00#######", CultureInfo.InvariantCulture);
}
