using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Keyed hash over the prompt texts of one span, in the order sent.</summary>
internal sealed class PromptHash(PromptHashKey key) : IDisposable
{
    private IncrementalHash? _hmac;
    private bool _any;

    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        _hmac ??= IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Key);
        _hmac.AppendData(text);
        // A byte that UTF-8 never contains keeps "ab"+"c" and "a"+"bc" apart.
        _hmac.AppendData([0xFF]);
        _any = true;
    }

    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public void Clear()
    {
        if (_any) Take();
    }

    /// <summary>The first 64 bits; null when no prompt was added.</summary>
    public long? Take()
    {
        if (!_any) return null;
        _any = false;
        Span<byte> full = stackalloc byte[32];
        _hmac!.GetHashAndReset(full);
        return BinaryPrimitives.ReadInt64BigEndian(full);
    }

    public void Dispose() => _hmac?.Dispose();
}
