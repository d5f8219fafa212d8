using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Prices;

/// <summary>Prices and their keys as people read them.</summary>
public static class PriceWords
{
    /// <summary>USD per million tokens with at least two decimals; a kind without a price is empty.</summary>
    public static string Usd(long? nanoUsd) => nanoUsd is { } nano ? "$" + Money.ToUsd(nano).ToString("#,##0.00#######", CultureInfo.InvariantCulture) : "";

    /// <summary>How an own price stands to the list price of the same kind: <c>−12 % on $3.00</c>; empty without one or where they are the same.</summary>
    public static string Difference(PriceRow row, TokenKind kind)
    {
        if (row.Price[kind] is not { } own || row.List?[kind] is not { } list || own == list) return "";
        var change = NumberText.Change(own, list);
        return change.Length == 0 ? $"list {Usd(list)}" : $"{change} on {Usd(list)}";
    }

    /// <summary>A rate off the bill: cents and what digits it needs, five at most that say something.</summary>
    public static string Rate(long nanoUsd)
    {
        var usd = Money.ToUsd(nanoUsd);
        return "$" + Math.Round(usd, usd >= 1 ? 4 : 6).ToString("#,##0.00####", CultureInfo.InvariantCulture);
    }

    /// <summary>How a rate stands to a price, from 0.05 % on: <c>−10.0 %</c>; empty where they are the same or cannot be compared.</summary>
    public static string LearntDifference(decimal? share) =>
        share is not { } s || Math.Abs(s) < 0.0005m ? "" : (s > 0 ? "+" : "") + NumberText.Share(s);

    public static string Tier(ServiceTier tier) => tier switch
    {
        ServiceTier.LatencyOptimised => "latency-optimised",
        _ => tier.ToString().ToLowerInvariant(),
    };

    public static string Routing(RoutingScope scope) => scope switch
    {
        RoutingScope.InRegion => "in region",
        RoutingScope.Geographic => "geographic",
        RoutingScope.Global => "global",
        _ => "any",
    };

    public static string Region(string region) => region.Length == 0 ? "any" : region;

    public static string Since(DateOnly? from) => from is { } day ? day.ToString("d MMM yyyy", CultureInfo.InvariantCulture) : "not known";

    /// <summary>Source and the day it was read.</summary>
    public static string Source(Price price) => Short(price.Source) + (price.ReadOn is { } day ? $", {(price.Source == PriceSource.Override ? "entered" : "read")} {day.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}" : "");

    private static string Short(PriceSource source) => source switch
    {
        PriceSource.PublicList => "public list",
        PriceSource.Derived => "derived",
        PriceSource.Override => "own",
        _ => PriceText.Source(source),
    };

    public static string Why(UnpricedModel model) => model.Problem.Length > 0 ? model.Problem
        : model.Model.Length == 0 ? "the calls name no model"
        : ProfileModels.IsProfile(model.Model) ? "an application inference profile; Bedrock has not told its model"
        : "no list has such a name";
}
