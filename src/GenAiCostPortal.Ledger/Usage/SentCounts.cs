using System.Globalization;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Token counts as sent; null = not sent. Counts that no call can have (negative, beyond a thousand million) are refused.</summary>
internal sealed record SentCounts
{
    /// <summary>No model takes or makes this many tokens in one call; larger counts would drown every sum.</summary>
    public const long Believable = 1_000_000_000;

    public long? Input { get; init; }
    public long? Output { get; init; }
    public long? CacheRead { get; init; }
    /// <summary>Written with any lifetime.</summary>
    public long? CacheWrite { get; init; }
    public long? CacheWrite5m { get; init; }
    public long? CacheWrite30m { get; init; }
    public long? CacheWrite1h { get; init; }
    /// <summary>Uncached input where a sender states it.</summary>
    public long? NoCacheInput { get; init; }
    public long? Reasoning { get; init; }
    public long? Total { get; init; }
    /// <summary>The cache counts are spelled the way providers count them, beside the input.</summary>
    public bool SpelledOutside { get; init; }
    /// <summary>What was refused, in words; empty when nothing was.</summary>
    public string Refused { get; init; } = "";

    /// <summary>A call cannot have neither a prompt nor an answer: such zeros stand for "not known".</summary>
    public bool IsEmpty => Positive(Input) + Positive(Output) + Positive(CacheRead) + Positive(CacheWrite) + Positive(NoCacheInput)
        + Positive(CacheWrite5m) + Positive(CacheWrite30m) + Positive(CacheWrite1h) == 0;

    public static SentCounts Of(SpanFacts facts)
    {
        var refused = "";
        long? Take(SpanField field)
        {
            if (facts.Count(field) is not { } n) return null;
            if (n is >= 0 and <= Believable) return n;
            refused += string.Create(CultureInfo.InvariantCulture, $" {field} {n} cannot be and was left out.");
            return null;
        }
        var readRank = facts.Rank(SpanField.CacheRead);
        return new SentCounts
        {
            Input = Take(SpanField.Input), Output = Take(SpanField.Output), CacheRead = Take(SpanField.CacheRead),
            CacheWrite = Take(SpanField.CacheWrite), CacheWrite5m = Take(SpanField.CacheWrite5m), CacheWrite30m = Take(SpanField.CacheWrite30m),
            CacheWrite1h = Take(SpanField.CacheWrite1h), NoCacheInput = Take(SpanField.NoCacheInput), Reasoning = Take(SpanField.Reasoning),
            Total = Take(SpanField.Total),
            SpelledOutside = facts.Has(SpanField.CacheRead)
                ? SpanAliases.SpellsCacheOutside(SpanField.CacheRead, readRank)
                : facts.Has(SpanField.CacheWrite) && SpanAliases.SpellsCacheOutside(SpanField.CacheWrite, facts.Rank(SpanField.CacheWrite)),
            Refused = refused,
        };
    }

    private static int Positive(long? count) => count > 0 ? 1 : 0;
}
