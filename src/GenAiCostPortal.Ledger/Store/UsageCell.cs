using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A row of the usage rollup while the writer works on it.</summary>
internal sealed class UsageCell(CellKey key)
{
    // Durations are booked in steps of 2^-10 ms: sums of such steps are exact in a double, so what is taken out leaves no dust.
    private const double Steps = 1024;
    private const double LongestMs = 30 * 86_400_000d;

    public CellKey Key { get; } = key;
    public bool IsDirty;
    public long Calls, Errors, Throttles, Retries, Requests, CallsWithoutTokens;
    public TokenCounts Tokens;
    public double DurationMs;
    public LatencyHistogram? Latency, TimeToFirstToken;

    /// <summary>Nothing left in it: the row goes. Below zero: what was taken out had left with its slot's retention.</summary>
    public bool IsEmpty => Calls <= 0 && Requests <= 0 && Tokens.Total <= 0;

    /// <summary>What an hour of summed logs has booked.</summary>
    public HourAmounts Amounts => new(Calls, Errors, Throttles, CallsWithoutTokens, Tokens);

    public void Add(in HourAmounts moved)
    {
        (Calls, Errors, Throttles) = (Calls + moved.Calls, Errors + moved.Errors, Throttles + moved.Throttles);
        (CallsWithoutTokens, Tokens) = (CallsWithoutTokens + moved.CallsWithoutTokens, Tokens + moved.Tokens);
    }

    public void Clear()
    {
        Calls = Errors = Throttles = Retries = Requests = CallsWithoutTokens = 0;
        (Tokens, DurationMs, Latency, TimeToFirstToken) = (default, 0, null, null);
    }

    public static double Booked(double durationMs) =>
        double.IsFinite(durationMs) ? Math.Round(Math.Clamp(durationMs, 0, LongestMs) * Steps) / Steps : 0;

    /// <summary>Adds a call (sign 1) or takes it out again (sign -1).</summary>
    public void Book(CallRow call, int sign)
    {
        Calls += sign;
        if (call.Status != CallStatus.Ok) Errors += sign;
        if (call.Status == CallStatus.Throttled) Throttles += sign;
        if ((call.Flags & CallFlags.IsRetry) != 0) Retries += sign;
        if (call.TokenState == TokenState.Unknown) CallsWithoutTokens += sign;
        Tokens = sign > 0 ? Tokens + call.Tokens : Tokens - call.Tokens;
        DurationMs += sign * Booked(call.DurationMs);
        if (double.IsFinite(call.DurationMs)) (Latency ??= new()).AddBucket(LatencyHistogram.BucketOf(call.DurationMs), sign);
        if (call.TimeToFirstTokenMs is { } ms && double.IsFinite(ms)) (TimeToFirstToken ??= new()).AddBucket(LatencyHistogram.BucketOf(ms), sign);
    }
}
