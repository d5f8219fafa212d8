using System.Collections.Concurrent;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>
/// One spelling of a tag's key, however a source writes it (algorithms §4, step 1): what AWS puts in front is stripped, case is
/// folded, punctuation dropped. <c>resourceTags/user_GenAI:Workload</c> and <c>genai_workload</c> are the same key.
/// </summary>
public static class TagNames
{
    private static readonly string[] Heads = ["resourceTags/", "iamPrincipal/", "costCategory/", "user_", "user:"];
    // The same few keys stand on millions of lines.
    private const int MostKept = 10_000;
    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>The key in its one spelling; empty for a key of punctuation alone.</summary>
    public static string Canonical(string key)
    {
        if (Known.TryGetValue(key, out var known)) return known;
        var canonical = string.Concat(Plain(key).Where(char.IsLetterOrDigit)).ToLowerInvariant();
        if (Known.Count < MostKept) Known.TryAdd(key, canonical);
        return canonical;
    }

    /// <summary>The key as people wrote it, without what AWS puts in front.</summary>
    public static string Plain(string key)
    {
        for (var isCut = true; isCut;)
        {
            isCut = false;
            foreach (var head in Heads)
            {
                if (!key.StartsWith(head, StringComparison.OrdinalIgnoreCase) || key.Length == head.Length) continue;
                key = key[head.Length..];
                isCut = true;
            }
        }
        return key;
    }

    /// <summary>Whether two keys mean the same tag.</summary>
    public static bool AreSame(string one, string other) => Canonical(one) is { Length: > 0 } canonical && canonical == Canonical(other);

    /// <summary>Whether the tag belongs to the caller (its IAM principal), not to what was called.</summary>
    public static bool IsOfPrincipal(string key) => key.StartsWith("iamPrincipal/", StringComparison.OrdinalIgnoreCase);
}
