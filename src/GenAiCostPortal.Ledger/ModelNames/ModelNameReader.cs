using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>
/// Turns every way a model is named (ids, profiles, ARNs, vendor and marketplace names) into one <see cref="ModelName"/>.
/// The canonical id is <c>maker.model</c> without date, without first version (<c>-v1:0</c>) and without context length, so that
/// what is billed and what was called meet. Later versions keep theirs (<c>amazon.titan-embed-text-v2</c>).
/// </summary>
public static partial class ModelNameReader
{
    private const int CacheSize = 4096;
    private const int LongestName = 256;
    private static readonly ConcurrentDictionary<(string, string?), ModelName> Cache = new();
    private static int _cached;

    internal static int CachedNames => Cache.Count;

    private static readonly ModelName Nothing = new("", Makers.Unknown, "Unknown model", RoutingScope.Unknown, false);

    /// <summary>Reads a name as sent. Never fails: an unknown name is kept as it is, with <see cref="ModelName.IsResolved"/> false.</summary>
    /// <param name="name">Id, ARN, alias or marketplace name.</param>
    /// <param name="providerHint">What the sender says of the provider (<c>aws.bedrock</c>, <c>openai</c> …), or null.</param>
    public static ModelName Read(string? name, string? providerHint = null)
    {
        if (string.IsNullOrWhiteSpace(name)) return Nothing;
        var key = (name, providerHint);
        if (Cache.TryGetValue(key, out var known)) return known;
        var read = ReadUncached(name, providerHint);
        // A profile may become known later.
        if (!read.IsResolved && ProfileModels.IsProfile(name)) return read;
        // Names come from outside: the cache stops growing rather than keep whatever is sent.
        if (name.Length <= LongestName && Volatile.Read(ref _cached) < CacheSize && Cache.TryAdd(key, read)) Interlocked.Increment(ref _cached);
        return read;
    }

    private static ModelName ReadUncached(string name, string? providerHint)
    {
        var text = name.Trim();
        // Filled up to the limit, so that reading the shortened name again shortens nothing more.
        if (text.Length >= LongestName) return Unresolved(text[..(LongestName - 1)].TrimEnd().PadRight(LongestName, '…'), providerHint, null);
        if (!ModelArn.TryRead(text, out var found)) return ReadName(text, providerHint, RoutingScope.Unknown);

        var arn = found.Value;
        var model = arn.Kind switch
        {
            _ when arn.Id.Length == 0 || arn.Id.StartsWith("arn:", StringComparison.OrdinalIgnoreCase) => Unresolved(text, providerHint, arn.OpaqueDisplay()),
            "foundation-model" => ReadName(arn.Id, providerHint, RoutingScope.InRegion),
            "application-inference-profile" when ProfileModels.Find(text) is { } behind && !ProfileModels.IsProfile(behind) => Read(behind, providerHint),
            "inference-profile" => ReadName(arn.Id, providerHint, RoutingScope.Unknown),
            // custom-model/{base id}:{context}/{id}: billed at the base model's usage types.
            "custom-model" when arn.Id.Contains('/', StringComparison.Ordinal) => ReadName(arn.Id[..arn.Id.IndexOf('/', StringComparison.Ordinal)], providerHint, RoutingScope.InRegion),
            _ => Unresolved(text, providerHint, arn.OpaqueDisplay()),
        };
        return model with { AccountId = arn.AccountId, Region = arn.Region };
    }

    private static ModelName ReadName(string name, string? providerHint, RoutingScope scope)
    {
        var text = Edition().Replace(name, "");
        var maker = (string?)null;
        string? region = null;
        var segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (segments.Length == 0) return Unresolved(name, providerHint, null);
        foreach (var segment in segments.AsSpan(0, segments.Length - 1))
        {
            if (Region().IsMatch(segment)) region = segment;
            else maker = Makers.OfHint(segment) ?? maker;
        }
        var body = Blank().Replace(segments[^1].ToLowerInvariant(), "-");

        if (Geography().Match(body) is { Success: true } geography && Makers.OfPrefix(geography.Groups[2].Value) is not null)
        {
            scope = geography.Groups[1].Value == "global" ? RoutingScope.Global : RoutingScope.Geographic;
            body = body[(geography.Groups[1].Length + 1)..];
        }
        var dot = body.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && Makers.OfPrefix(body[..dot]) is { } prefix)
        {
            maker = prefix;
            body = body[(dot + 1)..];
            if (scope == RoutingScope.Unknown) scope = RoutingScope.InRegion;
        }
        if (body.Length == 0) return Unresolved(name, providerHint, null);
        return Resolve(body, maker, providerHint, scope) is { } model ? model with { Region = region } : Unresolved(name, providerHint, null) with { Region = region };
    }

    private static ModelName? Resolve(string body, string? maker, string? providerHint, RoutingScope scope)
    {
        if (maker is null or "anthropic" && body.StartsWith("claude", StringComparison.Ordinal))
            return ClaudeNames.Read(body) is { } claude ? new ModelName($"anthropic.{claude.Body}", "anthropic", claude.Display, scope, true) : null;

        var plain = NameSuffixes.Strip(body);
        if (plain.Length == 0) return null;
        if ((KnownModels.Find(body, maker) ?? KnownModels.Find(plain, maker)) is { } known)
            return new ModelName(known.Canonical, known.Provider, known.Display, scope, true);

        maker ??= Makers.OfFamily(plain);
        if (maker is null) return null;
        return new ModelName($"{maker}.{plain}", maker, NameSuffixes.Display(plain), scope, true);
    }

    private static ModelName Unresolved(string name, string? providerHint, string? display) =>
        new(name, Makers.OfHint(providerHint) ?? Makers.Unknown, display ?? name, RoutingScope.Unknown, false);

    [GeneratedRegex(@"\s*\(amazon bedrock edition\)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Edition();

    [GeneratedRegex(@"^(us-gov|us|eu|apac|ap|jp|au|ca|uk|in|kr|sa|me|af|mx|il|global)\.([a-z0-9]+)\.")]
    private static partial Regex Geography();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+){1,2}-\d$")]
    private static partial Regex Region();
}
