namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A disjoint kind of token; the kinds add up to a call's total (algorithms §2).</summary>
public enum TokenKind : byte
{
    /// <summary>Prompt tokens that no cache served or stored.</summary>
    Input = 0,
    CacheRead = 1,
    CacheWrite5m = 2,
    CacheWrite30m = 3,
    CacheWrite1h = 4,
    /// <summary>Generated tokens, reasoning included.</summary>
    Output = 5,
}

/// <summary>Tokens by disjoint kind. <see cref="Reasoning"/> is an "of which" of <see cref="Output"/>, not a part of the total.</summary>
public readonly record struct TokenCounts(
    long Input, long CacheRead, long CacheWrite5m, long CacheWrite30m, long CacheWrite1h, long Output, long Reasoning = 0)
{
    /// <summary>All kinds, in the order of <see cref="TokenKind"/>.</summary>
    public static readonly TokenKind[] Kinds = Enum.GetValues<TokenKind>();

    /// <summary>Cache writes of every lifetime.</summary>
    public long CacheWrite => CacheWrite5m + CacheWrite30m + CacheWrite1h;

    /// <summary>All prompt tokens: uncached, read from and written to a cache.</summary>
    public long Prompt => Input + CacheRead + CacheWrite;

    /// <summary>Prompt plus output.</summary>
    public long Total => Prompt + Output;

    /// <summary>The count of one kind.</summary>
    public long this[TokenKind kind] => kind switch
    {
        TokenKind.Input => Input,
        TokenKind.CacheRead => CacheRead,
        TokenKind.CacheWrite5m => CacheWrite5m,
        TokenKind.CacheWrite30m => CacheWrite30m,
        TokenKind.CacheWrite1h => CacheWrite1h,
        TokenKind.Output => Output,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>One kind alone, the others zero.</summary>
    public TokenCounts Only(TokenKind kind) => kind switch
    {
        TokenKind.Input => new(Input, 0, 0, 0, 0, 0),
        TokenKind.CacheRead => new(0, CacheRead, 0, 0, 0, 0),
        TokenKind.CacheWrite5m => new(0, 0, CacheWrite5m, 0, 0, 0),
        TokenKind.CacheWrite30m => new(0, 0, 0, CacheWrite30m, 0, 0),
        TokenKind.CacheWrite1h => new(0, 0, 0, 0, CacheWrite1h, 0),
        _ => new(0, 0, 0, 0, 0, Output, Reasoning),
    };

    public static TokenCounts operator +(TokenCounts a, TokenCounts b) => new(
        a.Input + b.Input, a.CacheRead + b.CacheRead, a.CacheWrite5m + b.CacheWrite5m, a.CacheWrite30m + b.CacheWrite30m,
        a.CacheWrite1h + b.CacheWrite1h, a.Output + b.Output, a.Reasoning + b.Reasoning);

    public static TokenCounts operator -(TokenCounts a, TokenCounts b) => new(
        a.Input - b.Input, a.CacheRead - b.CacheRead, a.CacheWrite5m - b.CacheWrite5m, a.CacheWrite30m - b.CacheWrite30m,
        a.CacheWrite1h - b.CacheWrite1h, a.Output - b.Output, a.Reasoning - b.Reasoning);
}
