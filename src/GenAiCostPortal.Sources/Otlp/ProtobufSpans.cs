using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Reads an ExportTraceServiceRequest from protobuf straight into spans: no object per message in between. Field numbers:
/// facts/otlp-genai.md §1.
/// </summary>
internal sealed class ProtobufSpans(SpanSheet sheet)
{
    public void ReadRequest(ReadOnlySpan<byte> body) => ProtobufValues.ReadRequest(sheet, body, ReadSpan);

    private void ReadSpan(ReadOnlySpan<byte> message)
    {
        var span = new WireSpanFields();
        sheet.BeginAttributes();
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            switch (fields.Field, fields.Type)
            {
                case (1, ProtobufCursor.BytesType): span.HasTraceId = TraceId.TryRead(fields.Bytes, out span.TraceId); break;
                case (2, ProtobufCursor.BytesType): span.HasSpanId = SpanId.TryRead(fields.Bytes, out span.SpanId); break;
                case (3, ProtobufCursor.BytesType): span.TraceState = WireValue.Text(fields.Bytes, SpanLimits.NameBytes); break;
                case (4, ProtobufCursor.BytesType):
                    span.HasBadParent = fields.Bytes.Length is not (0 or 8);
                    SpanId.TryRead(fields.Bytes, out span.ParentSpanId);
                    break;
                case (5, ProtobufCursor.BytesType): span.Name = WireValue.Text(fields.Bytes, SpanLimits.NameBytes); break;
                case (6, ProtobufCursor.VarintType): span.Kind = (long)fields.Number; break;
                case (7, ProtobufCursor.Fixed64Type): span.StartUnixNs = fields.Number; break;
                case (8, ProtobufCursor.Fixed64Type): span.EndUnixNs = fields.Number; break;
                case (9, ProtobufCursor.BytesType): ProtobufValues.ReadAttribute(sheet, fields.Bytes); break;
                case (11, ProtobufCursor.BytesType): ReadEvent(fields.Bytes); break;
                case (15, ProtobufCursor.BytesType):
                    for (var status = new ProtobufCursor(fields.Bytes); status.Next();)
                    {
                        if (status.IsBytes(2)) span.StatusMessage = WireValue.Text(status.Bytes, SpanLimits.NameBytes);
                        else if (status is { Field: 3, Type: ProtobufCursor.VarintType }) span.StatusCode = (long)status.Number;
                    }
                    break;
            }
        }
        sheet.EndSpan(ref span);
    }

    private void ReadEvent(ReadOnlySpan<byte> message)
    {
        var name = "";
        for (var fields = new ProtobufCursor(message); fields.Next();)
            if (fields.IsBytes(2)) name = WireValue.Text(fields.Bytes, SpanLimits.NameBytes);
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (!fields.IsBytes(3)) continue;
            var key = ProtobufValues.ReadKeyValue(fields.Bytes, out var value);
            if (ProtobufValues.ReadValue(value, int.MaxValue) is { } kept) sheet.AddFromEvent(name, key, WireValue.Flat(kept, int.MaxValue));
        }
    }
}
