using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>What became of a body.</summary>
public enum IntakeState
{
    /// <summary>On disk.</summary>
    Stored,
    /// <summary>Not taken: too much is waiting, or the portal is stopping. To be sent again.</summary>
    Full,
    /// <summary>Not stored: the store failed. To be sent again.</summary>
    Failed,
}

/// <summary>Answer to a body. Counts are zero unless <see cref="IntakeState.Stored"/>.</summary>
/// <param name="Message">Why items were rejected (the first reason), or why nothing was stored; else empty.</param>
public sealed record IntakeResult(IntakeState State, int Accepted, int Rejected, string Message);

/// <summary>The door behind HTTP and gRPC: decodes a body, stores what it brings through the inbox, and answers after the commit.</summary>
public sealed class OtlpIntake
{
    private const string BindingPrefix = "portal.ingest.";
    private readonly OtlpDecoder _decoder;
    private readonly TraceWriter _writer;
    private readonly MeasureWriter _measures;
    private readonly Inbox _inbox;
    private readonly OtlpCounters _counters;

    internal OtlpIntake(OtlpDecoder decoder, TraceWriter writer, MeasureWriter measures, Inbox inbox, OtlpCounters counters) =>
        (_decoder, _writer, _measures, _inbox, _counters) = (decoder, writer, measures, inbox, counters);

    /// <summary>Takes an ExportTraceServiceRequest, already decompressed. Cancelling ends the wait, not the storing.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse; sending it again will not help.</exception>
    public Task<IntakeResult> AcceptAsync(ReadOnlyMemory<byte> body, bool isJson, IngestBinding? binding, CancellationToken cancel = default) =>
        AcceptAsync(OtlpSignal.Traces, body, isJson, binding, cancel);

    /// <summary>Takes an export request of a signal, likewise.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse; sending it again will not help.</exception>
    public async Task<IntakeResult> AcceptAsync(OtlpSignal signal, ReadOnlyMemory<byte> body, bool isJson, IngestBinding? binding, CancellationToken cancel = default)
    {
        if (!_inbox.HasRoom(body.Length)) return Full;
        var (delivery, rejected, reason) = signal switch
        {
            OtlpSignal.Traces => Prepare(signal, _decoder.DecodeTraces(body, isJson), binding, body.Length),
            OtlpSignal.Logs => Prepare(signal, _decoder.DecodeLogs(body, isJson), binding, body.Length),
            _ => Prepare(_decoder.DecodeMetrics(body, isJson), binding, body.Length),
        };
        if (delivery is null) return new IntakeResult(IntakeState.Stored, 0, 0, "");
        if (_inbox.TryTake(delivery) is not { } stored) return Full;
        if (!await stored.WaitAsync(cancel)) return new IntakeResult(IntakeState.Failed, 0, 0, "The items could not be stored; please send them again.");
        _counters.Add(signal, delivery.Items, rejected, delivery.Ignored);
        return new IntakeResult(IntakeState.Stored, delivery.Items, rejected, rejected > 0 ? reason : "");
    }

    private (Delivery? Delivery, int Rejected, string Reason) Prepare(OtlpSignal signal, DecodedSpans decoded, IngestBinding? binding, int bytes)
    {
        var prepared = decoded.Spans.Count == 0 && decoded.Rejected == 0 ? null : _writer.Prepare(Bind(decoded.Spans, binding), decoded.Rejected, signal.Word());
        return (prepared is null && decoded.Ignored == 0 ? null : new Delivery(signal, prepared, null, decoded.Ignored, bytes), decoded.Rejected, decoded.RejectReason);
    }

    private (Delivery? Delivery, int Rejected, string Reason) Prepare(DecodedMetrics decoded, IngestBinding? binding, int bytes)
    {
        var bound = new Dictionary<SpanResource, SpanResource>(ReferenceEqualityComparer.Instance);
        var points = decoded.Points.Select(p => p with { Resource = Bind(p.Resource, binding, bound) }).ToList();
        var prepared = _measures.Prepare(points, decoded.Rejected, decoded.Ignored);
        var isEmpty = prepared.Count + prepared.Rejected + prepared.Ignored == 0;
        return (isEmpty ? null : new Delivery(OtlpSignal.Metrics, null, prepared, prepared.Ignored, bytes), decoded.Rejected, decoded.RejectReason);
    }

    private static IntakeResult Full => new(IntakeState.Full, 0, 0, "Too much is waiting to be stored; please send them again.");

    // Only the key says what traffic is bound to: what a sender claims under these names is taken off.
    private static IReadOnlyList<Span> Bind(IReadOnlyList<Span> spans, IngestBinding? binding)
    {
        var bound = new Dictionary<SpanResource, SpanResource>(ReferenceEqualityComparer.Instance);
        List<Span>? answer = null;
        for (var i = 0; i < spans.Count; i++)
        {
            var resource = spans[i].Resource;
            var now = Bind(resource, binding, bound);
            if (ReferenceEquals(now, resource)) continue;
            answer ??= [.. spans];
            answer[i] = spans[i] with { Resource = now };
        }
        return answer ?? spans;
    }

    private static SpanResource Bind(SpanResource resource, IngestBinding? binding, Dictionary<SpanResource, SpanResource> bound)
    {
        if (!bound.TryGetValue(resource, out var now)) bound.Add(resource, now = Bind(resource, binding));
        return now;
    }

    private static SpanResource Bind(SpanResource resource, IngestBinding? binding)
    {
        var claimed = resource.Attributes.Items.Any(a => a.Key.StartsWith(BindingPrefix, StringComparison.Ordinal));
        var isBound = binding is { Team.Length: > 0 } or { Environment.Length: > 0 } or { AccountId.Length: > 0 };
        if (!claimed && !isBound) return resource;
        var items = resource.Attributes.Items.Where(a => !a.Key.StartsWith(BindingPrefix, StringComparison.Ordinal)).ToList();
        if (binding?.Team is { Length: > 0 } team) items.Add(new(TraceReader.BoundTeam, team));
        if (binding?.Environment is { Length: > 0 } environment) items.Add(new(TraceReader.BoundEnvironment, environment));
        if (binding?.AccountId is { Length: > 0 } account) items.Add(new(TraceReader.BoundAccount, account));
        return new SpanResource(new SpanAttributes([.. items]));
    }
}
