using Microsoft.AspNetCore.Http;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Whose traffic an ingest key carries, used where the spans do not say themselves; null = not bound.</summary>
public sealed record IngestBinding(string? Team, string? Environment, string? AccountId)
{
    /// <summary>A key that is bound to nothing.</summary>
    public static readonly IngestBinding None = new(null, null, null);
}

/// <summary>Checks the ingest key of a request. The host registers one; null refuses with 401.</summary>
public delegate ValueTask<IngestBinding?> IngestCheck(HttpContext context);
