using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Where the documents were read: what is said of account and region when they do not say so themselves.</summary>
public sealed record XRayHome(string AccountId, string Region);

/// <summary>Spans of X-Ray documents.</summary>
/// <param name="Rejected">Segments that are no span: no id, no start, impossible times.</param>
/// <param name="BadDocuments">Documents that could not be read at all.</param>
/// <param name="Reason">Why the first was refused; empty when none was.</param>
public sealed record XRaySpans(IReadOnlyList<Span> Spans, int Rejected, int BadDocuments, string Reason)
{
    /// <summary>What is refused is counted, whatever the reason.</summary>
    public int Refused => Rejected + BadDocuments;
}

/// <summary>How much of a document is read.</summary>
internal static class XRayLimits
{
    /// <summary>Characters of a document. X-Ray takes 64 KB, Transaction Search 200 KB.</summary>
    public const int DocumentLength = 1024 * 1024;
    /// <summary>Subsegments of a document; more are a broken one.</summary>
    public const int Segments = 10_000;
    /// <summary>Scope of spans whose document does not tell what made them.</summary>
    public const string Scope = "aws.x-ray";
}
