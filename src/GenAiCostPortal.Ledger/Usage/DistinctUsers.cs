using System.Buffers.Binary;
using System.Numerics;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// How many different users there were, by keyed hash. Exact up to <see cref="MostExact"/>, with how often each was seen, so that
/// one can be taken out again; beyond that a HyperLogLog of 4,096 registers: standard error 1.6 %, nothing can be taken out.
/// Merges with any other.
/// </summary>
public sealed class DistinctUsers
{
    /// <summary>Users kept one by one; as many as need no more room than the registers.</summary>
    public const int MostExact = 512;
    private const int IndexBits = 12, Registers = 1 << IndexBits, HighestRank = 64 - IndexBits + 1;
    private const int EntryBytes = 12;

    // Flat and sorted, like the latency histogram: the writer keeps many of these.
    private long[] _hashes = [];
    private int[] _times = [];
    private int _used;
    private byte[]? _ranks;

    /// <summary>Whether <see cref="Count"/> is exact.</summary>
    public bool IsExact => _ranks is null;

    /// <summary>Distinct users, rounded to a whole number.</summary>
    public long Count => _ranks is null ? _used : (long)Math.Round(Estimate(_ranks));

    /// <summary>Adds a user.</summary>
    public void Add(long hash, int times = 1)
    {
        if (_ranks is not null)
        {
            Mark(_ranks, hash);
            return;
        }
        var at = Array.BinarySearch(_hashes, 0, _used, hash);
        if (at >= 0) _times[at] += times;
        else if (_used < MostExact) Insert(~at, hash, times);
        else
        {
            Fold();
            Mark(_ranks!, hash);
        }
    }

    /// <summary>Takes a user out once. Beyond <see cref="MostExact"/> users nothing happens: the user stays counted.</summary>
    public void Remove(long hash)
    {
        if (_ranks is not null || Array.BinarySearch(_hashes, 0, _used, hash) is not (>= 0 and var at) || --_times[at] > 0) return;
        _used--;
        Array.Copy(_hashes, at + 1, _hashes, at, _used - at);
        Array.Copy(_times, at + 1, _times, at, _used - at);
    }

    /// <summary>Adds all users of another.</summary>
    public void Add(DistinctUsers other)
    {
        if (other._ranks is { } ranks)
        {
            if (_ranks is null) Fold();
            for (var i = 0; i < Registers; i++) _ranks![i] = Math.Max(_ranks[i], ranks[i]);
            return;
        }
        for (var i = 0; i < other._used; i++) Add(other._hashes[i], other._times[i]);
    }

    /// <summary>Null when nobody is in it.</summary>
    public byte[]? ToBytes()
    {
        if (_ranks is not null) return [.. _ranks];
        if (_used == 0) return null;
        var bytes = new byte[_used * EntryBytes];
        for (var i = 0; i < _used; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * EntryBytes), _hashes[i]);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * EntryBytes + 8), _times[i]);
        }
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null gives an empty one.</summary>
    public static DistinctUsers FromBytes(byte[]? bytes)
    {
        var users = new DistinctUsers();
        if (bytes is null) return users;
        // Entries take twelve bytes each, which never add up to the registers.
        if (bytes.Length == Registers)
        {
            users._ranks = [.. bytes];
            return users;
        }
        users._used = bytes.Length / EntryBytes;
        (users._hashes, users._times) = (new long[users._used], new int[users._used]);
        for (var i = 0; i < users._used; i++)
        {
            users._hashes[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * EntryBytes));
            users._times[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * EntryBytes + 8));
        }
        return users;
    }

    private void Insert(int at, long hash, int times)
    {
        if (_used == _hashes.Length)
        {
            Array.Resize(ref _hashes, Math.Max(8, _used * 2));
            Array.Resize(ref _times, Math.Max(8, _used * 2));
        }
        Array.Copy(_hashes, at, _hashes, at + 1, _used - at);
        Array.Copy(_times, at, _times, at + 1, _used - at);
        (_hashes[at], _times[at]) = (hash, times);
        _used++;
    }

    private void Fold()
    {
        _ranks = new byte[Registers];
        for (var i = 0; i < _used; i++) Mark(_ranks, _hashes[i]);
        (_hashes, _times, _used) = ([], [], 0);
    }

    private static void Mark(byte[] ranks, long hash)
    {
        var index = (int)((ulong)hash >> (64 - IndexBits));
        // The bit set below the remaining ones ends the count of zeros at the highest rank.
        var rank = (byte)(BitOperations.LeadingZeroCount(((ulong)hash << IndexBits) | (1UL << (IndexBits - 1))) + 1);
        if (rank > ranks[index]) ranks[index] = rank;
    }

    // Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), §4: without bias over the whole range.
    private static double Estimate(byte[] ranks)
    {
        Span<int> times = stackalloc int[HighestRank + 1];
        times.Clear();
        foreach (var rank in ranks) times[rank]++;
        var z = Registers * Tau(1 - (double)times[HighestRank] / Registers);
        for (var rank = HighestRank - 1; rank >= 1; rank--) z = 0.5 * (z + times[rank]);
        z += Registers * Sigma((double)times[0] / Registers);
        return Registers / (2 * Math.Log(2)) * Registers / z;
    }

    private static double Sigma(double x)
    {
        if (x == 1) return double.PositiveInfinity;
        double y = 1, z = x, before;
        do
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (z != before);
        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1) return 0;
        double y = 1, z = 1 - x, before;
        do
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (z != before);
        return z / 3;
    }
}
