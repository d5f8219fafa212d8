namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A mergeable log-histogram of milliseconds; percentiles within 1 % (algorithms §10). Kept as a compact byte array.</summary>
public sealed class LatencyHistogram
{
    // Relative error e needs bucket growth (1+e)/(1-e).
    private const double Growth = 1.01 / 0.99;
    private static readonly double LogGrowth = Math.Log(Growth);
    private readonly SortedDictionary<int, long> _buckets = [];

    /// <summary>How many values it holds.</summary>
    public long Count { get; private set; }

    /// <summary>Adds (or with a negative count takes out) values of one size; below 0.01 ms counts as 0.01 ms.</summary>
    public void Add(double ms, long count = 1)
    {
        if (!double.IsFinite(ms)) return;
        AddBucket((int)Math.Ceiling(Math.Log(Math.Max(ms, 0.01)) / LogGrowth), count);
    }

    /// <summary>Adds all of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other._buckets) AddBucket(bucket, count);
    }

    /// <summary>The value below which a share of all lies, ms; null when empty.</summary>
    public double? Percentile(double share)
    {
        if (Count <= 0) return null;
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        foreach (var (bucket, count) in _buckets)
            if ((rank -= count) <= 0) return 2 * Math.Pow(Growth, bucket) / (Growth + 1);
        return null;
    }

    /// <summary>Bucket steps and counts as variable-length integers; null when empty.</summary>
    public byte[]? ToBytes()
    {
        if (_buckets.Count == 0) return null;
        using var stream = new MemoryStream(_buckets.Count * 3 + 4);
        using var writer = new BinaryWriter(stream);
        var last = 0;
        foreach (var (bucket, count) in _buckets)
        {
            writer.Write7BitEncodedInt(bucket - last);
            writer.Write7BitEncodedInt64(count);
            last = bucket;
        }
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null gives an empty histogram.</summary>
    public static LatencyHistogram FromBytes(byte[]? bytes)
    {
        var histogram = new LatencyHistogram();
        if (bytes is null) return histogram;
        using var reader = new BinaryReader(new MemoryStream(bytes));
        for (var bucket = 0; reader.BaseStream.Position < bytes.Length;)
            histogram.AddBucket(bucket += reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());
        return histogram;
    }

    private void AddBucket(int bucket, long count)
    {
        Count += count;
        var now = _buckets.GetValueOrDefault(bucket) + count;
        if (now == 0) _buckets.Remove(bucket);
        else _buckets[bucket] = now;
    }
}
