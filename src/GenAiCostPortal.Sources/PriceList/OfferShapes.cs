using System.Globalization;
using System.Text.Json;

namespace GenAiCostPortal.Sources.PriceList;

/// <summary>A product of a price list, as far as prices of tokens are told from it.</summary>
internal sealed record OfferProduct(string Offer, string Sku, string UsageType, string ServiceName, string Region, string Tier, string Feature, string InferenceType)
{
    /// <summary>Reads <c>{"sku","attributes":{…}}</c>, the same in the API's items and in the files.</summary>
    public static OfferProduct Read(string offer, JsonElement product)
    {
        var attributes = product.TryGetProperty("attributes", out var found) ? found : default;
        return new OfferProduct(offer, Text(product, "sku"), Text(attributes, "usagetype"), Text(attributes, "servicename"), Text(attributes, "regionCode"),
            Text(attributes, "service_tier"), Text(attributes, "feature"), Text(attributes, "inferenceType"));
    }

    private static string Text(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
}

/// <summary>A price of a product.</summary>
/// <param name="Usd">Null when it is in another currency or not a number.</param>
/// <param name="IsGraded">It depends on how much is used.</param>
internal sealed record OfferPrice(DateOnly From, string Unit, decimal? Usd, bool IsGraded)
{
    /// <summary>Reads the on-demand terms of one product: <c>{"SKU.TERM":{"effectiveDate","priceDimensions":{…}}}</c>.</summary>
    public static IEnumerable<OfferPrice> Read(JsonElement terms)
    {
        if (terms.ValueKind != JsonValueKind.Object) yield break;
        foreach (var term in terms.EnumerateObject())
        {
            if (!term.Value.TryGetProperty("effectiveDate", out var date) || !date.TryGetDateTimeOffset(out var from)) continue;
            if (!term.Value.TryGetProperty("priceDimensions", out var dimensions) || dimensions.ValueKind != JsonValueKind.Object) continue;
            var prices = dimensions.EnumerateObject().Select(d => d.Value).ToList();
            foreach (var price in prices)
                yield return new OfferPrice(DateOnly.FromDateTime(from.UtcDateTime), price.TryGetProperty("unit", out var unit) ? unit.GetString() ?? "" : "", AmountOf(price), prices.Count > 1);
        }
    }

    private static decimal? AmountOf(JsonElement price) =>
        price.TryGetProperty("pricePerUnit", out var amounts) && amounts.TryGetProperty("USD", out var usd) && usd.ValueKind == JsonValueKind.String
            && decimal.TryParse(usd.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}

internal sealed record PriceFilter(string Field, string Value, string Type = "TERM_MATCH");

internal sealed record GetProductsRequest(string ServiceCode, IReadOnlyList<PriceFilter> Filters, string? NextToken, int MaxResults = 100, string FormatVersion = "aws_v1");

internal sealed record GetProductsResponse
{
    /// <summary>Each is a JSON text of its own.</summary>
    public IReadOnlyList<string> PriceList { get; init; } = [];
    public string? NextToken { get; init; }
}
