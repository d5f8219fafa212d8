using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// A user as 64 bits of HMAC-SHA256. Users can be told apart and counted without keeping who they are; with a key that stays in the
/// store, a leaked hash cannot be tried against guessed names.
/// </summary>
internal static class UserHash
{
    /// <summary>Never 0, which stands for "nobody known".</summary>
    public static long Of(byte[] key, string user)
    {
        Span<byte> full = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(user), full);
        return BinaryPrimitives.ReadInt64BigEndian(full) is var hash and not 0 ? hash : 1;
    }
}
