namespace GenAiCostPortal.Sources.Sample;

/// <summary>How a made attempt ended.</summary>
internal enum MadeOutcome
{
    Answered,
    /// <summary>Refused before any token, not billed; sent again.</summary>
    Throttled,
    /// <summary>The caller gave up while the answer came, billed; sent again.</summary>
    TimedOut,
}

/// <summary>Disjoint token counts of an attempt.</summary>
internal readonly record struct MadeTokens(long Input, long CacheRead, long CacheWrite, long Output)
{
    public long Prompt => Input + CacheRead + CacheWrite;

    public long this[BilledKind kind] => kind switch
    {
        BilledKind.Input => Input,
        BilledKind.Output => Output,
        BilledKind.CacheRead => CacheRead,
        _ => CacheWrite,
    };

    public static MadeTokens operator +(MadeTokens a, MadeTokens b) =>
        new(a.Input + b.Input, a.CacheRead + b.CacheRead, a.CacheWrite + b.CacheWrite, a.Output + b.Output);
}

/// <summary>One attempt of a model call.</summary>
internal sealed class MadeCall
{
    public required Step Step { get; init; }
    public required SampleModel Model { get; init; }
    /// <summary>1-based among the calls of its step in the request.</summary>
    public required int Number { get; init; }
    public required MadeOutcome Outcome { get; init; }
    public DateTime Start { get; set; }
    public double DurationMs { get; set; }
    /// <summary>Zero for throttled attempts.</summary>
    public MadeTokens Tokens { get; set; }
    public DateTime End => Start.AddMilliseconds(DurationMs);
}

/// <summary>One request of a workload: one trace.</summary>
internal sealed class MadeRequest
{
    public required Workload Workload { get; init; }
    public required string Release { get; init; }
    public required DateTime Start { get; init; }
    public required ulong Seed { get; init; }
    public required IReadOnlyList<MadeCall> Calls { get; init; }
    public DateTime End { get; set; }

    /// <summary>Who asked, by a pseudonym; some ask far more often than others. Null where the service does not say.</summary>
    public string? User
    {
        get
        {
            if (Workload.Users == 0) return null;
            // Dice of its own: who asks changes no other number.
            var share = new Dice(~Seed).Share();
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Workload.Key}-{1 + (int)(share * share * Workload.Users):000}");
        }
    }
}
