using GenAiCostPortal.Api;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;

namespace GenAiCostPortal.Pages.Prices;

/// <summary>Which rows of the book are shown.</summary>
public enum PricesShown { InUse, All, Own }

/// <summary>The price book as an address asks for it.</summary>
/// <param name="Matching">Rows that match search and filters; the first <see cref="MostRows"/> are shown.</param>
public sealed record PricePicture(PortalUrl Url, PriceBookAnswer Book, PricesShown Shown, IReadOnlyList<PriceRow> Matching, bool MayEdit)
{
    public const int MostRows = 150;
    public const string Text = "text", Show = "show", TierWord = "tier", History = "history", Add = "add", TabWord = "tab", RatesOf = "rates", PriceWord = "price";

    public PricesTab Tab => Url[TabWord] switch { "repricing" => PricesTab.Repricing, "accuracy" => PricesTab.Accuracy, _ => PricesTab.Book };

    /// <summary>What bills showed for the price that is asked for; null when none is.</summary>
    public LearntHistory? Rates { get; init; }
    public IReadOnlyList<RepricingRow> Repricings { get; init; } = [];
    public AccuracyAnswer? Accuracy { get; init; }

    public IReadOnlyList<UnpricedModel> WithoutPrice => [.. Book.Unpriced.Where(u => u.IsMatched)];
    public IReadOnlyList<UnpricedModel> NeverMatched => [.. Book.Unpriced.Where(u => !u.IsMatched)];

    /// <summary>Profiles that Bedrock would not explain and that no call has used yet.</summary>
    public IReadOnlyList<UnknownProfile> UnusedProfiles => [.. Book.Profiles.Where(p => Book.Unpriced.All(u => u.Model != p.Arn))];

    public ServiceTier? Tier => TierOf(Url);
    public bool HasHistory => Url[History] == "true";

    public static PricePicture Of(PortalUrl url, PriceBookAnswer book, bool mayEdit)
    {
        var shown = url[Show] switch { "all" => PricesShown.All, "own" => PricesShown.Own, "inuse" => PricesShown.InUse, _ => book.Rows.Any(r => r.CallsLately > 0) && string.IsNullOrEmpty(url[Text]) ? PricesShown.InUse : PricesShown.All };
        var tier = TierOf(url);
        var rows = book.Rows.Where(r => shown switch { PricesShown.Own => r.IsOwn, PricesShown.InUse => r.CallsLately > 0, _ => true })
            .Where(r => tier is null || r.Price.Tier == tier).Where(r => !r.IsPast || url[History] == "true").Where(r => PricesApi.Matches(r.Price.Model, r.Display, url[Text]));
        return new PricePicture(url, book, shown, [.. rows], mayEdit);
    }

    private static ServiceTier? TierOf(PortalUrl url) => Enum.TryParse<ServiceTier>(url[TierWord], ignoreCase: true, out var tier) && Enum.IsDefined(tier) ? tier : null;
}
