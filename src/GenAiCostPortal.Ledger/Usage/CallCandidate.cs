using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A span that may be a call, with its counts understood before any comparison with others.</summary>
internal sealed class CallCandidate
{
    public required SpanNode Node { get; init; }
    public required SpanFacts Facts { get; init; }
    public required TokenReading Reading { get; init; }
    public required string Provider { get; init; }
    /// <summary>Null when the span names no such model.</summary>
    public ModelName? Request { get; init; }
    public ModelName? Response { get; init; }

    public static CallCandidate Of(SpanNode node, string? language)
    {
        var facts = node.Facts!;
        var provider = facts.Text(SpanField.Provider);
        var request = facts.Text(SpanField.RequestModel);
        var response = facts.Text(SpanField.ResponseModel);
        var scope = node.Span.Scope;
        var row = facts.Has(SpanField.CacheRead) || facts.Has(SpanField.CacheWrite)
            ? SenderTable.Find(scope.Name, scope.Version, language, node.Span.Name) : null;
        var requested = request is null ? null : ModelNameReader.Read(request, provider);
        var answered = response is null ? null : response == request ? requested : ModelNameReader.Read(response, provider);
        return new()
        {
            Node = node, Facts = facts, Provider = provider ?? "", Request = requested, Response = answered,
            Reading = SpanRoles.HasUsage(facts) ? TokenReading.Of(SentCounts.Of(facts), row, provider ?? "", IsGpt(requested) || IsGpt(answered)) : TokenReading.None,
        };
    }

    /// <summary>Same model, where both name one: the requested and the answering name of either side may meet.</summary>
    public bool SharesModelWith(CallCandidate other)
    {
        if (Request is null && Response is null || other.Request is null && other.Response is null) return true;
        return Meets(Request, other) || Meets(Response, other);
    }

    private static bool IsGpt(ModelName? name) => name?.Canonical.StartsWith("openai.gpt", StringComparison.Ordinal) == true;

    private static bool Meets(ModelName? name, CallCandidate other) =>
        name is not null && (name.Canonical == other.Request?.Canonical || name.Canonical == other.Response?.Canonical);
}
