using System.Diagnostics.CodeAnalysis;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>The parts of an ARN that name a model or something that stands for one.</summary>
internal readonly record struct ModelArn(string Service, string? Region, string? AccountId, string Kind, string Id)
{
    /// <summary>Reads <c>arn:partition:service:region:account:kind/id</c>.</summary>
    internal static bool TryRead(string text, [NotNullWhen(true)] out ModelArn? arn)
    {
        arn = null;
        if (!text.StartsWith("arn:", StringComparison.OrdinalIgnoreCase)) return false;
        var parts = text.Split(':', 6);
        if (parts.Length < 6) return false;
        var slash = parts[5].IndexOf('/', StringComparison.Ordinal);
        var (kind, id) = slash < 0 ? (parts[5], "") : (parts[5][..slash], parts[5][(slash + 1)..].Trim());
        arn = new ModelArn(parts[2], Or(parts[3]), Or(parts[4]), kind.ToLowerInvariant(), id);
        return true;
    }

    /// <summary>What people read for a thing whose model is not in its name.</summary>
    internal string OpaqueDisplay()
    {
        var words = Kind.Replace('-', ' ');
        return words.Length == 0 ? Id : $"{char.ToUpperInvariant(words[0])}{words[1..]} {Id}".TrimEnd();
    }

    private static string? Or(string text) => text.Length == 0 ? null : text;
}
