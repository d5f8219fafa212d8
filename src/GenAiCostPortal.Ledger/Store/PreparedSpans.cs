using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// A delivery made ready for the writer: spans grouped by trace and read as if these were all of each trace (true for most),
/// attributes as text. All of it is pure, so it is done outside the transaction, on the thread of whoever delivers.
/// </summary>
public sealed class PreparedSpans
{
    internal PreparedSpans(List<PreparedTrace> traces, int stored, int rejected, string signal) =>
        (Traces, Count, Rejected, Signal) = (traces, stored, rejected, signal);

    internal List<PreparedTrace> Traces { get; }

    /// <summary>Spans delivered.</summary>
    public int Count { get; }

    /// <summary>Spans of the same delivery that were refused before; only counted.</summary>
    public int Rejected { get; }

    /// <summary><c>traces</c>; the row of <see cref="Feeds.SignalCount"/>.</summary>
    public string Signal { get; }

    internal static PreparedSpans Read(IReadOnlyList<Span> spans, OwnerKeys owners, int rejected, string signal)
    {
        var byTrace = new Dictionary<TraceId, DistinctSpans>();
        foreach (var span in spans)
        {
            ref var distinct = ref CollectionsMarshal.GetValueRefOrAddDefault(byTrace, span.TraceId, out _);
            (distinct ??= new DistinctSpans()).Add(TraceState.Keep(span));
        }
        var origins = new Dictionary<(SpanResource, SpanScope), OriginText>(ByReference.Instance);
        var traces = new List<PreparedTrace>(byTrace.Count);
        foreach (var (id, distinct) in byTrace)
        {
            var list = distinct.Items;
            var texts = new SpanText[list.Count];
            for (var i = 0; i < texts.Length; i++) texts[i] = new SpanText(list[i].Attributes.ToUtf8(), OriginText.Of(list[i], origins));
            traces.Add(new PreparedTrace(id, list, texts, TraceReader.Read(list, owners)));
        }
        return new PreparedSpans(traces, spans.Count, rejected, signal);
    }

    private sealed class ByReference : IEqualityComparer<(SpanResource, SpanScope)>
    {
        public static readonly ByReference Instance = new();
        public bool Equals((SpanResource, SpanScope) x, (SpanResource, SpanScope) y) => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);
        public int GetHashCode((SpanResource, SpanScope) key) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Item1), System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Item2));
    }
}

/// <summary>The spans of one trace in one delivery, distinct by id.</summary>
internal sealed record PreparedTrace(TraceId Id, List<Span> Spans, SpanText[] Texts, TraceReading Reading);

/// <summary>A span's attributes as stored, and where it came from.</summary>
internal readonly record struct SpanText(byte[] Attributes, OriginText Origin);

/// <summary>Resource and scope as stored; the hash is what makes it one row.</summary>
internal sealed record OriginText(string Hash, string ResourceAttributes, SpanResource Resource, SpanScope Scope)
{
    public static OriginText Of(Span span, Dictionary<(SpanResource, SpanScope), OriginText> known)
    {
        ref var origin = ref CollectionsMarshal.GetValueRefOrAddDefault(known, (span.Resource, span.Scope), out _);
        return origin ??= Of(span.Resource, span.Scope);
    }

    public static OriginText Of(SpanResource resource, SpanScope scope)
    {
        var json = resource.Attributes.ToJson();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(json + "\n" + scope.Name + "\n" + scope.Version));
        return new OriginText(Convert.ToHexStringLower(hash), json, resource, scope);
    }
}
