using System.Text.Json.Nodes;
using System.Text.Unicode;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>What all signals have in common in protobuf: resource, scope, attributes and their values (facts/otlp-genai.md §1).</summary>
internal static class ProtobufValues
{
    /// <summary>What to do with a message under a resource or scope.</summary>
    public delegate void ReadMessage(ReadOnlySpan<byte> message);

    /// <summary>Reads every ResourceX of a request: its resource, then scope by scope the items.</summary>
    public static void ReadRequest(AttributeSheet sheet, ReadOnlySpan<byte> body, ReadMessage item)
    {
        for (var request = new ProtobufCursor(body); request.Next();)
            if (request.IsBytes(1)) ReadResource(sheet, request.Bytes, item);
    }

    // Fields may come in any order, so the resource is looked for before the items under it.
    private static void ReadResource(AttributeSheet sheet, ReadOnlySpan<byte> message, ReadMessage item)
    {
        sheet.Resource = SpanResource.None;
        for (var fields = new ProtobufCursor(message); fields.Next();)
        {
            if (!fields.IsBytes(1)) continue;
            sheet.BeginAttributes();
            for (var resource = new ProtobufCursor(fields.Bytes); resource.Next();)
                if (resource.IsBytes(1)) ReadAttribute(sheet, resource.Bytes);
            sheet.Resource = new SpanResource(sheet.EndAttributes());
        }
        for (var fields = new ProtobufCursor(message); fields.Next();)
            if (fields.IsBytes(2)) ReadScope(sheet, fields.Bytes, item);
    }

    private static void ReadScope(AttributeSheet sheet, ReadOnlySpan<byte> message, ReadMessage item)
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
            if (fields.IsBytes(2)) item(fields.Bytes);
    }

    /// <summary>Adds a KeyValue to the sheet; content is hashed, and kept only when captured.</summary>
    public static void ReadAttribute(AttributeSheet sheet, ReadOnlySpan<byte> message)
    {
        var key = ReadKeyValue(message, out var value);
        ReadAttribute(sheet, key, value);
    }

    /// <summary>The same, its key read before.</summary>
    public static void ReadAttribute(AttributeSheet sheet, string key, ReadOnlySpan<byte> value)
    {
        if (AttributeSheet.IsReserved(key) || value.IsEmpty) return;
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

    /// <summary>Splits a KeyValue; the value is an AnyValue, empty when there is none.</summary>
    public static string ReadKeyValue(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> value)
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

    /// <summary>The value of an AnyValue, or null.</summary>
    public static object? ReadValue(ReadOnlySpan<byte> message, int limitBytes, int depth = 0)
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
