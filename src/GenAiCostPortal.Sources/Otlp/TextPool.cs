using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Short ASCII texts that come again and again (attribute keys, model names, features) as one string each. A fixed table without
/// locks: a lost race or a collision only costs a new string.
/// </summary>
internal static class TextPool
{
    private const int Slots = 8192, MaxBytes = 64;
    private static readonly string?[] Table = new string?[Slots];

    public static bool TryGet(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (utf8.Length > MaxBytes) return false;
        var slot = Hash(utf8) & (Slots - 1);
        var found = Table[slot];
        if (found is not null && found.Length == utf8.Length && Ascii.Equals(utf8, found))
        {
            text = found;
            return true;
        }
        if (!Ascii.IsValid(utf8)) return false;
        Table[slot] = text = Encoding.ASCII.GetString(utf8);
        return true;
    }

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length * 0x9E3779B97F4A7C15;
        for (; bytes.Length >= 8; bytes = bytes[8..]) hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0xD6E8FEB86659FD93;
        ulong tail = 0;
        foreach (var b in bytes) tail = tail << 8 | b;
        hash = (hash ^ tail) * 0xD6E8FEB86659FD93;
        return (int)(hash >> 40);
    }
}
