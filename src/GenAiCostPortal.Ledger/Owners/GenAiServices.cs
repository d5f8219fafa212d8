namespace GenAiCostPortal.Ledger.Owners;

/// <summary>The AWS services whose whole bill is GenAI (algorithms §4, Border): names without regard to case, <c>*</c> stands for any characters.</summary>
public sealed class GenAiServices(IReadOnlyList<string> patterns)
{
    /// <summary>The list that holds unless people set another.</summary>
    // "Amazon Q" as a word: QuickSight and QLDB are other services.
    public static readonly IReadOnlyList<string> Usual =
        ["Amazon Bedrock*", "*(Amazon Bedrock Edition)", "*AgentCore*", "Amazon SageMaker*", "Amazon Kendra*", "Amazon Q", "Amazon Q *"];

    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>The list as it was given.</summary>
    public IReadOnlyList<string> Patterns => patterns;

    /// <summary>Whether a service is on the list.</summary>
    public bool Has(string service)
    {
        lock (_known)
        {
            if (_known.TryGetValue(service, out var known)) return known;
            // An export may hold any text as a service.
            if (_known.Count > 5_000) _known.Clear();
            return _known[service] = patterns.Any(p => IsLike(service, p));
        }
    }

    /// <summary>Whether a text is like a pattern in which <c>*</c> stands for any characters.</summary>
    internal static bool IsLike(string text, string pattern)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1) return text.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        if (!text.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase)) return false;
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = text.IndexOf(part, at, StringComparison.OrdinalIgnoreCase);
            if (found < 0) return false;
            at = found + part.Length;
        }
        return text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.OrdinalIgnoreCase);
    }
}
