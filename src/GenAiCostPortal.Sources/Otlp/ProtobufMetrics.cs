namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Reads an ExportMetricsServiceRequest from protobuf; of metrics that are not GenAI's the points are only counted.</summary>
internal sealed class ProtobufMetrics(MetricSheet sheet)
{
    private const int Gauge = 5, Sum = 7, Histogram = 9, Exponential = 10, Summary = 11;

    public void ReadRequest(ReadOnlySpan<byte> body) => ProtobufValues.ReadRequest(sheet, body, ReadMetric);

    private void ReadMetric(ReadOnlySpan<byte> message)
    {
        var head = new WireMetricHead();
        var form = 0;
        ReadOnlySpan<byte> data = default;
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            switch (fields.Field, fields.Type)
            {
                case (1, ProtobufCursor.BytesType): head.Name = WireValue.Text(fields.Bytes, SpanLimits.NameBytes); break;
                case (3, ProtobufCursor.BytesType): head.Unit = WireValue.Text(fields.Bytes, SpanLimits.NameBytes); break;
                case (Gauge or Sum or Histogram or Exponential or Summary, ProtobufCursor.BytesType):
                    form = fields.Field;
                    data = fields.Bytes;
                    break;
            }
        }
        head.Kind = form switch { Sum => MetricKind.Counter, Histogram or Exponential => MetricKind.Histogram, 0 => MetricKind.None, _ => MetricKind.Other };
        for (var fields = new ProtobufCursor(data); fields.Next();)
        {
            if (fields is { Field: 2, Type: ProtobufCursor.VarintType }) head.Temporality = (long)fields.Number;
            else if (fields is { Field: 3, Type: ProtobufCursor.VarintType }) head.IsMonotonic = fields.Number != 0;
        }
        for (var fields = new ProtobufCursor(data); fields.Next();)
        {
            if (!fields.IsBytes(1)) continue;
            if (head.IsOfInterest) ReadPoint(head, form, fields.Bytes);
            else sheet.Ignore();
        }
    }

    private void ReadPoint(in WireMetricHead head, int form, ReadOnlySpan<byte> message)
    {
        var point = new WirePointFields();
        var (attributes, flags) = form switch { Sum => (7, 8), Histogram => (9, 10), _ => (1, 10) };
        sheet.BeginAttributes();
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (fields.IsBytes(attributes)) ProtobufValues.ReadAttribute(sheet, fields.Bytes);
            else if (fields.Field == flags && fields.Type == ProtobufCursor.VarintType) point.Flags = fields.Number;
            else if (fields.Type == ProtobufCursor.Fixed64Type) ReadNumber(ref point, form, fields.Field, fields.Number);
        }
        sheet.EndPoint(head, point);
    }

    private static void ReadNumber(ref WirePointFields point, int form, int field, ulong number)
    {
        switch (field)
        {
            case 2: point.StartUnixNs = number; break;
            case 3: point.TimeUnixNs = number; break;
            case 4 when form == Sum: (point.Value, point.HasValue) = (BitConverter.UInt64BitsToDouble(number), true); break;
            case 6 when form == Sum: (point.Value, point.HasValue) = ((long)number, true); break;
            case 4: point.Count = number; break;
            case 5 when form != Sum: (point.Value, point.HasValue) = (BitConverter.UInt64BitsToDouble(number), true); break;
        }
    }
}
