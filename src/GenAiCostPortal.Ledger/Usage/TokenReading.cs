using System.Globalization;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Token counts of one span, understood (algorithms §2.3): what is certain, then the sender table, then an identity with the total,
/// then spelling. What was not sent stays null.
/// </summary>
/// <param name="Input">Uncached prompt tokens.</param>
/// <param name="CacheWrite">All writes; the lifetimes are the parts that were named.</param>
/// <param name="Text">How the counts were understood, in words.</param>
internal sealed record TokenReading(
    long? Input, long? Output, long? CacheRead, long? CacheWrite, long CacheWrite30m, long CacheWrite1h, long? Reasoning,
    CacheConvention Convention, CallFlags Flags, string Text)
{
    public static readonly TokenReading None = new(null, null, null, null, 0, 0, null, CacheConvention.Unknown, CallFlags.None, "No token counts were sent.");

    public bool IsUnknown => Input is null && Output is null && CacheRead is null && CacheWrite is null;
    public bool HasCaches => CacheRead is not null || CacheWrite is not null;
    /// <summary>Every prompt token that was counted.</summary>
    public long Prompt => (Input ?? 0) + (CacheRead ?? 0) + (CacheWrite ?? 0);

    public TokenCounts Counts
    {
        get
        {
            var written = CacheWrite ?? 0;
            return new(Input ?? 0, CacheRead ?? 0, written - CacheWrite30m - CacheWrite1h, CacheWrite30m, CacheWrite1h, Output ?? 0, Reasoning ?? 0);
        }
    }

    /// <summary>Understands what was sent.</summary>
    /// <param name="isGpt">A GPT model: it counts cached tokens inside the input, also on Bedrock, where Claude and Nova do not.</param>
    public static TokenReading Of(SentCounts sent, SenderRow? row, string provider, bool isGpt = false)
    {
        var refusedFlag = sent.Refused.Length > 0 ? CallFlags.TokensInconsistent : CallFlags.None;
        if (sent.IsEmpty)
        {
            if (refusedFlag != 0) return None with { Flags = refusedFlag, Text = "No usable token counts." + sent.Refused };
            return sent.Input is null && sent.Output is null ? None
                : None with { Text = "Only zeros were sent; a call without a token does not exist, so the counts are unknown." };
        }
        var (written, write30m, write1h) = Writes(sent);
        var read = sent.CacheRead;
        var caches = (read ?? 0) + (written ?? 0);
        var (convention, flags, text) = Decide(sent, row, caches, isGpt);

        var input = sent.Input is null ? sent.NoCacheInput : convention == CacheConvention.Inside ? sent.Input - caches : sent.Input;
        var (output, reasoning, outputFlags, outputText) = Generated(sent, caches, convention, provider);
        flags |= outputFlags | refusedFlag;
        text += outputText + sent.Refused;
        if (written > 0 && sent.CacheWrite is not null && (sent.CacheWrite5m ?? 0) + write30m + write1h > sent.CacheWrite)
        {
            flags |= CallFlags.TokensInconsistent;
            text += " The cache writes by lifetime exceed their total; the lifetimes were kept.";
        }
        if (Missing(sent, caches, output ?? 0) is { } missing)
        {
            flags |= CallFlags.TokensInconsistent;
            text += string.Create(CultureInfo.InvariantCulture, $" The total of {sent.Total} differs from the parts by {missing}.");
        }
        return new(input, output, read, written, write30m, write1h, reasoning, convention, flags, text);
    }

    private static (CacheConvention, CallFlags, string) Decide(SentCounts sent, SenderRow? row, long caches, bool isGpt)
    {
        if (caches == 0) return (CacheConvention.Unknown, CallFlags.None, "As sent; no cached tokens were counted.");
        if (sent.Input is not { } input) return (CacheConvention.Outside, CallFlags.None, "Cached tokens were sent without an input count.");
        if (sent.NoCacheInput is { } uncached && uncached == input - caches)
            return (CacheConvention.Inside, CallFlags.None, "Cache counted inside the input: the sender states the uncached part.");
        if (sent.NoCacheInput == input) return (CacheConvention.Outside, CallFlags.None, "Cache counted beside the input: the sender states the uncached part.");
        if (caches > input)
            return (CacheConvention.Outside, CallFlags.None, "Cache counted beside the input: certain, as the cached tokens exceed it.");
        var output = sent.Output ?? 0;
        // The table says what a sender does with Claude and Nova; most pass the model's own counts on.
        if (isGpt && sent.Total != input + caches + output)
            return (CacheConvention.Inside, CallFlags.None, "Cache counted inside the input: GPT models count so, whoever passes it on.");
        if (row is not null) return (row.Convention, CallFlags.None, row.Text);
        if (sent.Total is { } total && total == input + caches + output)
            return (CacheConvention.Outside, CallFlags.None, "Cache counted beside the input: only so do the parts make the total.");
        // A sender that computes the total itself proves nothing by it, unless the spelling agrees.
        if (sent.Total == input + output)
            return (CacheConvention.Inside, sent.SpelledOutside ? CallFlags.Assumed : CallFlags.None, "Cache counted inside the input: the total is input and output.");
        return sent.SpelledOutside
            ? (CacheConvention.Outside, CallFlags.Assumed, "Cache taken as counted beside the input, by the spelling alone.")
            : (CacheConvention.Inside, CallFlags.Assumed, "Cache taken as counted inside the input, by the spelling alone.");
    }

    private static (long?, long, long) Writes(SentCounts sent)
    {
        var named = (sent.CacheWrite5m ?? 0) + (sent.CacheWrite30m ?? 0) + (sent.CacheWrite1h ?? 0);
        var any = sent.CacheWrite is not null || sent.CacheWrite5m is not null || sent.CacheWrite30m is not null || sent.CacheWrite1h is not null;
        return (any ? Math.Max(sent.CacheWrite ?? 0, named) : null, sent.CacheWrite30m ?? 0, sent.CacheWrite1h ?? 0);
    }

    // Reasoning is inside the output everywhere but with Google, whose thoughts are counted beside it.
    private static (long?, long?, CallFlags, string) Generated(SentCounts sent, long caches, CacheConvention convention, string provider)
    {
        if (sent.Reasoning is not { } reasoning) return (sent.Output, null, CallFlags.None, "");
        var output = sent.Output ?? 0;
        var prompt = (sent.Input ?? sent.NoCacheInput ?? 0) + (convention == CacheConvention.Outside ? caches : 0);
        var isBeside = reasoning > 0 && (sent.Total == prompt + output + reasoning && sent.Total != prompt + output
            || provider.StartsWith("gcp.", StringComparison.Ordinal) && reasoning > output);
        if (isBeside) return (output + reasoning, reasoning, CallFlags.None, " Reasoning was counted beside the output and is added to it.");
        if (reasoning <= output || sent.Output is null) return (sent.Output ?? reasoning, reasoning, CallFlags.None, "");
        return (output, output, CallFlags.TokensInconsistent,
            string.Create(CultureInfo.InvariantCulture, $" Reasoning exceeds the output by {reasoning - output}; the output was kept."));
    }

    // Both totals that senders are seen to make are fine: with the cache, and the plain sum of input and output.
    private static long? Missing(SentCounts sent, long caches, long output)
    {
        if (sent.Total is not { } total || sent.Input is not { } input || sent.Output is null) return null;
        return total == input + output || total == input + caches + output || total == input + (sent.Output ?? 0) ? null : total - input - output;
    }
}
