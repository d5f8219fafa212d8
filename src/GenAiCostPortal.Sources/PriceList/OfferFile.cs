using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.PriceList;

/// <summary>
/// Reads an offer file as it comes, entry by entry, so that memory holds one product or price at a time whatever the file's size:
/// <c>{"publicationDate", "products":{SKU:{…}}, "terms":{"OnDemand":{SKU:{…}}}}</c>. Products come before the terms that price them.
/// </summary>
/// <param name="onProduct">SKU and product.</param>
/// <param name="onTerms">SKU, its on-demand terms, and when the file was published.</param>
internal sealed class OfferFile(Action<JsonElement> onProduct, Action<string, JsonElement, DateOnly?> onTerms)
{
    private const int FirstBytes = 64 * 1024;
    private const int MostBytesOfAnEntry = 4 * 1024 * 1024;
    private readonly string[] _path = new string[4];
    private JsonReaderState _state;
    private DateOnly? _published;
    private bool _hasProducts;

    /// <summary>Reads to the end.</summary>
    /// <exception cref="AwsRefusedException">It is no offer file, or breaks off.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken cancel)
    {
        var buffer = new byte[FirstBytes];
        var filled = 0;
        try
        {
            for (var isLast = false; !isLast;)
            {
                if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length < MostBytesOfAnEntry ? buffer.Length * 2 : throw Unexpected("An entry is too long."));
                var read = await stream.ReadAsync(buffer.AsMemory(filled), cancel);
                (filled, isLast) = (filled + read, read == 0);
                var used = Take(buffer.AsSpan(0, filled), isLast);
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Unexpected(e.Message, e);
        }
        if (!_hasProducts) throw Unexpected("The file has no products.");
    }

    /// <summary>Reads what is whole; returns how many bytes that were.</summary>
    private int Take(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        while (true)
        {
            var before = reader;
            if (!reader.Read()) return Leave(reader);
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > 3) continue;
            var name = _path[reader.CurrentDepth] = reader.GetString()!;
            if (Place(reader.CurrentDepth) is not { } place) continue;
            // The name is read again with its value, when that has arrived.
            if (!JsonDocument.TryParseValue(ref reader, out var value)) return Leave(before);
            using (value) Say(place, name, value.RootElement);
        }
    }

    private enum Entry { Published, Product, Terms }

    private Entry? Place(int depth) => depth switch
    {
        1 when _path[1] == "publicationDate" => Entry.Published,
        2 when _path[1] == "products" => Entry.Product,
        3 when _path[1] == "terms" && _path[2] == "OnDemand" => Entry.Terms,
        _ => null,
    };

    private void Say(Entry place, string name, JsonElement value)
    {
        if (place == Entry.Product)
        {
            _hasProducts = true;
            onProduct(value);
        }
        else if (place == Entry.Published) _published = DateOf(value);
        else if (_hasProducts) onTerms(name, value, _published);
        else throw new JsonException("Terms come before products.");
    }

    private int Leave(Utf8JsonReader reader)
    {
        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>The day of a list's <c>publicationDate</c>.</summary>
    public static DateOnly? DateOf(JsonElement published) =>
        published.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(published.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? DateOnly.FromDateTime(at.UtcDateTime) : null;

    private static AwsRefusedException Unexpected(string what, Exception? inner = null) => new(AwsErrors.UnexpectedAnswer, what, 200, null, inner);
}
