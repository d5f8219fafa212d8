using System.Globalization;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Whether a sender's input count holds the cached tokens.</summary>
internal enum CacheConvention : byte { Unknown = 0, Inside = 1, Outside = 2 }

/// <summary>One sender whose convention is known from its source or a captured body.</summary>
/// <param name="Scope">Exact instrumentation scope.</param>
/// <param name="Language"><c>telemetry.sdk.language</c>; when a sender leaves it out the scope decides.</param>
/// <param name="From">First version it holds for; empty = any.</param>
/// <param name="Before">First version it no longer holds for; empty = any.</param>
/// <param name="OnlyNamed">Holds only for spans whose name contains this.</param>
/// <param name="Source">Where it is known from.</param>
internal sealed record SenderRow(
    string Scope, string Language, CacheConvention Convention, string Source, string From = "", string Before = "", string OnlyNamed = "")
{
    /// <summary>In words, for the trace page.</summary>
    public string Text { get; } = (Convention == CacheConvention.Inside ? "Cache counted inside the input: " : "Cache counted beside the input: ")
        + Scope + " is known to do so (" + Source + ").";
}

/// <summary>Token conventions by exact scope, language and version range (facts/otlp-genai.md §5 and the captured bodies).</summary>
internal static class SenderTable
{
    private const string Read = "read in its source, August 2026", Captured = "captured, November 2026";

    private static readonly Dictionary<string, SenderRow[]> Rows = new SenderRow[]
    {
        new("aws.bedrock.invocation-log", "", CacheConvention.Outside, "AWS's own record"),
        new("opentelemetry.instrumentation.botocore.bedrock-runtime", "python", CacheConvention.Outside, Read),
        new("@opentelemetry/instrumentation-aws-sdk", "nodejs", CacheConvention.Outside, Captured),
        new("strands.telemetry.tracer", "python", CacheConvention.Outside, Read),
        new("opentelemetry.instrumentation.bedrock", "python", CacheConvention.Outside, Read),
        new("opentelemetry.instrumentation.anthropic", "python", CacheConvention.Inside, Read),
        new("openinference.instrumentation.anthropic", "python", CacheConvention.Inside, Read),
        new("openinference.instrumentation.bedrock", "python", CacheConvention.Inside, Read, OnlyNamed: "invoke_model"),
        new("openinference.instrumentation.bedrock", "python", CacheConvention.Outside, Read, OnlyNamed: "converse"),
        new("@arizeai/openinference-instrumentation-bedrock", "nodejs", CacheConvention.Outside, Read),
        new("@arizeai/openinference-instrumentation-anthropic", "nodejs", CacheConvention.Inside, Captured, From: "0.2"),
        new("com.anthropic.sdk.typescript", "nodejs", CacheConvention.Inside, Captured, From: "1.12"),
        new("@traceloop/instrumentation-anthropic", "nodejs", CacheConvention.Outside, Captured, From: "0.27", Before: "0.28"),
        new("@arizeai/openinference-instrumentation-openai", "nodejs", CacheConvention.Inside, Captured),
        new("@traceloop/instrumentation-openai", "nodejs", CacheConvention.Inside, Captured),
        new("@opentelemetry/instrumentation-openai", "nodejs", CacheConvention.Inside, Captured),
        new("@elastic/opentelemetry-instrumentation-openai", "nodejs", CacheConvention.Inside, Captured),
        new("ai", "nodejs", CacheConvention.Inside, Captured),
    }.GroupBy(row => row.Scope).ToDictionary(rows => rows.Key, rows => rows.ToArray(), StringComparer.Ordinal);

    /// <summary>Whether a scope is a known sender of model calls.</summary>
    public static bool Knows(string scope) => Rows.ContainsKey(scope);

    /// <summary>The row that fits, or null.</summary>
    public static SenderRow? Find(string scope, string version, string? language, string spanName)
    {
        if (!Rows.TryGetValue(scope, out var rows)) return null;
        foreach (var row in rows)
        {
            if (language is not null && !string.Equals(language, row.Language, StringComparison.OrdinalIgnoreCase)) continue;
            if (row.From.Length > 0 && Compare(version, row.From) < 0) continue;
            if (row.Before.Length > 0 && Compare(version, row.Before) >= 0) continue;
            if (row.OnlyNamed.Length > 0 && !spanName.Contains(row.OnlyNamed, StringComparison.OrdinalIgnoreCase)) continue;
            return row;
        }
        return null;
    }

    /// <summary>Compares dotted versions number by number; what is not a number counts as 0.</summary>
    internal static int Compare(string a, string b)
    {
        var left = a.Split('.', '-', '+');
        var right = b.Split('.', '-', '+');
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var order = Part(left, i).CompareTo(Part(right, i));
            if (order != 0) return order;
        }
        return 0;
    }

    private static int Part(string[] parts, int i) =>
        i < parts.Length && int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
}
