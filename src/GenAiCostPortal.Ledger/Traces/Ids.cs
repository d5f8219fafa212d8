using System.Buffers.Binary;
using System.Globalization;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>A W3C trace id: 16 bytes, not all zero.</summary>
public readonly record struct TraceId(ulong High, ulong Low)
{
    /// <summary>Reads 16 bytes; false when the length is wrong or all are zero (invalid in OTLP).</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TraceId id)
    {
        id = default;
        if (bytes.Length != 16) return false;
        id = new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return id != default;
    }

    /// <summary>Reads 32 hex digits, upper or lower case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out TraceId id)
    {
        id = default;
        if (hex.Length != 32
            || !ulong.TryParse(hex[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            || !ulong.TryParse(hex[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low)) return false;
        id = new(high, low);
        return id != default;
    }

    /// <summary>The 16 bytes, as stored.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Low);
        return bytes;
    }

    public override string ToString() => High.ToString("x16", CultureInfo.InvariantCulture) + Low.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>A W3C span id: 8 bytes, not all zero. The default value stands for "no parent".</summary>
public readonly record struct SpanId(ulong Value)
{
    public bool IsNone => Value == 0;

    /// <summary>Reads 8 bytes; false when the length is wrong or all are zero.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SpanId id)
    {
        id = default;
        if (bytes.Length != 8) return false;
        id = new(BinaryPrimitives.ReadUInt64BigEndian(bytes));
        return !id.IsNone;
    }

    /// <summary>Reads 16 hex digits, upper or lower case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out SpanId id)
    {
        id = default;
        if (hex.Length != 16 || !ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        id = new(value);
        return !id.IsNone;
    }

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
