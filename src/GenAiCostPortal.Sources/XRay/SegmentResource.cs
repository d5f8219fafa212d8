using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>The resource that a segment tells of: its OpenTelemetry resource attributes, else what X-Ray itself notes of the service.</summary>
internal sealed class SegmentResource(SpanSheet sheet, AttributeSieve sieve, XRayHome home)
{
    private const string Prefix = "otel.resource.", FoldedPrefix = "otel_resource_", Sdk = "opentelemetry for ";

    public static bool IsResource(string key) => key.StartsWith(Prefix, StringComparison.Ordinal) || key.StartsWith(FoldedPrefix, StringComparison.Ordinal);

    /// <summary>The resource of a segment; of none, only where it was read.</summary>
    public SpanResource Of(Segment? segment)
    {
        sieve.Begin();
        if (segment is not null) Add(segment);
        return End();
    }

    /// <summary>The resource of a span of Transaction Search.</summary>
    public SpanResource Of(JsonElement? attributes)
    {
        sieve.Begin();
        if (attributes is { ValueKind: JsonValueKind.Object } flat)
            foreach (var attribute in flat.EnumerateObject()) sieve.Add(attribute.Name, attribute.Value);
        return End();
    }

    private void Add(Segment segment)
    {
        var json = segment.Json;
        if (PlainValue.Member(json, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
            foreach (var space in metadata.EnumerateObject()) AddPrefixed(space.Value);
        if (PlainValue.Member(json, "annotations") is { } annotations) AddPrefixed(annotations);
        sieve.Set("service.name", segment.Name);
        if (PlainValue.Member(json, "service") is { } service) sieve.Set("service.version", PlainValue.Text(service, "version"));
        if (PlainValue.Member(json, "aws") is not { } aws) return;
        sieve.Set("cloud.account.id", PlainValue.Text(aws, "account_id"));
        // The exporter writes the SDK as "opentelemetry for python".
        if (PlainValue.Member(aws, "xray") is { } xray && PlainValue.Text(xray, "sdk") is { } sdk && sdk.StartsWith(Sdk, StringComparison.OrdinalIgnoreCase))
            sieve.Set("telemetry.sdk.language", sdk[Sdk.Length..].Trim().ToLowerInvariant());
        if (PlainValue.Member(aws, "ec2") is { } ec2)
        {
            sieve.Set("host.id", PlainValue.Text(ec2, "instance_id"));
            sieve.Set("cloud.availability_zone", PlainValue.Text(ec2, "availability_zone"));
        }
        if (PlainValue.Member(aws, "ecs") is { } ecs) sieve.Set("container.name", PlainValue.Text(ecs, "container"));
        if (PlainValue.Member(aws, "eks") is { } eks)
        {
            sieve.Set("k8s.cluster.name", PlainValue.Text(eks, "cluster_name"));
            sieve.Set("k8s.pod.name", PlainValue.Text(eks, "pod"));
        }
        sieve.Set("aws.origin", PlainValue.Text(json, "origin"));
    }

    private void AddPrefixed(JsonElement entries)
    {
        if (entries.ValueKind != JsonValueKind.Object) return;
        foreach (var entry in entries.EnumerateObject())
            if (IsResource(entry.Name) && entry.Name.Length > Prefix.Length) sieve.Add(entry.Name[Prefix.Length..], entry.Value);
    }

    private SpanResource End()
    {
        // Traces lie in the account and region that made them: as good as an ingest key's binding, used when nothing else says.
        if (home.AccountId.Length > 0) sieve.Set(TraceReader.BoundAccount, home.AccountId);
        if (!sieve.Has("aws.region")) sieve.Set("cloud.region", home.Region);
        return new SpanResource(sheet.EndAttributes());
    }
}
