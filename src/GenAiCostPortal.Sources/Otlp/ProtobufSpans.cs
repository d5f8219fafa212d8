using System.Text.Json.Nodes;
using System.Text.Unicode;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Reads an ExportTraceServiceRequest from protobuf straight into spans: no object per message in between. Field numbers:
/// facts/otlp-genai.md §1.
/// </summary>
internal sealed class ProtobufSpans(SpanSheet sheet)
{
    public void ReadRequest(ReadOnlySpan<byte> body)
    {
        for (var request = new ProtobufCursor(body); request.Next();)
            if (request.IsBytes(1)) ReadResourceSpans(request.Bytes);
    }

    // Fields may come in any order, so the resource is looked for before the spans under it.
    private void ReadResourceSpans(ReadOnlySpan<byte> message)
    {
        sheet.Resource = SpanResource.None;
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (!fields.IsBytes(1)) continue;
            sheet.BeginAttributes();
            for (var resource = new ProtobufCursor(fields.Bytes); resource.Next();)
                if (resource.IsBytes(1)) ReadAttribute(resource.Bytes);
            sheet.Resource = new SpanResource(sheet.EndAttributes());
        }
        for (var fields = new ProtobufCursor(message); fields.Next();)
            if (fields.IsBytes(2)) ReadScopeSpans(fields.Bytes);
    }

    private void ReadScopeSpans(ReadOnlySpan<byte> message)
    {
        string name = "", version = "";
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (!fields.IsBytes(1)) continue;
            for (var scope = new ProtobufCursor(fields.Bytes); scope.Next();)
            {
                if (scope.IsBytes(1)) name = WireValue.Text(scope.Bytes, SpanLimits.NameBytes);
                else if (scope.IsBytes(2)) version = WireValue.Text(scope.Bytes, SpanLimits.NameBytes);
            }
        }
        sheet.Scope = name.Length == 0 && version.Length == 0 ? SpanScope.None : new SpanScope(name, version);
        for (var fields = new ProtobufCursor(message); fields.Next();)
            if (fields.IsBytes(2)) ReadSpan(fields.Bytes);
    }

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
                case (9, ProtobufCursor.BytesType): ReadAttribute(fields.Bytes); break;
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

    private void ReadAttribute(ReadOnlySpan<byte> message)
    {
        var key = ReadKeyValue(message, out var value);
        if (SpanSheet.IsReserved(key) || value.IsEmpty) return;
        if (!ContentAttributes.IsContent(key))
        {
            if (ReadValue(value, SpanLimits.ValueBytes, 0) is { } kept) sheet.Add(key, WireValue.Flat(kept, SpanLimits.ValueBytes));
            return;
        }
        var isPrompt = ContentAttributes.IsPrompt(key);
        if (!sheet.CaptureContent && IsText(value, out var text))
        {
            if (!Utf8.IsValid(text)) throw new OtlpFormatException("A text field is not valid UTF-8.");
            if (isPrompt) sheet.HashPrompt(text);
            return;
        }
        if (ReadValue(value, int.MaxValue, 0) is not { } content) return;
        if (isPrompt) sheet.HashPrompt(content);
        if (sheet.CaptureContent) sheet.Add(key, WireValue.Flat(content, int.MaxValue));
    }

    private void ReadEvent(ReadOnlySpan<byte> message)
    {
        var name = "";
        for (var fields = new ProtobufCursor(message); fields.Next();)
            if (fields.IsBytes(2)) name = WireValue.Text(fields.Bytes, SpanLimits.NameBytes);
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (!fields.IsBytes(3)) continue;
            var key = ReadKeyValue(fields.Bytes, out var value);
            if (ReadValue(value, int.MaxValue, 0) is { } kept) sheet.AddFromEvent(name, key, WireValue.Flat(kept, int.MaxValue));
        }
    }

    private static string ReadKeyValue(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> value)
    {
        var key = "";
        value = default;
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (fields.IsBytes(1)) key = WireValue.Text(fields.Bytes, SpanLimits.NameBytes);
            else if (fields.IsBytes(2)) value = fields.Bytes;
        }
        return key;
    }

    private static bool IsText(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> text)
    {
        text = default;
        var isText = false;
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            isText = fields.IsBytes(1);
            text = isText ? fields.Bytes : default;
        }
        return isText;
    }

    private static object? ReadValue(ReadOnlySpan<byte> message, int limitBytes, int depth)
    {
        if (depth > SpanLimits.Depth) throw new OtlpFormatException("An attribute value is nested too deep.");
        object? value = null;
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            value = (fields.Field, fields.Type) switch
            {
                (1, ProtobufCursor.BytesType) => WireValue.Text(fields.Bytes, limitBytes),
                (2, ProtobufCursor.VarintType) => fields.Number != 0 ? WireValue.True : WireValue.False,
                (3, ProtobufCursor.VarintType) => (long)fields.Number,
                (4, ProtobufCursor.Fixed64Type) => BitConverter.UInt64BitsToDouble(fields.Number),
                (5, ProtobufCursor.BytesType) => ReadList(fields.Bytes, limitBytes, depth),
                (6, ProtobufCursor.BytesType) => ReadObject(fields.Bytes, limitBytes, depth),
                (7, ProtobufCursor.BytesType) => Convert.ToBase64String(fields.Bytes),
                _ => value,
            };
        }
        return value;
    }

    private static object ReadList(ReadOnlySpan<byte> message, int limitBytes, int depth)
    {
        var items = new List<object?>();
        for (var fields = new ProtobufCursor(message); fields.Next();)
            if (fields.IsBytes(1)) items.Add(ReadValue(fields.Bytes, limitBytes, depth + 1));
        return WireValue.List(items, depth);
    }

    private static JsonObject ReadObject(ReadOnlySpan<byte> message, int limitBytes, int depth)
    {
        var node = new JsonObject();
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (!fields.IsBytes(1)) continue;
            var key = ReadKeyValue(fields.Bytes, out var value);
            node[key] = WireValue.Node(ReadValue(value, limitBytes, depth + 1));
        }
        return node;
    }
}
