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
/// <param name="Message">Why spans were rejected (the first reason), or why nothing was stored; else empty.</param>
public sealed record IntakeResult(IntakeState State, int Accepted, int Rejected, string Message);

/// <summary>The door behind HTTP: decodes a body, stores its spans through the inbox, and answers after the commit.</summary>
public sealed class OtlpIntake
{
    private const string BindingPrefix = "portal.ingest.";
    private readonly OtlpDecoder _decoder;
    private readonly TraceWriter _writer;
    private readonly Inbox _inbox;
    private readonly OtlpCounters _counters;

    internal OtlpIntake(OtlpDecoder decoder, TraceWriter writer, Inbox inbox, OtlpCounters counters) =>
        (_decoder, _writer, _inbox, _counters) = (decoder, writer, inbox, counters);

    /// <summary>Takes an export request of a signal; see the other overload.</summary>
    internal Task<IntakeResult> AcceptAsync(OtlpSignal signal, ReadOnlyMemory<byte> body, bool isJson, IngestBinding? binding, CancellationToken cancel) => signal switch
    {
        OtlpSignal.Traces => AcceptAsync(body, isJson, binding, cancel),
        _ => throw OtlpRefusal.NotServed(signal == OtlpSignal.Metrics ? "Metrics" : "Logs"),
    };

    /// <summary>Takes an ExportTraceServiceRequest, already decompressed. Cancelling ends the wait, not the storing.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse; sending it again will not help.</exception>
    public async Task<IntakeResult> AcceptAsync(ReadOnlyMemory<byte> body, bool isJson, IngestBinding? binding, CancellationToken cancel = default)
    {
        if (!_inbox.HasRoom(body.Length)) return Full;
        var decoded = _decoder.DecodeTraces(body, isJson);
        if (decoded.Spans.Count == 0 && decoded.Rejected == 0) return new IntakeResult(IntakeState.Stored, 0, 0, "");
        var prepared = _writer.Prepare(Bind(decoded.Spans, binding), decoded.Rejected);
        if (_inbox.TryTake(prepared, body.Length) is not { } stored) return Full;
        if (!await stored.WaitAsync(cancel)) return new IntakeResult(IntakeState.Failed, 0, 0, "The spans could not be stored; please send them again.");
        _counters.Add("traces", prepared.Count, decoded.Rejected);
        return new IntakeResult(IntakeState.Stored, prepared.Count, decoded.Rejected, decoded.Rejected > 0 ? decoded.RejectReason : "");
    }

    private static IntakeResult Full => new(IntakeState.Full, 0, 0, "Too many spans are waiting to be stored; please send them again.");

    // Only the key says what traffic is bound to: what a sender claims under these names is taken off.
    private static IReadOnlyList<Span> Bind(IReadOnlyList<Span> spans, IngestBinding? binding)
    {
        var bound = new Dictionary<SpanResource, SpanResource>(ReferenceEqualityComparer.Instance);
        List<Span>? answer = null;
        for (var i = 0; i < spans.Count; i++)
        {
            var resource = spans[i].Resource;
            if (!bound.TryGetValue(resource, out var now)) bound.Add(resource, now = Bind(resource, binding));
            if (ReferenceEquals(now, resource)) continue;
            answer ??= [.. spans];
            answer[i] = spans[i] with { Resource = now };
        }
        return answer ?? spans;
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
