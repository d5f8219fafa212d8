namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Calls of an hour that agree in all that rollups keep apart, as the invocation log has them, summed where it lies.</summary>
/// <param name="Hour">Start of the hour in which the calls were made, UTC.</param>
/// <param name="Of">One of the calls, as it would be read alone: place, model, tier, band, owners, how it ended. Its own counts are not used.</param>
/// <param name="Calls">How many there were.</param>
/// <param name="Tokens">Their tokens together; none when <see cref="Call.TokenState"/> says that they are unknown.</param>
public sealed record LoggedUse(DateTime Hour, Call Of, long Calls, TokenCounts Tokens);

/// <summary>
/// What the invocation log says of an hour and a set of owners, kept so that calls that come later through other doors can be weighed
/// against it. Key: hour, connection, both series.
/// </summary>
public sealed class LoggedHour
{
    /// <summary>Seconds since 1970 of the hour's start, UTC.</summary>
    public long HourUnixSeconds { get; set; }
    /// <summary>AWS connection whose table was summed; its rows of an hour are replaced together.</summary>
    public required string Connection { get; set; }
    public int UsageSeriesId { get; set; }
    /// <summary>With the price at that hour, which stays when the hour is read again.</summary>
    public int CostSeriesId { get; set; }
    public long Calls { get; set; }
    public long Errors { get; set; }
    public long Throttles { get; set; }
    public long CallsWithoutTokens { get; set; }
    public long Input { get; set; }
    public long CacheRead { get; set; }
    public long CacheWrite5m { get; set; }
    public long CacheWrite1h { get; set; }
    public long Output { get; set; }

    internal HourAmounts Amounts => new(Calls, Errors, Throttles, CallsWithoutTokens, new TokenCounts(Input, CacheRead, CacheWrite5m, 0, CacheWrite1h, Output));
}

/// <summary>What is summed of an hour.</summary>
internal readonly record struct HourAmounts(long Calls, long Errors, long Throttles, long CallsWithoutTokens, TokenCounts Tokens)
{
    public static HourAmounts operator +(HourAmounts a, HourAmounts b) =>
        new(a.Calls + b.Calls, a.Errors + b.Errors, a.Throttles + b.Throttles, a.CallsWithoutTokens + b.CallsWithoutTokens, a.Tokens + b.Tokens);

    public static HourAmounts operator -(HourAmounts a, HourAmounts b) =>
        new(a.Calls - b.Calls, a.Errors - b.Errors, a.Throttles - b.Throttles, a.CallsWithoutTokens - b.CallsWithoutTokens, a.Tokens - b.Tokens);
}
