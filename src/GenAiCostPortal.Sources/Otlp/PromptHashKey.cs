using System.Security.Cryptography;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Key of the prompt hash (HMAC-SHA256, cut to 64 bits). The hash lets equal prompts be found without keeping their text; with a key
/// that stays in the store, a leaked hash cannot be tried against guessed prompts.
/// </summary>
public sealed record PromptHashKey(byte[] Key)
{
    /// <summary>A fresh key: hashes made with it compare only within this process.</summary>
    public static PromptHashKey Random() => new(RandomNumberGenerator.GetBytes(32));
}
