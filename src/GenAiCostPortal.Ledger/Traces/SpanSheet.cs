using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>
/// Everything known of one trace's spans, laid out for the waterfall. Numbers are the stored ones; what a span is to the others
/// (roll-up, loop, reading in words) is read again from the stored spans, so a better reader shows at once.
/// </summary>
internal sealed class SpanSheet
{
    private readonly Dimensions _dimensions;
    private readonly PriceFinder _prices;
    private readonly List<SpanRow> _rows;
    private readonly Dictionary<int, Origin> _origins;
    private readonly Dictionary<long, StoredCall> _calls;
    private readonly Dictionary<SpanId, Call> _read;
    private readonly TraceReading _reading;
    private readonly BilledRates _billed;

    public SpanSheet(Dimensions dimensions, PriceFinder prices, TraceId id, List<SpanRow> rows,
        IReadOnlyDictionary<int, SpanOrigin> origins, IEnumerable<StoredCall> calls, OwnerKeys keys, BilledRates billed)
    {
        (_dimensions, _prices, _rows, _billed) = (dimensions, prices, rows, billed);
        _origins = Origins(origins);
        _calls = calls.ToDictionary(c => c.Row.SpanId);
        _reading = TraceReader.Read([.. rows.Select(row => Span(id, row, _origins))], keys);
        _read = _reading.Calls.ToDictionary(c => c.SpanId);
    }

    /// <summary>What the loops of this trace would be called in other traces.</summary>
    public IReadOnlyList<ToolStep> LoopSteps => [.. _reading.Loops.Select(l => l.Tool).OfType<ToolStep>().Distinct()];

    public TraceDetail Detail(TraceItem item, IReadOnlyDictionary<ToolStep, int> usualSteps, WorkflowUsual? usual)
    {
        var loops = _reading.Loops.Select(loop => Loop(loop, usualSteps)).OrderByDescending(l => l.EstimatedCostUsd ?? 0).ToList();
        var looping = loops.SelectMany(l => l.Spans).ToHashSet();
        var repeats = loops.SelectMany(l => l.Spans.Skip(l.Usual ?? 1)).ToHashSet();
        var places = Waterfall.Place([.. _rows.Select(r => new WaterfallSpan(Id(r.SpanId), Id(r.ParentSpanId), r.StartUnixNs, r.StartUnixNs + r.DurationNs))]);
        return new TraceDetail(item, [.. places.Select(p => Shown(_rows[p.Index], p, looping, repeats))], loops) { Usual = usual };
    }

    private TraceSpan Shown(SpanRow row, WaterfallPlace place, HashSet<SpanId> looping, HashSet<SpanId> repeats)
    {
        var id = Id(row.SpanId);
        var call = _calls.GetValueOrDefault(row.SpanId);
        var read = _read.GetValueOrDefault(id);
        var origin = _origins.GetValueOrDefault(row.OriginId) ?? Origin.None;
        var price = call is { PriceId: > 0 } ? _prices.ById(call.PriceId) : null;
        var flags = call?.Row.Flags ?? CallFlags.None;
        return new TraceSpan(
            id, Id(row.ParentSpanId), row.Name, row.Kind, UtcTime.FromUnixMs(row.StartUnixNs / 1_000_000), place.OffsetNs / 1e6, row.DurationNs / 1e6,
            place.Depth, row.Status, row.StatusMessage ?? "", origin.Resource.Attributes.Text("service.name") ?? "",
            call is null ? "" : _dimensions.Label(call.Usage.ModelId), Tokens(call), call?.Row.TokenState ?? TokenState.Unknown, Cost(call),
            call?.Row.CostState ?? CostState.NotBillable, call is not null, _reading.RollUps.Contains(id),
            (flags & CallFlags.IsRetry) != 0, (flags & CallFlags.WasRetried) != 0, (flags & CallFlags.IsLoop) != 0 || looping.Contains(id),
            place.IsOnCriticalPath, place.IsOrphan, read?.Reading ?? "", PriceText.Of(price), read?.SenderReportedCostUsd, Attributes(row, origin))
        {
            CallStatus = call?.Row.Status,
            TimeToFirstTokenMs = call?.Row.TimeToFirstTokenMs,
            TokenLines = Lines(call, price),
            Flags = flags,
            IsRepeat = repeats.Contains(id),
            BilledCostUsd = call is not null && _billed.CostOf(call) is { } nano ? Money.ToUsd(nano) : null,
            RepricedCostUsd = call is null ? null : Repriced(call),
        };
    }

    private TraceLoop Loop(TraceLoopReading loop, IReadOnlyDictionary<ToolStep, int> usualSteps)
    {
        var spans = loop.Calls.OrderBy(c => _calls.GetValueOrDefault((long)c.Value)?.Row.StartUnixMs ?? 0).ThenBy(c => c.Value).ToList();
        int? usual = loop.Tool is { } step && usualSteps.TryGetValue(step, out var times) && times < spans.Count ? times : null;
        var costs = spans.Skip(usual ?? 1).Select(s => Cost(_calls.GetValueOrDefault((long)s.Value))).OfType<decimal>().ToList();
        return new TraceLoop(loop.Step, spans.Count, costs.Count == 0 ? null : costs.Sum(), spans) { Usual = usual };
    }

