using System.Text;
using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Xunit;
using static GenAiCostPortal.Sources.Otlp.MadeBodies;

namespace GenAiCostPortal.Sources.Otlp;

public sealed class OtlpDecoderTests
{
    [Fact]
    public void An_empty_request_is_no_error()
    {
        Assert.Empty(Decode(Array.Empty<byte>()).Spans);
        Assert.Empty(DecodeJson("{}").Spans);
        Assert.Empty(DecodeJson("""{"resourceSpans":[]}""").Spans);
    }

    [Fact]
    public void Protobuf_and_JSON_of_the_same_spans_are_the_same_model()
    {
        var span = WireSpan();
        span.Attributes.Add(Text("a", "text"));
        span.Attributes.Add(new KeyValue { Key = "n", Value = new() { IntValue = -5 } });
        span.Attributes.Add(new KeyValue { Key = "d", Value = new() { DoubleValue = 0.5 } });
        span.Attributes.Add(new KeyValue { Key = "b", Value = new() { BoolValue = true } });
        span.Attributes.Add(new KeyValue { Key = "bytes", Value = new() { BytesValue = ByteString.CopyFrom(1, 2, 3) } });
        span.Attributes.Add(new KeyValue { Key = "list", Value = new() { ArrayValue = new() { Values = { new AnyValue { StringValue = "x" }, new AnyValue { IntValue = 2 } } } } });
        span.Attributes.Add(new KeyValue { Key = "map", Value = new() { KvlistValue = new() { Values = { Text("k", "v") } } } });
        span.Status = new() { Code = 2, Message = "no" };
        var proto = Assert.Single(Decode(span).Spans);
        var json = Assert.Single(DecodeJson(/*lang=json*/ """
            {"unknown":1,"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090A0B0C0D0E0F10","spanId":"1112131415161718",
             "parentSpanId":"","name":"chat","kind":3,"flags":257,"startTimeUnixNano":"1780000000000000000","endTimeUnixNano":1780000001000000000,
             "attributes":[{"key":"a","value":{"stringValue":"text"}},{"key":"n","value":{"intValue":"-5"}},{"key":"d","value":{"doubleValue":0.5}},
              {"key":"b","value":{"boolValue":true}},{"key":"bytes","value":{"bytesValue":"AQID"}},
              {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":2}]}}},
              {"key":"map","value":{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}}],
             "status":{"code":2,"message":"no"}}],"scope":{"name":"s","version":"1"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"api"}}]}}]}
            """).Spans);
        Assert.Equal("""{"a":"text","n":-5,"d":0.5,"b":true,"bytes":"AQID","list":["x",2],"map":"{\u0022k\u0022:\u0022v\u0022}"}""", proto.Attributes.ToJson());
        Assert.Equal(proto.Attributes.ToJson(), json.Attributes.ToJson());
        Assert.Equal((proto.TraceId, proto.SpanId, proto.Name, proto.Kind, proto.StartUnixNs, proto.EndUnixNs, proto.Status, proto.StatusMessage),
            (json.TraceId, json.SpanId, json.Name, json.Kind, json.StartUnixNs, json.EndUnixNs, json.Status, json.StatusMessage));
        Assert.Equal("0102030405060708090a0b0c0d0e0f10", proto.TraceId.ToString());
        Assert.Equal(("api", "s", "1"), (json.Resource.Attributes.Text("service.name"), json.Scope.Name, json.Scope.Version));
        Assert.Equal(("api", "s", "1"), (proto.Resource.Attributes.Text("service.name"), proto.Scope.Name, proto.Scope.Version));
    }

    [Fact]
    public void Spans_of_a_body_share_their_resource_and_scope()
    {
        var second = WireSpan();
        second.SpanId = ByteString.CopyFrom(9, 9, 9, 9, 9, 9, 9, 9);
        var spans = Decode(WireSpan(), second).Spans;
        Assert.Same(spans[0].Resource, spans[1].Resource);
        Assert.Same(spans[0].Scope, spans[1].Scope);
    }

