using System.Buffers.Binary;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Walks the fields of one protobuf message. A field of an unexpected wire type counts as unknown, as protobuf says.</summary>
internal ref struct ProtobufCursor(ReadOnlySpan<byte> message)
{
    public const int VarintType = 0, Fixed64Type = 1, BytesType = 2, Fixed32Type = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>Number and wire type of the field read last.</summary>
    public int Field { get; private set; }
    public int Type { get; private set; }
    /// <summary>Payload of a length-delimited field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }
    /// <summary>Payload of a varint or fixed field.</summary>
    public ulong Number { get; private set; }

    public readonly bool IsBytes(int field) => Field == field && Type == BytesType;

    /// <summary>Moves to the next field; false at the end.</summary>
    /// <exception cref="OtlpFormatException">The message is cut short or malformed.</exception>
    public bool Next()
    {
        if (_at >= _message.Length) return false;
        var tag = Varint();
        if (tag >> 3 is 0 or > 536_870_911) throw Malformed();
        Field = (int)(tag >> 3);
        Type = (int)(tag & 7);
        switch (Type)
        {
            case VarintType: Number = Varint(); break;
            case Fixed64Type: Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case BytesType:
                var length = Varint();
                if (length > int.MaxValue) throw Malformed();
                Bytes = Take((int)length);
                break;
            case Fixed32Type: Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            default: throw Malformed();
        }
        return true;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _message.Length - _at) throw Malformed();
        var part = _message.Slice(_at, length);
        _at += length;
        return part;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_at >= _message.Length) throw Malformed();
            var b = _message[_at++];
            if (shift < 64) value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw Malformed();
    }

    private static OtlpFormatException Malformed() => new("The body is not a valid protobuf message.");
}
