using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>From the spans of one call to the call's row.</summary>
internal static class CallReader
{
    private static readonly ModelName Unnamed = ModelNameReader.Read(null);

    public static Call Read(MergedCall merged, ResourceFacts resource, CallOwners owners)
    {
        var span = merged.Span;
        var facts = merged.Facts;
        var reading = merged.Reading;
        var model = Model(merged);
        var isOffBill = PaidThrough.IsOffBill(merged, model);
        var tier = Tier(facts, merged.Innermost.Request);
        var counts = reading.Counts;
        var account = isOffBill ? "" : Account(facts.Text(SpanField.Account)) ?? model.AccountId ?? Account(resource.AccountId) ?? Account(resource.BoundAccount) ?? "";
        var region = isOffBill ? "" : Region(facts.Text(SpanField.Region)) ?? model.Region ?? AddressRegion(facts) ?? Region(resource.Region) ?? "";
        var flags = reading.Flags;
        if (isOffBill) flags |= CallFlags.OffBill;
        else
        {
            if (account.Length == 0 || region.Length == 0) flags |= CallFlags.AccountUnknown;
            if (tier is null) flags |= CallFlags.TierAssumed;
        }
        if (!model.IsResolved) flags |= CallFlags.ModelUnresolved;
        if (merged.Doors == Doors.InvocationLog && facts.Has(SpanField.Picked)) flags |= CallFlags.IsPicked;
        return new Call
        {
            TraceId = span.TraceId, SpanId = span.SpanId, RequestId = facts.Text(SpanField.RequestId) ?? "",
            Start = DateTime.UnixEpoch.AddTicks(span.StartUnixNs / 100), DurationMs = span.DurationMs,
            TimeToFirstTokenMs = FirstTokenMs(facts, span.Scope.Name), Model = model, Tier = tier ?? ServiceTier.Standard,
            Band = PriceFinder.BandOf(model.Canonical, counts.Prompt),
            AccountId = account, Region = region, Service = resource.Service,
            Owners = owners, Tokens = counts,
            TokenState = reading.IsUnknown ? TokenState.Unknown : TokenState.Reported,
            Status = merged.Status, ErrorType = merged.Status == CallStatus.Ok ? "" : facts.Text(SpanField.ErrorType) ?? "",
            Flags = flags, Reading = reading.Text, Sender = Sender(span.Scope), SenderReportedCostUsd = ReportedCostUsd(facts),
            Operation = Operation(facts), PromptHash = facts.Count(SpanField.PromptHash),
            HiddenRetries = (int)Math.Clamp(facts.Count(SpanField.Retries) ?? 0, 0, 1000), Doors = merged.Doors,
            Guardrail = Guardrails.IdOf(facts.Text(SpanField.Guardrail)),
            Sampled = Sampled(merged),
        };
    }

    // Log and events are not sampled with the traces: a call they tell of stands for itself.
    private static SampledShare Sampled(MergedCall merged) =>
        (merged.Doors & ~(Doors.Otlp | Doors.XRay)) == 0 && merged.Facts.Count(SpanField.KeptOf2Pow56) is { } kept && SampledShare.Of(kept) is { } share
            ? share : SampledShare.None;

    // The answering model is what is billed, unless its name says less; how the call is routed only the requested name tells.
    private static ModelName Model(MergedCall merged)
    {
        var request = Better(merged.Innermost.Request ?? merged.Outermost.Request, merged.Record?.Request);
        var response = Better(merged.Innermost.Response ?? merged.Outermost.Response, merged.Record?.Response);
        if (request is null || response is null) return request ?? response ?? Unnamed;
        if (ReferenceEquals(request, response)) return request;
        var saysLess = request.IsResolved && (!response.IsResolved
            || request.Canonical.Length > response.Canonical.Length && request.Canonical.StartsWith(response.Canonical, StringComparison.Ordinal));
        var model = saysLess ? request : response;
        return model with
        {
            Scope = request.Scope != RoutingScope.Unknown ? request.Scope : response.Scope,
            AccountId = request.AccountId ?? response.AccountId, Region = request.Region ?? response.Region,
        };
    }

    // The log's record names the model too, where the span does not or says only a profile.
    private static ModelName? Better(ModelName? ofSpan, ModelName? ofRecord) =>
        ofSpan is null || !ofSpan.IsResolved && ofRecord is { IsResolved: true } ? ofRecord ?? ofSpan : ofSpan;

    private static ServiceTier? Tier(SpanFacts facts, ModelName? request)
    {
        if (request?.Canonical.Contains(":provisioned-model/", StringComparison.Ordinal) == true) return ServiceTier.Provisioned;
        if (facts.Text(SpanField.LatencyMode) is { } mode && mode.StartsWith("optimi", StringComparison.OrdinalIgnoreCase)) return ServiceTier.LatencyOptimised;
        return facts.Text(SpanField.Tier)?.ToLowerInvariant() switch
        {
            null or "auto" => null,
            "batch" => ServiceTier.Batch,
            "flex" => ServiceTier.Flex,
            "priority" => ServiceTier.Priority,
            "reserved" or "scale" => ServiceTier.Reserved,
            "provisioned" => ServiceTier.Provisioned,
            "optimized" or "optimised" or "latency_optimized" or "latency-optimized" => ServiceTier.LatencyOptimised,
            _ => ServiceTier.Standard,
        };
    }

    // Twelve digits or nothing: other clouds' ids are no AWS accounts.
    private static string? Account(string? text) => text is { Length: 12 } && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? text : null;

    private static string? Region(string? text) => text is { Length: > 0 and <= 32 } ? text : null;

    private static string? AddressRegion(SpanFacts facts)
    {
        if (facts.Text(SpanField.ServerAddress) is not { } address || !address.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)) return null;
        var parts = address.Split('.');
        return parts.Length >= 4 && parts[^3].Contains('-', StringComparison.Ordinal) ? parts[^3].ToLowerInvariant() : null;
    }

    private static double? FirstTokenMs(SpanFacts facts, string scope)
    {
        double? ms = facts.Number(SpanField.FirstChunkSeconds) * 1000
            ?? facts.Number(SpanField.FirstChunkMs)
            // Milliseconds on the spans of Strands, seconds as in the convention elsewhere.
            ?? facts.Number(SpanField.FirstTokenServer) * (scope.StartsWith("strands", StringComparison.Ordinal) ? 1 : 1000);
        return ms is >= 0 and < 86_400_000 ? ms : null;
    }

    private static decimal? ReportedCostUsd(SpanFacts facts)
    {
        var usd = facts.Number(SpanField.CostUsd) ?? facts.Number(SpanField.PromptCostUsd) + facts.Number(SpanField.CompletionCostUsd);
        return usd is >= 0 and < 1e9 ? (decimal)usd : null;
    }

    private static string Operation(SpanFacts facts) =>
        facts.Text(SpanField.Operation) ?? facts.Text(SpanField.RequestType)
        ?? (SpanRoles.IsEmbedding(facts) ? "embeddings" : facts.Has(SpanField.OpenInferenceKind) || facts.Has(SpanField.AiOperation) ? "chat" : "");

    private static string Sender(SpanScope scope) =>
        scope.Version.Length == 0 ? scope.Name : string.Create(CultureInfo.InvariantCulture, $"{scope.Name} {scope.Version}");
}
