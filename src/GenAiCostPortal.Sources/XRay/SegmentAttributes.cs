using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>
/// Attributes of a segment under their OpenTelemetry names, in the order of trust: annotations, metadata, then X-Ray's own blocks.
/// </summary>
internal sealed class SegmentAttributes(SpanSheet sheet, AttributeSieve sieve)
{
    /// <summary>Collects the attributes on the sheet; tells scope, kind and status.</summary>
    public (SpanScope Scope, SpanKind Kind, SpanStatus Status) Collect(Segment segment)
    {
        var json = segment.Json;
        sieve.Begin();
        if (PlainValue.Member(json, "annotations") is { ValueKind: JsonValueKind.Object } annotations)
            foreach (var annotation in annotations.EnumerateObject())
                if (!SegmentResource.IsResource(annotation.Name) && !IsScope(annotation.Name)) sieve.Add(annotation.Name, annotation.Value);
        if (PlainValue.Member(json, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
            foreach (var space in metadata.EnumerateObject()) sieve.AddMetadata(space.Name, space.Value);
        var isAws = PlainValue.Text(json, "namespace") == "aws";
        AddHttp(json);
        AddAws(segment, isAws);
        sieve.Set("enduser.id", PlainValue.Text(json, "user"));
        var status = AddError(json);
        var kind = segment.IsWhole ? SpanKind.Server : isAws || PlainValue.Text(json, "namespace").Length > 0 ? SpanKind.Client : SpanKind.Internal;
        return (Scope(json), kind, status);
    }

    private void AddHttp(JsonElement json)
    {
        if (PlainValue.Member(json, "http") is not { } http) return;
        if (PlainValue.Member(http, "request") is { } request)
        {
            sieve.Set("http.request.method", PlainValue.Text(request, "method"));
            // A query may hold what a person asked.
            sieve.Set("url.full", PlainValue.Text(request, "url").Split('?', '#')[0]);
            sieve.Set("user_agent.original", PlainValue.Text(request, "user_agent"));
            sieve.Set("client.address", PlainValue.Text(request, "client_ip"));
        }
        if (PlainValue.Member(http, "response") is not { } response) return;
        if (HttpStatus(json) is { } status) sieve.Set("http.response.status_code", status);
        if (PlainValue.Whole(response, "content_length") is > 0 and <= long.MaxValue and var length) sieve.Set("http.response.body.size", (long)length);
    }

    private void AddAws(Segment segment, bool isAws)
    {
        if (PlainValue.Member(segment.Json, "aws") is not { ValueKind: JsonValueKind.Object } aws) return;
        var operation = PlainValue.Text(aws, "operation");
        var isCall = isAws || operation.Length > 0;
        // A service of one's own may be called so too: only calls of AWS are Bedrock's.
        var isBedrock = isCall && segment.Name.Contains("bedrock", StringComparison.OrdinalIgnoreCase);
        if (isCall)
        {
            sieve.Set("rpc.system", "aws-api");
            sieve.Set("rpc.service", isBedrock && !segment.Name.Contains("agent", StringComparison.OrdinalIgnoreCase) ? "Bedrock Runtime" : segment.Name);
            sieve.Set("rpc.method", operation);
        }
        if (isBedrock)
        {
            sieve.Set("gen_ai.provider.name", "aws.bedrock");
            sieve.Set("gen_ai.request.model", PlainValue.Text(aws, "model_id"));
        }
        sieve.Set("aws.request_id", PlainValue.Text(aws, "request_id"));
        if (PlainValue.Whole(aws, "retries") is > 0 and < 1_000_000 and var retries) sieve.Set("aws.retries", (long)retries);
        // The region called; on a segment it is where the service runs, which is the resource's to say.
        var remote = PlainValue.Text(aws, "remote_region");
        if (remote.Length > 0) sieve.Set("aws.region", remote);
        else if (!segment.IsWhole) sieve.Set("aws.region", PlainValue.Text(aws, "region"));
        if (!segment.IsWhole) sieve.Set("cloud.account.id", PlainValue.Text(aws, "account_id"));
        foreach (var name in (ReadOnlySpan<string>)["queue_url", "table_name"]) sieve.Set("aws." + name, PlainValue.Text(aws, name));
        if (PlainValue.Member(aws, "resource_names") is { ValueKind: JsonValueKind.Array } names) sieve.Set("aws.resource_names", PlainValue.Of(names));
    }

    /// <summary>Of a cause only the exception's type is kept: messages quote what was asked.</summary>
    private SpanStatus AddError(JsonElement json)
    {
        var (isFault, isError, isThrottle) = (PlainValue.Flag(json, "fault"), PlainValue.Flag(json, "error"), PlainValue.Flag(json, "throttle"));
        var exception = FirstException(json);
        var type = exception is { } e ? PlainValue.Text(e, "type") : "";
        if (sheet.CaptureContent && exception is { } told) sieve.Set("exception.message", PlainValue.Text(told, "message"));
        if (!isFault && !isError && !isThrottle) return type.Length > 0 ? SpanStatus.Error : SpanStatus.Unset;
        var status = HttpStatus(json);
        // SDKs name a throttled call by the class of any refusal; the flag says more.
        var isNamed = type.Length > 0 && (!isThrottle || type.Contains("Throttl", StringComparison.OrdinalIgnoreCase) || type.Contains("TooMany", StringComparison.OrdinalIgnoreCase));
        sieve.Set("error.type", isNamed ? type : isThrottle ? "Throttled" : status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (isFault ? "fault" : "error"));
        sieve.Set("exception.type", type);
        return SpanStatus.Error;
    }

    private static JsonElement? FirstException(JsonElement json) =>
        PlainValue.Member(json, "cause") is { } cause && PlainValue.Member(cause, "exceptions") is { ValueKind: JsonValueKind.Array } all
            ? all.EnumerateArray().FirstOrDefault(e => e.ValueKind == JsonValueKind.Object) is { ValueKind: JsonValueKind.Object } first ? first : null : null;

    private static long? HttpStatus(JsonElement json) =>
        PlainValue.Member(json, "http") is { } http && PlainValue.Member(http, "response") is { } response
            && PlainValue.Whole(response, "status") is >= 100 and <= 999 and var status ? (long)status : null;

    private static bool IsScope(string key) => key is "otel.scope.name" or "otel.scope.version" or "otel_scope_name" or "otel_scope_version";

    /// <summary>The instrumentation, where the document tells it.</summary>
    private static SpanScope Scope(JsonElement json)
    {
        string name = "", version = "";
        void Look(JsonElement entries)
        {
            if (entries.ValueKind != JsonValueKind.Object) return;
            foreach (var entry in entries.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String) continue;
                var value = WireValue.Cut(entry.Value.GetString()!, SpanLimits.NameBytes);
                if (entry.Name is "otel.scope.name" or "otel_scope_name" or "otel.library.name" && name.Length == 0) name = value;
                else if (entry.Name is "otel.scope.version" or "otel_scope_version" or "otel.library.version" && version.Length == 0) version = value;
            }
        }
        if (PlainValue.Member(json, "annotations") is { } annotations) Look(annotations);
        if (PlainValue.Member(json, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
            foreach (var space in metadata.EnumerateObject()) Look(space.Value);
        return name.Length > 0 ? new SpanScope(name, version) : new SpanScope(XRayLimits.Scope, "");
    }
}