    [Theory]
    [InlineData("trace id", 15, 8, 0)]
    [InlineData("trace id", 0, 8, 0)]
    [InlineData("span id", 16, 7, 0)]
    [InlineData("parent", 16, 8, 5)]
    public void A_span_with_an_id_of_wrong_length_is_refused_with_the_reason(string reason, int traceBytes, int spanBytes, int parentBytes)
    {
        var bad = WireSpan();
        bad.TraceId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, traceBytes).ToArray());
        bad.SpanId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, spanBytes).ToArray());
        bad.ParentSpanId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, parentBytes).ToArray());
        var decoded = Decode(bad, WireSpan());
        Assert.Single(decoded.Spans);
        Assert.Equal(1, decoded.Rejected);
        Assert.Contains(reason, decoded.RejectReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_zeros_are_refused_and_a_parent_of_zeros_is_none()
    {
        var bad = WireSpan();
        bad.TraceId = ByteString.CopyFrom(new byte[16]);
        Assert.Equal(1, Decode(bad).Rejected);
        var root = WireSpan();
        root.ParentSpanId = ByteString.CopyFrom(new byte[8]);
        Assert.True(Assert.Single(Decode(root).Spans).IsRoot);
    }

    [Theory]
    [InlineData(0, 5, "no start")]
    [InlineData(1_000_000_000, 5, "2000")]
    [InlineData(ulong.MaxValue, ulong.MaxValue, "future")]
    [InlineData(1_795_435_200_000_000_001, 0, "future")]
    [InlineData(1_780_000_000_000_000_000, ulong.MaxValue, "future")]
    public void A_span_of_an_absurd_time_is_refused_with_the_reason(ulong start, ulong end, string reason)
    {
        var bad = WireSpan();
        (bad.StartTimeUnixNano, bad.EndTimeUnixNano) = (start, end);
        var decoded = Decode(bad);
        Assert.Equal((0, 1), (decoded.Spans.Count, decoded.Rejected));
        Assert.Contains(reason, decoded.RejectReason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_before_the_start_becomes_the_start()
    {
        var span = WireSpan();
        span.EndTimeUnixNano = span.StartTimeUnixNano - 5;
        Assert.Equal(0, Assert.Single(Decode(span).Spans).DurationMs);
    }

    [Fact]
    public void Ten_thousand_attributes_are_cut_to_256_and_counted()
    {
        var span = WireSpan();
        for (var i = 0; i < 10_000; i++) span.Attributes.Add(Text("key" + i, "v"));
        var kept = Assert.Single(Decode(span).Spans).Attributes;
        Assert.Equal(257, kept.Items.Count);
        Assert.Equal(9_744, kept.Count(OtlpDecoder.DroppedAttributes));
    }

    [Fact]
    public void Long_texts_are_cut_at_whole_characters()
    {
        var span = WireSpan();
        span.Name = new string('n', 5000);
        span.Attributes.Add(Text("long", new string('x', 8191) + "ü…"));
        var kept = Assert.Single(Decode(span).Spans);
        Assert.Equal(1024, kept.Name.Length);
        Assert.Equal(new string('x', 8191), kept.Attributes.Text("long"));
        var json = Assert.Single(DecodeJson(JsonFormatterOf(span)).Spans);
        Assert.Equal((kept.Name, kept.Attributes.ToJson()), (json.Name, json.Attributes.ToJson()));
    }

    [Fact]
    public void A_sender_cannot_set_the_portals_own_attributes()
    {
        var span = WireSpan();
        span.Attributes.Add(Text(TraceReader.BoundTeam, "intruder"));
        Assert.Empty(Assert.Single(Decode(span).Spans).Attributes.Items);
    }

    [Fact]
    public void Invalid_UTF8_in_protobuf_refuses_the_body()
    {
        var span = WireSpan();
        span.Attributes.Add(Text("gen_ai.prompt", "MARK1"));
        span.Attributes.Add(Text("plain", "MARK2"));
        span.Name = "MARK3";
        foreach (var mark in new[] { "MARK1", "MARK2", "MARK3" })
        {
            var body = Body(span);
            body[body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(mark))] = 0xFF;
            Assert.Throws<OtlpFormatException>(() => Decode(body));
        }
    }

    [Fact]
    public void A_protobuf_body_cut_anywhere_is_refused_or_holds_fewer_spans_but_never_fails_otherwise()
    {
        var body = Body(WireSpan(), WireSpan());
        for (var length = 1; length < body.Length; length++)
        {
            var cut = body[..length];
            Assert.Throws<OtlpFormatException>(() => Decode(cut));
        }
    }

    [Fact]
    public void Random_bytes_never_fail_in_another_way()
    {
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var body = i % 2 == 0 ? new byte[random.Next(1, 200)] : Body(WireSpan());
            if (i % 2 == 0) random.NextBytes(body);
            else for (var k = 0; k < 5; k++) body[random.Next(body.Length)] = (byte)random.Next(256);
            foreach (var json in new[] { false, true })
            {
                try { new OtlpDecoder(new OtlpOptions(), new TestClock(Now), Key).DecodeTraces(body, json); }
                catch (OtlpFormatException e) { Assert.NotEmpty(e.Message); }
            }
        }
    }

    [Fact]
    public void Values_nested_too_deep_refuse_the_body()
    {
        var value = new AnyValue { StringValue = "x" };
        for (var i = 0; i < 90; i++) value = new AnyValue { ArrayValue = new() { Values = { value } } };
        var span = WireSpan();
        span.Attributes.Add(new KeyValue { Key = "deep", Value = value });
        Assert.Single(Decode(span).Spans);
        for (var i = 0; i < 5_000; i++) value = new AnyValue { ArrayValue = new() { Values = { value } } };
        span.Attributes[0].Value = value;
        Assert.Throws<OtlpFormatException>(() => Decode(Body(span)));
        Assert.Throws<OtlpFormatException>(() => DecodeJson(string.Concat(Enumerable.Repeat("{\"a\":[", 5_000))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"resourceSpans":{}}""")]
    [InlineData("""{"resourceSpans":[1]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[7]}]}]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":5}]}]}]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"soon"}]}]}]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":{"intValue":"1.5"}}]}]}]}]}""")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\ud800"}]}]}]}""")]
    public void JSON_that_is_not_OTLP_is_refused(string json) => Assert.Throws<OtlpFormatException>(() => DecodeJson(json));
}
