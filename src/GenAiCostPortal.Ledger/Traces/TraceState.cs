using System.Globalization;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>
/// Reads of a W3C <c>tracestate</c> with which probability a span was kept: the member <c>ot</c>, its <c>th</c> (OpenTelemetry,
/// TraceState: Probability Sampling) or the older <c>p</c>. What is not valid is not known; it is never taken for 1.
/// </summary>
public static class TraceState
{
    private const int MostCharacters = 256, ThresholdDigits = 14, LargestPower = 62;

    /// <summary>Attribute under which a span keeps what its trace state says, as parts of 2^56. Senders cannot write it.</summary>
    public const string KeptOf2Pow56 = "portal.kept_of_2pow56";

    /// <summary>The span with what its trace state says of sampling among its attributes; itself where that is nothing.</summary>
    public static Span Keep(Span span)
    {
        if (span.TraceState.Length == 0 || ShareOf(span.TraceState) is not { IsSampled: true } share) return span;
        return span with { Attributes = new SpanAttributes([.. span.Attributes.Items, new(KeptOf2Pow56, share.KeptOf2Pow56)]) };
    }

    /// <summary>The probability; null where it is not known.</summary>
    public static SampledShare? ShareOf(string traceState)
    {
        if (Member(traceState, "ot") is not { Length: <= MostCharacters } ot) return null;
        var (threshold, randomness, power, randomPower) = ((string?)null, (string?)null, (string?)null, (string?)null);
        foreach (var range in ot.Split(';'))
        {
            var colon = range.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var value = range[(colon + 1)..];
            // A key that comes twice says nothing.
            switch (range[..colon])
            {
                case "th": threshold = threshold is null ? value : ""; break;
                case "rv": randomness = randomness is null ? value : ""; break;
                case "p": power = power is null ? value : ""; break;
                case "r": randomPower = randomPower is null ? value : ""; break;
            }
        }
        return threshold is not null ? OfThreshold(threshold, randomness) : power is not null ? OfPower(power, randomPower) : null;
    }

    // Digits that are left out at the end are zeros. A span whose randomness lies below its own threshold was not kept by it.
    private static SampledShare? OfThreshold(string threshold, string? randomness)
    {
        if (threshold.Length is 0 or > ThresholdDigits || Hex(threshold.PadRight(ThresholdDigits, '0')) is not { } rejected) return null;
        if (randomness is { Length: ThresholdDigits } && Hex(randomness) is { } random && random < rejected) return null;
        return SampledShare.Of(SampledShare.Whole - rejected);
    }

    // p = 63 says that the span is there for another reason than its probability.
    private static SampledShare? OfPower(string power, string? randomPower)
    {
        if (Whole(power) is not { } p || p > LargestPower) return null;
        if (randomPower is not null && (Whole(randomPower) is not { } r || r > LargestPower || p > r)) return null;
        return SampledShare.Of(SampledShare.Whole >> p);
    }

    /// <summary>The value of a member; null when it is not there or there twice.</summary>
    private static string? Member(string traceState, string name)
    {
        string? found = null;
        foreach (var member in traceState.Split(','))
        {
            var text = member.Trim(' ', '\t');
            if (text.Length <= name.Length || text[name.Length] != '=' || !text.StartsWith(name, StringComparison.Ordinal)) continue;
            if (found is not null) return null;
            found = text[(name.Length + 1)..];
        }
        return found;
    }

    private static long? Hex(string digits) =>
        long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Whole(string digits) =>
        digits.Length is 1 or 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
