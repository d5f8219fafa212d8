namespace GenAiCostPortal.Sources.Sample;

/// <summary>Seeded numbers (SplitMix64): the same on every machine and .NET version, which <see cref="Random"/> does not promise.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Dice of their own for a thing of a day, so that one thing more or less changes nothing else.</summary>
    public static Dice For(int seed, string thing, DateOnly day)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in thing) hash = (hash ^ c) * 1099511628211UL;
        hash = (hash ^ (ulong)(uint)seed) * 1099511628211UL;
        return new Dice((hash ^ (ulong)(uint)day.DayNumber) * 1099511628211UL);
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>At least 0, below 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Evenly between two numbers.</summary>
    public double Between(double low, double high) => low + (high - low) * Share();
}
