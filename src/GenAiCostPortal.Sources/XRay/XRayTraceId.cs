using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Trace ids as X-Ray writes them: <c>1-{8 hex}-{24 hex}</c>, the same 16 bytes as a W3C id.</summary>
public static class XRayTraceId
{
    /// <summary>Reads either form.</summary>
    public static bool TryParse(string? text, out TraceId id)
    {
        id = default;
        if (text is null) return false;
        if (text.Length == 32) return TraceId.TryParse(text, out id);
        return text.Length == 35 && text.StartsWith("1-", StringComparison.Ordinal) && text[10] == '-'
            && TraceId.TryParse(string.Concat(text.AsSpan(2, 8), text.AsSpan(11)), out id);
    }

    /// <summary>The id in X-Ray's form.</summary>
    public static string Format(TraceId id)
    {
        var hex = id.ToString();
        return $"1-{hex[..8]}-{hex[8..]}";
    }
}
