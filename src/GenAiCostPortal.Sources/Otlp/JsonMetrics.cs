using System.Text.Json;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Reads an ExportMetricsServiceRequest from OTLP's JSON.</summary>
internal sealed class JsonMetrics(MetricSheet sheet)
{
    private static readonly (string Name, MetricKind Kind)[] Forms =
        [("sum", MetricKind.Counter), ("histogram", MetricKind.Histogram), ("exponentialHistogram", MetricKind.Histogram), ("gauge", MetricKind.Other), ("summary", MetricKind.Other)];

    public void ReadRequest(JsonElement request) => JsonFields.ReadRequest(sheet, request, "resourceMetrics", "scopeMetrics", "metrics", ReadMetric);

    private void ReadMetric(JsonElement json)
    {
        var head = new WireMetricHead { Name = JsonFields.Name(json, "name"), Unit = JsonFields.Name(json, "unit") };
        foreach (var (form, kind) in Forms)
        {
            if (JsonFields.Object(json, form) is not { } data) continue;
            head.Kind = kind;
            head.Temporality = JsonFields.Enumerated(data, "aggregationTemporality");
            head.IsMonotonic = data.TryGetProperty("isMonotonic", out var monotonic) && monotonic.ValueKind == JsonValueKind.True;
            foreach (var point in JsonFields.Items(data, "dataPoints"))
            {
                if (head.IsOfInterest) ReadPoint(head, point);
                else sheet.Ignore();
            }
        }
    }

    private void ReadPoint(in WireMetricHead head, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new OtlpFormatException("A data point is not an object.");
        var point = new WirePointFields
        {
            StartUnixNs = JsonFields.Unsigned(json, "startTimeUnixNano"), TimeUnixNs = JsonFields.Unsigned(json, "timeUnixNano"),
            Count = JsonFields.Unsigned(json, "count"), Flags = JsonFields.Unsigned(json, "flags"),
        };
        var value = head.Kind == MetricKind.Histogram ? Number(json, "sum") : Number(json, "asDouble") ?? Number(json, "asInt");
        (point.Value, point.HasValue) = (value ?? 0, value is not null);
        sheet.BeginAttributes();
        JsonFields.ReadAttributes(sheet, json);
        sheet.EndPoint(head, point);
    }

    private static double? Number(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return WireValue.ParseDouble(value) ?? throw new OtlpFormatException($"{name} is not a number.");
    }
}
