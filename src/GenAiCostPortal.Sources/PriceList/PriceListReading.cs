using System.Globalization;
using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.PriceList;

/// <summary>A product that is about tokens of a model: what its price will be the price of.</summary>
internal sealed record TokenProduct(PriceKey Key, TokenKind Kind, bool IsOfOtherEndpoint, string UsageType, string Offer);

/// <summary>
/// Turns products and their prices into listed prices. What a product means is read from its usage type, as on the bill; nothing is
/// guessed: what is not understood is counted and named.
/// </summary>
/// <param name="known">Prices known already: a unit that would make a price a hundred times off is not believed.</param>
internal sealed partial class PriceListReading(IEnumerable<Price> known)
{
    public const string FoundationModels = "AmazonBedrockFoundationModels";
    private const int MostNamed = 3;
    private readonly Dictionary<(string Model, TokenKind Kind), (long Least, long Most)> _known = Range(known);
    private readonly SortedDictionary<string, SortedSet<string>> _unused = new(StringComparer.Ordinal);

    public List<ListedPrice> Prices { get; } = [];
    public int Products { get; private set; }
    /// <summary>Products that are understood and not about tokens: images, hours, units of guardrails.</summary>
    public int Others { get; private set; }
    public int Unused => _unused.Values.Sum(u => u.Count);

    /// <summary>What was not used and why, with examples: <c>2 unknown usage types (USE1-X, USE1-Y)</c>.</summary>
    public string UnusedWords => string.Join("; ", _unused.Select(u => string.Create(CultureInfo.InvariantCulture,
        $"{u.Value.Count} {u.Key} ({string.Join(", ", u.Value.Take(MostNamed))}{(u.Value.Count > MostNamed ? " …" : "")})")));

    /// <summary>What a product's price will be for; null when it is not about tokens of a known model.</summary>
    public TokenProduct? Read(OfferProduct product)
    {
        Products++;
        if (IsOfAnotherKind(product))
        {
            Others++;
            return null;
        }
        var meaning = UsageTypeClassifier.Read(product.Offer == FoundationModels ? product.ServiceName : "Amazon Bedrock", product.UsageType);
        if (!meaning.IsUnderstood) return No("unknown usage types", product.UsageType);
        if (meaning.Kind is not { } kind)
        {
            Others++;
            return null;
        }
        if (meaning.Model is not { IsResolved: true } model) return No("unknown models", product.Offer == FoundationModels ? product.ServiceName : product.UsageType);
        if (TierOf(product, meaning.Tier) is not { } tier) return No("unclear tiers", product.UsageType);
        var region = product.Region.Length > 0 ? product.Region : meaning.Region;
        if (region.Length == 0) return No("without a region", product.UsageType);
        return new TokenProduct(new PriceKey(model.Canonical, model.Provider, tier, meaning.Scope, region, meaning.Band), kind,
            product.UsageType.Contains("mantle", StringComparison.OrdinalIgnoreCase), product.UsageType, product.Offer);
    }

    /// <summary>Takes a price of a product.</summary>
    /// <param name="published">When the list was published; null when it does not say.</param>
    public void Add(TokenProduct product, OfferPrice price, DateOnly? published)
    {
        if (price.Usd is not { } usd) No("not in USD", product.UsageType);
        else if (price.IsGraded) No("graded by volume", product.UsageType);
        // Writing to the cache is free with some models; free tokens are a promotion at best.
        else if (usd < 0 || usd == 0 && product.Kind is not (TokenKind.CacheWrite5m or TokenKind.CacheWrite30m or TokenKind.CacheWrite1h)) No("without a price", product.UsageType);
        else if (TokensOf(product.Offer, price.Unit) is not { } tokens) No("unknown units", price.Unit.Length > 0 ? price.Unit : "no unit");
        else
        {
            var nanoUsd = Money.ToNanoUsd(usd * 1_000_000m / tokens);
            if (IsFarOff(product, nanoUsd)) No("a hundred times off what is known", product.UsageType);
            else Prices.Add(new ListedPrice(product.Key, product.Kind, nanoUsd, price.From, product.IsOfOtherEndpoint,
                published is { } day ? FormattableString.Invariant($"AWS price list {product.Offer} of {day:yyyy-MM-dd}") : $"AWS price list {product.Offer}"));
        }
    }

    // Marketplace lists bare "Units"; for tokens they are millions.
    private static long? TokensOf(string offer, string unit) =>
        UsageTypeClassifier.TokensPerUnit(unit) ?? (offer == FoundationModels && unit.Equals("Units", StringComparison.OrdinalIgnoreCase) ? 1_000_000 : null);

    private bool IsFarOff(TokenProduct product, long nanoUsd) =>
        nanoUsd > 0 && _known.TryGetValue((product.Key.Model, product.Kind), out var range) && (nanoUsd < range.Least / 100 || nanoUsd / 100 > range.Most);

    /// <summary>Fine-tuned copies, capacity and old listings by context length share usage types with the model itself but have rates of their own.</summary>
    private static bool IsOfAnotherKind(OfferProduct product) =>
        OtherFeature().IsMatch(product.Feature) || OtherUsage().IsMatch(product.UsageType) || OldListing().IsMatch(product.ServiceName);

    /// <summary>AWS tells the tier in the usage type or in one of three attributes; null when they disagree.</summary>
    private static ServiceTier? TierOf(OfferProduct product, ServiceTier ofUsageType)
    {
        var told = new List<ServiceTier>();
        foreach (var text in new[] { product.Tier, product.Feature, product.InferenceType })
            if (Tier().Match(text) is { Success: true } word) told.Add(Enum.Parse<ServiceTier>(word.Value, ignoreCase: true));
        if (ofUsageType != ServiceTier.Standard) told.Add(ofUsageType);
        return told.Distinct().ToList() switch { [] => ServiceTier.Standard, [var tier] => tier, _ => null };
    }

    private TokenProduct? No(string why, string what)
    {
        if (!_unused.TryGetValue(why, out var named)) _unused[why] = named = new SortedSet<string>(StringComparer.Ordinal);
        named.Add(what);
        return null;
    }

    private static Dictionary<(string, TokenKind), (long, long)> Range(IEnumerable<Price> known)
    {
        var range = new Dictionary<(string Model, TokenKind Kind), (long Least, long Most)>();
        foreach (var price in known)
            foreach (var kind in TokenCounts.Kinds)
                if (price[kind] is > 0 and { } nano)
                    range[(price.Model, kind)] = range.TryGetValue((price.Model, kind), out var r) ? (Math.Min(r.Least, nano), Math.Max(r.Most, nano)) : (nano, nano);
        return range;
    }

    [GeneratedRegex("^(model customi[sz]ation|custom model|provisioned|reserved)", RegexOptions.IgnoreCase)]
    private static partial Regex OtherFeature();

    [GeneratedRegex("(custom-?model|model-?customi[sz]ation|customi[sz]ation|-rft-)", RegexOptions.IgnoreCase)]
    private static partial Regex OtherUsage();

    [GeneratedRegex(@"\(\d+\s*K\)", RegexOptions.IgnoreCase)]
    private static partial Regex OldListing();

    [GeneratedRegex(@"\b(batch|flex|priority)", RegexOptions.IgnoreCase)]
    private static partial Regex Tier();
}
