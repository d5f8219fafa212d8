using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Reads an ExportTraceServiceRequest from OTLP's JSON; ids are hex.</summary>
internal sealed class JsonSpans(SpanSheet sheet)
{
    public void ReadRequest(JsonElement request) => JsonFields.ReadRequest(sheet, request, "resourceSpans", "scopeSpans", "spans", ReadSpan);

    private void ReadSpan(JsonElement json)
    {
        var parent = JsonFields.Text(json, "parentSpanId");
        var span = new WireSpanFields
        {
            Name = JsonFields.Name(json, "name"), TraceState = JsonFields.Name(json, "traceState"), Kind = JsonFields.Enumerated(json, "kind"),
            StartUnixNs = JsonFields.Unsigned(json, "startTimeUnixNano"), EndUnixNs = JsonFields.Unsigned(json, "endTimeUnixNano"),
        };
        span.HasTraceId = TraceId.TryParse(JsonFields.Text(json, "traceId"), out span.TraceId);
        span.HasSpanId = SpanId.TryParse(JsonFields.Text(json, "spanId"), out span.SpanId);
        span.HasBadParent = parent.Length > 0 && !SpanId.TryParse(parent, out span.ParentSpanId) && parent != "0000000000000000";
        if (JsonFields.Object(json, "status") is { } status)
        {
            span.StatusMessage = JsonFields.Name(status, "message");
            span.StatusCode = JsonFields.Enumerated(status, "code");
        }
        sheet.BeginAttributes();
        JsonFields.ReadAttributes(sheet, json);
        foreach (var happening in JsonFields.Items(json, "events"))
        {
            var name = JsonFields.Name(happening, "name");
            foreach (var attribute in JsonFields.Items(happening, "attributes"))
                if (JsonFields.Object(attribute, "value") is { } value && JsonFields.ReadValue(value, int.MaxValue) is { } kept)
                    sheet.AddFromEvent(name, JsonFields.Name(attribute, "key"), WireValue.Flat(kept, int.MaxValue));
        }
        sheet.EndSpan(ref span);
    }
}
