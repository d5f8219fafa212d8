using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What the spans of one trace mean.</summary>
/// <param name="Calls">The counted calls: leaf inference spans, nested spans of one call merged.</param>
/// <param name="RollUps">Spans that repeat their descendants' usage (agents, wrappers) and are not counted.</param>
/// <param name="Root">The root span, or null while only children have arrived.</param>
/// <param name="RequestOwners">Owners of the request: of the root, else of the first call.</param>
public sealed record TraceReading(
    IReadOnlyList<Call> Calls, IReadOnlySet<SpanId> RollUps, Span? Root, CallOwners RequestOwners,
    IReadOnlyList<TraceLoopReading> Loops);

/// <summary>A step repeated at least five times (algorithms §5).</summary>
public sealed record TraceLoopReading(string Step, IReadOnlyList<SpanId> Calls);

/// <summary>
/// The normaliser: from all spans of one trace to its calls (algorithms §2) with retries and loops (§5). Pure: the same spans in
/// any order give the same reading, which is what makes re-delivery and late spans harmless.
/// </summary>
public static class TraceReader
{
    /// <summary>Attributes that the receiver adds to the resource from the ingest key's binding; used when nothing else says.</summary>
    public const string BoundTeam = "portal.ingest.team", BoundEnvironment = "portal.ingest.environment", BoundAccount = "portal.ingest.account";
    /// <summary>Attribute that holds the keyed prompt hash the receiver made before it dropped the text.</summary>
    public const string PromptHash = "portal.prompt_hash";

    /// <summary>Reads all spans of one trace.</summary>
    public static TraceReading Read(IReadOnlyCollection<Span> spans, OwnerKeys keys) => throw new NotImplementedException();

    /// <summary>Whether an attribute carries prompt, completion or tool text, which is not stored unless capture is on.</summary>
    public static bool IsContent(string attributeKey) => throw new NotImplementedException();
}
