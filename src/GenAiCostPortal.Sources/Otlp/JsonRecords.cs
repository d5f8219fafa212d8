using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Reads an ExportLogsServiceRequest from OTLP's JSON; ids are hex.</summary>
internal sealed class JsonRecords(RecordSheet sheet)
{
    public void ReadRequest(JsonElement request) => JsonFields.ReadRequest(sheet, request, "resourceLogs", "scopeLogs", "logRecords", ReadRecord);

    private void ReadRecord(JsonElement json)
    {
        var (traceId, spanId) = (JsonFields.Text(json, "traceId"), JsonFields.Text(json, "spanId"));
        var record = new WireRecordFields
        {
            EventName = JsonFields.Name(json, "eventName"),
            TimeUnixNs = JsonFields.Unsigned(json, "timeUnixNano"), ObservedUnixNs = JsonFields.Unsigned(json, "observedTimeUnixNano"),
        };
        record.HasTraceId = TraceId.TryParse(traceId, out record.TraceId);
        record.HasSpanId = SpanId.TryParse(spanId, out record.SpanId);
        record.HasBadTraceId = !record.HasTraceId && traceId.Length > 0;
        record.HasBadSpanId = !record.HasSpanId && spanId.Length > 0;
        if (record.EventName.Length == 0) record.EventName = NameAttribute(json);
        sheet.BeginAttributes();
        if (RecordSheet.IsGenAi(record.EventName)) ReadEvent(json, record.EventName);
        sheet.EndRecord(ref record);
    }

    private static string NameAttribute(JsonElement json)
    {
        foreach (var attribute in JsonFields.Items(json, "attributes"))
            if (JsonFields.Name(attribute, "key") == RecordSheet.EventNameKey && JsonFields.Object(attribute, "value") is { } value
                && JsonFields.ReadValue(value, SpanLimits.NameBytes) is string name) return name;
        return "";
    }

    private void ReadEvent(JsonElement json, string eventName)
    {
        JsonFields.ReadAttributes(sheet, json, RecordSheet.IsOfInterest);
        foreach (var attribute in JsonFields.Items(json, "attributes"))
            if (JsonFields.Name(attribute, "key") == "exception.type" && JsonFields.Object(attribute, "value") is { } value
                && JsonFields.ReadValue(value, SpanLimits.ValueBytes) is { } type) sheet.AddFromEvent(eventName, "exception.type", type);
        if (sheet.CaptureContent && JsonFields.Object(json, "body") is { } body && JsonFields.ReadValue(body, int.MaxValue) is { } text)
            sheet.Add(eventName + ".body", WireValue.Flat(text, int.MaxValue));
    }
}
