using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Reads the price book that ships with the portal (<c>prices.json</c>: list prices with source and date) into price rows.</summary>
public static class PriceBookReader
{
    /// <summary>The shipped rows, in the order of the book.</summary>
    public static IReadOnlyList<Price> ReadShipped()
    {
        using var stream = Open();
        using var book = JsonDocument.Parse(stream);
        return Read(book.RootElement);
    }

    /// <summary>Hash of the shipped book; changes when the book does.</summary>
    public static string ShippedHash()
    {
        using var stream = Open();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Prompt tokens above which a model's long band begins, by canonical id; models without one are absent.</summary>
    public static IReadOnlyDictionary<string, int> LongBandStarts()
    {
        using var stream = Open();
        using var book = JsonDocument.Parse(stream);
        var starts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in book.RootElement.GetProperty("prices").EnumerateArray())
            if (row.TryGetProperty("longOver", out var over)) starts[ModelNameReader.Read(Text(row, "model")).Canonical] = over.GetInt32();
        return starts;
    }

    internal static IReadOnlyList<Price> Read(JsonElement book)
    {
        var sources = book.GetProperty("sources");
        var prices = new List<Price>();
        foreach (var row in book.GetProperty("prices").EnumerateArray())
        {
            var model = ModelNameReader.Read(Text(row, "model"));
            var source = Text(row, "source")!;
            var read = Day(row, "read");
            prices.Add(new Price
            {
                Model = model.Canonical,
                Provider = model.Provider,
                Tier = Word(row, "tier", ServiceTier.Standard),
                Scope = Word(row, "scope", RoutingScope.Unknown),
                Region = Text(row, "region") ?? "",
                Band = Word(row, "band", ContextBand.Normal),
                EffectiveFrom = Day(row, "from"),
                Source = source switch
                {
                    "aws-price-list" => PriceSource.AwsPriceList,
                    "aws-quote" => PriceSource.AwsQuote,
                    "derived" => PriceSource.Derived,
                    _ => PriceSource.PublicList,
                },
                Provenance = string.Create(CultureInfo.InvariantCulture, $"{sources.GetProperty(source).GetString()}, read {read:yyyy-MM-dd}{(Text(row, "note") is { } note ? "; " + note : "")}"),
                ReadOn = read,
                InputNanoUsd = Money(row, "input"),
                CacheReadNanoUsd = Money(row, "cacheRead"),
                CacheWrite5mNanoUsd = Money(row, "cacheWrite5m"),
                CacheWrite30mNanoUsd = Money(row, "cacheWrite30m"),
                CacheWrite1hNanoUsd = Money(row, "cacheWrite1h"),
                OutputNanoUsd = Money(row, "output"),
            });
        }
        return prices;
    }

    private static Stream Open() => typeof(PriceBookReader).Assembly.GetManifestResourceStream("prices.json")!;

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DateOnly? Day(JsonElement row, string name) =>
        Text(row, name) is { } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static T Word<T>(JsonElement row, string name, T otherwise) where T : struct, Enum =>
        Text(row, name) is { } text ? Enum.Parse<T>(text, ignoreCase: true) : otherwise;

    private static long? Money(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? Costs.Money.ToNanoUsd(value.GetDecimal()) : null;
}
