using System.Collections.Frozen;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>The models whose names differ from door to door, from <c>known-models.txt</c>; found by any spelling.</summary>
internal static class KnownModels
{
    private static readonly (FrozenDictionary<string, Known> BySpelling, FrozenDictionary<string, Known> ByCanonical) Tables = Load();

    internal sealed record Known(string Canonical, string Provider, string Display);

    /// <summary>Every listed model.</summary>
    internal static IEnumerable<Known> All => Tables.ByCanonical.Values;

    /// <summary>The model with a spelling, of one maker when that is known.</summary>
    internal static Known? Find(string body, string? provider)
    {
        var known = Tables.BySpelling.GetValueOrDefault(Squash(body)) ?? Tables.BySpelling.GetValueOrDefault(Squash(Shorter(body)));
        return known is not null && (provider is null || known.Provider == provider) ? known : null;
    }

    internal static Known? ByCanonical(string canonical) => Tables.ByCanonical.GetValueOrDefault(canonical);

    /// <summary>Letters and digits only, in lower case: what is left when spelling habits are taken away.</summary>
    internal static string Squash(string text)
    {
        Span<char> kept = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        var n = 0;
        foreach (var c in text)
            if (char.IsAsciiLetterOrDigit(c) || c == '+') kept[n++] = char.ToLowerInvariant(c);
        return new string(kept[..n]);
    }

    private static (FrozenDictionary<string, Known>, FrozenDictionary<string, Known>) Load()
    {
        var spellings = new Dictionary<string, Known>(StringComparer.Ordinal);
        var canonicals = new Dictionary<string, Known>(StringComparer.Ordinal);
        using var stream = typeof(KnownModels).Assembly.GetManifestResourceStream("known-models.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split('|');
            var dot = parts[0].IndexOf('.', StringComparison.Ordinal);
            var body = parts[0][(dot + 1)..];
            var known = new Known(parts[0], parts[0][..dot], parts[1]);
            canonicals.Add(known.Canonical, known);
            string[] all = [body, Shorter(body), parts[1], .. parts[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            foreach (var spelling in all) spellings.TryAdd(Squash(spelling), known);
        }
        return (spellings.ToFrozenDictionary(StringComparer.Ordinal), canonicals.ToFrozenDictionary(StringComparer.Ordinal));
    }

    // Bills leave out the training form: Llama3-1-70B is llama3-1-70b-instruct.
    private static string Shorter(string body)
    {
        foreach (var form in (ReadOnlySpan<string>)["-instruct", "-chat", "-it"])
            if (body.EndsWith(form, StringComparison.Ordinal)) return body[..^form.Length];
        return body;
    }
}
