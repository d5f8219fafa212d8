namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// The probability with which a sampler kept a span, as a whole number of 2^56 parts (OpenTelemetry, consistent probability
/// sampling: 2^56 − rejection threshold). A call kept with probability p stands for 1/p calls; what the others of them used is
/// rounded once per call, so it can be taken out of a sum exactly.
/// </summary>
/// <param name="KeptOf2Pow56">0 where no sender says a probability, or where it says 1: then the call stands for itself.</param>
public readonly record struct SampledShare(long KeptOf2Pow56)
{
    /// <summary>All parts: every span is kept.</summary>
    internal const long Whole = 1L << 56;

    // A call that stands for more than a million others is no ground for dollars.
    private const long Least = Whole >> 20;

    // Far above any real call; sums of forged counts must not leave 64 bits.
    private const long MostUnrecorded = 1_000_000_000_000;
    private const int Millionths = 1_000_000;

    /// <summary>Nothing known of sampling, or nothing sampled away.</summary>
    public static readonly SampledShare None;

    /// <summary>A share as a sender says it; null where it is not between one in 2^20 (about a million) and 1.</summary>
    internal static SampledShare? Of(long keptOf2Pow56) => keptOf2Pow56 switch
    {
        Whole => None,
        >= Least and < Whole => new SampledShare(keptOf2Pow56),
        _ => null,
    };

    /// <summary>Part of the traces was sampled away.</summary>
    public bool IsSampled => KeptOf2Pow56 is > 0 and < Whole;

    /// <summary>0–1.</summary>
    public double Probability => IsSampled ? (double)KeptOf2Pow56 / Whole : 1;

    /// <summary>What the calls that were not kept used of a kind: count × (1/p − 1), rounded.</summary>
    public long Unrecorded(long count) => IsSampled ? Math.Min(MostUnrecorded, Rounded(count)) : 0;

    /// <summary>The same of every kind of token. Reasoning, which is an "of which", is left out.</summary>
    public TokenCounts Unrecorded(in TokenCounts tokens) => !IsSampled ? default : new(
        Unrecorded(tokens.Input), Unrecorded(tokens.CacheRead), Unrecorded(tokens.CacheWrite5m), Unrecorded(tokens.CacheWrite30m),
        Unrecorded(tokens.CacheWrite1h), Unrecorded(tokens.Output));

    /// <summary>Requests that one recorded request stands for beside itself, in millionths: a single one cannot be rounded to whole requests.</summary>
    public long UnrecordedMillionths => IsSampled ? Rounded(Millionths) : 0;

    private long Rounded(long count)
    {
        // There is no tie: 2^56 parts divided by a whole number of them leave no half.
        var (whole, rest) = Int128.DivRem((Int128)count * (Whole - KeptOf2Pow56), KeptOf2Pow56);
        return (long)(rest * 2 > KeptOf2Pow56 ? whole + 1 : whole);
    }
}
