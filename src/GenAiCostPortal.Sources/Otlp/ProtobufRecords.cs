using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Reads an ExportLogsServiceRequest from protobuf; of records that are no GenAI event only ids and name are looked at.</summary>
internal sealed class ProtobufRecords(RecordSheet sheet)
{
    public void ReadRequest(ReadOnlySpan<byte> body) => ProtobufValues.ReadRequest(sheet, body, ReadRecord);

    private void ReadRecord(ReadOnlySpan<byte> message)
    {
        var record = new WireRecordFields { EventName = "" };
        var attributeName = "";
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            switch (fields.Field, fields.Type)
            {
                case (1, ProtobufCursor.Fixed64Type): record.TimeUnixNs = fields.Number; break;
                case (11, ProtobufCursor.Fixed64Type): record.ObservedUnixNs = fields.Number; break;
                case (9, ProtobufCursor.BytesType):
                    record.HasTraceId = TraceId.TryRead(fields.Bytes, out record.TraceId);
                    record.HasBadTraceId = !record.HasTraceId && fields.Bytes.Length > 0;
                    break;
                case (10, ProtobufCursor.BytesType):
                    record.HasSpanId = SpanId.TryRead(fields.Bytes, out record.SpanId);
                    record.HasBadSpanId = !record.HasSpanId && fields.Bytes.Length > 0;
                    break;
                case (12, ProtobufCursor.BytesType): record.EventName = WireValue.Text(fields.Bytes, SpanLimits.NameBytes); break;
                case (6, ProtobufCursor.BytesType):
                    if (ProtobufValues.ReadKeyValue(fields.Bytes, out var named) == RecordSheet.EventNameKey && ProtobufValues.ReadValue(named, SpanLimits.NameBytes) is string text) attributeName = text;
                    break;
            }
        }
        if (record.EventName.Length == 0) record.EventName = attributeName;
        sheet.BeginAttributes();
        if (RecordSheet.IsGenAi(record.EventName)) ReadEvent(message, record.EventName);
        sheet.EndRecord(ref record);
    }

    private void ReadEvent(ReadOnlySpan<byte> message, string eventName)
    {
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (fields.IsBytes(6))
            {
                var key = ProtobufValues.ReadKeyValue(fields.Bytes, out var value);
                if (RecordSheet.IsOfInterest(key)) ProtobufValues.ReadAttribute(sheet, key, value);
                else if (key == "exception.type" && ProtobufValues.ReadValue(value, SpanLimits.ValueBytes) is { } type) sheet.AddFromEvent(eventName, key, type);
            }
            else if (fields.IsBytes(5) && sheet.CaptureContent && ProtobufValues.ReadValue(fields.Bytes, int.MaxValue) is { } body)
                sheet.Add(eventName + ".body", WireValue.Flat(body, int.MaxValue));
        }
    }
}
