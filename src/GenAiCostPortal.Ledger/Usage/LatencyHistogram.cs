using System.Buffers;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A mergeable log-histogram of milliseconds; percentiles within 1 % (algorithms §10). Kept as a compact byte array.</summary>
public sealed class LatencyHistogram
{
    // Relative error e needs bucket growth (1+e)/(1-e).
    private const double Growth = 1.01 / 0.99;
    private static readonly double LogGrowth = Math.Log(Growth);

    // Flat and sorted: the writer keeps thousands of these and writes them with every group of spans.
    private int[] _buckets = new int[4];
    private long[] _counts = new long[4];
    private int _used;

    /// <summary>How many values it holds.</summary>
    public long Count { get; private set; }

    /// <summary>Adds (or with a negative count takes out) values of one size; below 0.01 ms counts as 0.01 ms.</summary>
    public void Add(double ms, long count = 1)
    {
        if (double.IsFinite(ms)) AddBucket(BucketOf(ms), count);
    }

    /// <summary>Adds all of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < other._used; i++) AddBucket(other._buckets[i], other._counts[i]);
    }

    /// <summary>The value below which a share of all lies, ms; null when empty.</summary>
    public double? Percentile(double share)
    {
        if (Count <= 0) return null;
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        for (var i = 0; i < _used; i++)
            if ((rank -= _counts[i]) <= 0) return 2 * Math.Pow(Growth, _buckets[i]) / (Growth + 1);
        return null;
    }

    /// <summary>Bucket steps and counts as variable-length integers; null when empty.</summary>
    public byte[]? ToBytes()
    {
        if (_used == 0) return null;
        var buffer = new ArrayBufferWriter<byte>(_used * 3 + 4);
        WriteTo(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null gives an empty histogram.</summary>
    public static LatencyHistogram FromBytes(byte[]? bytes)
    {
        var histogram = new LatencyHistogram();
        histogram.AddBytes(bytes);
        return histogram;
    }

    /// <summary>Adds all of a histogram that <see cref="ToBytes"/> wrote; reports merge thousands of them.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes)
    {
        for (int bucket = 0, at = 0; at < bytes.Length;) AddBucket(bucket += (int)(uint)Read(bytes, ref at), (long)Read(bytes, ref at));
    }

    internal static int BucketOf(double ms) => (int)Math.Ceiling(Math.Log(Math.Max(ms, 0.01)) / LogGrowth);

    internal void AddBucket(int bucket, long count)
    {
        Count += count;
        var at = Array.BinarySearch(_buckets, 0, _used, bucket);
        if (at < 0)
        {
            if (count != 0) Insert(~at, bucket, count);
        }
        else if ((_counts[at] += count) == 0)
        {
            _used--;
            Array.Copy(_buckets, at + 1, _buckets, at, _used - at);
            Array.Copy(_counts, at + 1, _counts, at, _used - at);
        }
    }

    /// <summary>What <see cref="ToBytes"/> gives, without a new array.</summary>
    internal void WriteTo(IBufferWriter<byte> writer)
    {
        var room = writer.GetSpan(_used * 15);
        var at = 0;
        var last = 0;
        for (var i = 0; i < _used; i++)
        {
            at += Write(room[at..], (uint)(_buckets[i] - last));
            at += Write(room[at..], (ulong)_counts[i]);
            last = _buckets[i];
        }
        writer.Advance(at);
    }

    private static ulong Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; at < bytes.Length; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 127) << shift;
            if (part < 128) break;
        }
        return value;
    }

    private static int Write(Span<byte> room, ulong value)
    {
        var at = 0;
        for (; value > 127; value >>= 7) room[at++] = (byte)(value | 128);
        room[at++] = (byte)value;
        return at;
    }

    private void Insert(int at, int bucket, long count)
    {
        if (_used == _buckets.Length)
        {
            Array.Resize(ref _buckets, _used * 2);
            Array.Resize(ref _counts, _used * 2);
        }
        Array.Copy(_buckets, at, _buckets, at + 1, _used - at);
        Array.Copy(_counts, at, _counts, at + 1, _used - at);
        (_buckets[at], _counts[at]) = (bucket, count);
        _used++;
    }
}
