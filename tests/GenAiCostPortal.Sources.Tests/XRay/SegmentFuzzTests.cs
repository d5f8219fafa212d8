using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>30,000 documents broken by chance from one seed: none may throw, and each is either read or counted.</summary>
public sealed class SegmentFuzzTests
{
    private const string Event = """
        {"resource":{"attributes":{"service.name":"a"}},"traceId":"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6","spanId":"1a2b3c4d5e6f7a8b","name":"chat","kind":"CLIENT","startTimeUnixNano":1763800000123456789,"durationNano":2644916837,
         "status":{"code":"ERROR"},"attributes":{"gen_ai.request.model":"m","gen_ai.usage.input_tokens":1980,"l":["a",1,[2]]},"events":[{"name":"gen_ai.choice","attributes":{"a":1}}],"scope":{"name":"s"}}
        """;
    private static readonly string[] Odd =
    [
        "null", "{}", "[]", "\"\"", "-1", "1e999", "123456789012345678901234567890", "0.1", "true", "\"\\ud800\"", "[[[[]]]]", "[null,{}]", "{\"a\":{\"b\":[1]}}",
        "\"1-69216a40-a1b2c3d4e5f60718293a4b5c\"", "\"00000000000000a1\"", "\"0000000000000000\"", "\"\\u0000\"", "{\"\":1}", "{\"exceptions\":[{\"type\":5}]}",
    ];

    [Fact]
    public void Mutated_documents_never_throw()
    {
        var chance = new Random(20261121);
        var decoder = Segments.Decoder();
        int read = 0, refused = 0;
        for (var i = 0; i < 15_000; i++)
        {
            var segments = decoder.DecodeSegments(Segments.TraceId, [Mutate(chance, Segments.Exported)], Segments.Home);
            var events = decoder.DecodeEvents([(Mutate(chance, Event), 1763800000000)], Segments.Home);
            foreach (var answer in new[] { segments, events })
            {
                read += answer.Spans.Count;
                refused += answer.Refused;
                Assert.True(answer.Refused == 0 || answer.Reason.Length > 0);
                Assert.All(answer.Spans, s => Assert.True(s.EndUnixNs >= s.StartUnixNs && !s.SpanId.IsNone && s.TraceId != default));
                // What was read can be stored.
                foreach (var span in answer.Spans) Ledger.Traces.SpanAttributes.FromJson(span.Attributes.ToJson());
            }
        }
        // Both happen often, or the mutations miss the point.
        Assert.True(read > 20_000 && refused > 5_000, $"{read} read, {refused} refused");
    }

    private static string Mutate(Random chance, string document) => chance.Next(4) switch
    {
        0 => Bytes(chance, document),
        1 => document[..chance.Next(document.Length)],
        _ => Values(chance, document, 1 + chance.Next(4)),
    };

    private static string Bytes(Random chance, string document)
    {
        var text = new StringBuilder(document);
        for (var i = chance.Next(1, 6); i > 0; i--) text[chance.Next(text.Length)] = (char)chance.Next(1, 256);
        return text.ToString();
    }

    /// <summary>Puts odd values in the place of members, at any depth; the document stays JSON.</summary>
    private static string Values(Random chance, string document, int times)
    {
        var root = JsonNode.Parse(document)!;
        for (var i = 0; i < times; i++)
        {
            var node = root;
            while (true)
            {
                var members = node is JsonObject o ? o.Select(m => m.Key).ToList() : [];
                if (node is JsonArray list && list.Count > 0 && list[chance.Next(list.Count)] is { } item) { node = item; continue; }
                if (members.Count == 0) break;
                var name = members[chance.Next(members.Count)];
                if (node[name] is JsonObject or JsonArray && chance.Next(4) > 0) { node = node[name]!; continue; }
                node[name] = JsonValue.Create("@@" + chance.Next(Odd.Length) + "@@");
                break;
            }
        }
        var text = root.ToJsonString();
        for (var i = 0; i < Odd.Length; i++) text = text.Replace($"\"@@{i}@@\"", Odd[i], StringComparison.Ordinal);
        return text;
    }
}
