using System.Security.Cryptography;
using System.Text;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Ids for a call that is known by its Bedrock request id alone: the same request always gets the same ids.</summary>
public static class RequestIds
{
    /// <summary>Trace and span id of a request; until its trace is known the call stands in a trace of its own.</summary>
    public static (TraceId Trace, SpanId Span) Of(string requestId)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes("bedrock-request:" + requestId), hash);
        TraceId.TryRead(hash[..16], out var trace);
        SpanId.TryRead(hash[16..24], out var span);
        return (trace, span);
    }
}