    private static TokenCounts? Tokens(StoredCall? call) =>
        call is null || call.Row.TokenState == TokenState.Unknown ? null : call.Row.Tokens;

    /// <summary>Zero for calls that cost nothing by their status; null where tokens or prices are not known.</summary>
    private static decimal? Cost(StoredCall? call) => call?.Row.CostState switch
    {
        null or CostState.Unpriced or CostState.NoTokens => null,
        CostState.NotBillable => 0m,
        _ => call.Row.EstimatedCostNanoUsd is { } nano ? Money.ToUsd(nano) : null,
    };

    /// <summary>Cost at the price that a re-pricing put in the place of the call's own; null where none did.</summary>
    private decimal? Repriced(StoredCall call)
    {
        if (call.Row.CostState == CostState.NotBillable || Tokens(call) is not { } tokens) return null;
        var now = _prices.EffectiveId(call.PriceKey, call.DayNumber);
        return now != call.PriceId && _prices.ById(now) is { } price ? Money.ToUsd(TokenCost.Of(tokens, price).NanoUsd) : null;
    }

    private static IReadOnlyList<TokenLine> Lines(StoredCall? call, Price? price) => Tokens(call) is not { } tokens ? [] :
    [
        .. TokenCounts.Kinds.Where(kind => tokens[kind] != 0 || kind is TokenKind.Input or TokenKind.Output).Select(kind => new TokenLine(
            kind, tokens[kind], price?[kind] is { } nano ? Money.ToUsd(nano) : null,
            price?[kind] is { } each && call!.Row.CostState != CostState.NotBillable ? Money.ToUsd(Money.Cost(tokens[kind], each)) : null)),
    ];

    private static IReadOnlyList<KeyValuePair<string, string>> Attributes(SpanRow row, Origin origin)
    {
        var own = SpanAttributes.FromJson(row.Attributes).Items;
        IEnumerable<KeyValuePair<string, object>> scope = origin.Scope.Name.Length == 0 ? []
            : [new("otel.scope.name", origin.Scope.Name), new("otel.scope.version", origin.Scope.Version)];
        return
        [
            .. own.Concat(scope).Concat(origin.Resource.Attributes.Items)
                .Where(a => !a.Key.StartsWith("portal.", StringComparison.Ordinal))
                .Select(a => KeyValuePair.Create(a.Key, Text(a.Value)))
                .Where(a => a.Value.Length > 0),
        ];
    }

    private static string Text(object value) => value switch
    {
        bool b => b ? "true" : "false",
        object[] list => string.Join(", ", list.Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>How often each tool's step ran in another trace, from its stored spans.</summary>
    public static IReadOnlyDictionary<ToolStep, int> StepTimes(IEnumerable<SpanRow> rows, IReadOnlyDictionary<int, SpanOrigin> origins, OwnerKeys keys)
    {
        var known = Origins(origins);
        return TraceReader.StepTimes([.. rows.Select(row => Span(default, row, known))], keys);
    }

    /// <summary>The stored spans of a trace as the reader wants them.</summary>
    public static List<Span> Spans(byte[] traceId, IEnumerable<SpanRow> rows, IReadOnlyDictionary<int, SpanOrigin> origins)
    {
        TraceId.TryRead(traceId, out var id);
        var known = Origins(origins);
        return [.. rows.Select(row => Span(id, row, known))];
    }

    private static Dictionary<int, Origin> Origins(IReadOnlyDictionary<int, SpanOrigin> stored) => stored.ToDictionary(o => o.Key, o => new Origin(
        new SpanResource(SpanAttributes.FromJson(o.Value.ResourceAttributes)), new SpanScope(o.Value.ScopeName, o.Value.ScopeVersion)));

    private static Span Span(TraceId id, SpanRow row, Dictionary<int, Origin> origins)
    {
        var origin = origins.GetValueOrDefault(row.OriginId) ?? Origin.None;
        return new Span
        {
            TraceId = id, SpanId = Id(row.SpanId), ParentSpanId = Id(row.ParentSpanId), Name = row.Name, Kind = row.Kind,
            StartUnixNs = row.StartUnixNs, EndUnixNs = row.StartUnixNs + row.DurationNs, Status = row.Status,
            StatusMessage = row.StatusMessage ?? "", Attributes = SpanAttributes.FromJson(row.Attributes),
            Resource = origin.Resource, Scope = origin.Scope, Doors = row.Doors,
        };
    }

    private static SpanId Id(long stored) => new((ulong)stored);

    private sealed record Origin(SpanResource Resource, SpanScope Scope)
    {
        public static readonly Origin None = new(SpanResource.None, SpanScope.None);
    }
}
