using System.Text;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Whatever comes: a clear answer, nothing stored by half, and the door still open.</summary>
public sealed class OtlpBadInputTests
{
    private static readonly byte[] Good = MadeRequest.Calls(4).ToByteArray();

    public static TheoryData<string, byte[], string, string?> Malformed => new()
    {
        { "not protobuf", Encoding.UTF8.GetBytes("hello, is this the right door?"), OtlpHost.Protobuf, null },
        { "truncated protobuf", Good[..^7], OtlpHost.Protobuf, null },
        { "json as protobuf", Encoding.UTF8.GetBytes(MadeRequest.Json), OtlpHost.Protobuf, null },
        { "protobuf as json", Good, OtlpHost.Json, null },
        { "truncated json", Encoding.UTF8.GetBytes(MadeRequest.Json[..200]), OtlpHost.Json, null },
        { "json of another shape", Encoding.UTF8.GetBytes("""{"resourceSpans":{"a":1}}"""), OtlpHost.Json, null },
        { "json array", Encoding.UTF8.GetBytes("[1,2,3]"), OtlpHost.Json, null },
        { "invalid UTF-8 in json", [.. Encoding.UTF8.GetBytes("{\"a\":\""), 0xff, 0xfe, .. "\"}"u8], OtlpHost.Json, null },
        { "deep json", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"resourceSpans\":[", 5_000))), OtlpHost.Json, null },
        { "not gzip", Good, OtlpHost.Protobuf, "gzip" },
        { "truncated gzip", OtlpHost.Gzip(Good)[..^12], OtlpHost.Protobuf, "gzip" },
        { "a length beyond the body", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 1], OtlpHost.Protobuf, null },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_body_that_does_not_parse_is_400_and_stores_nothing(string what, byte[] body, string type, string? encoding)
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.PostAsync(body, type, encoding: encoding);
        Assert.Equal((what, 400, type, 3), (what, answer.Status, answer.Type, answer.Refusal.Code));
        await AssertLivesAsync(host, stored: 0);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_before_it_is_read()
    {
        await using var host = await OtlpHost.StartAsync(o => o.MaxBodyBytes = 10_000);
        foreach (var chunked in new[] { false, true })
        {
            var answer = await host.PostAsync(new byte[50_000], chunked: chunked);
            Assert.Equal((413, 8), (answer.Status, answer.Refusal.Code));
        }
        await AssertLivesAsync(host, stored: 0);
    }

    [Fact]
    public async Task The_limit_holds_after_decompression()
    {
        await using var host = await OtlpHost.StartAsync(o => o.MaxBodyBytes = 10_000);
        var body = MadeRequest.Calls(200).ToByteArray();
        Assert.InRange(OtlpHost.Gzip(body).Length, 1, 10_000);
        Assert.Equal(413, (await host.PostAsync(body, gzip: true)).Status);
        await AssertLivesAsync(host, stored: 0);
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_without_being_inflated_whole()
    {
        await using var host = await OtlpHost.StartAsync();
        // 48 MiB of zeros, under the size limit; about 1,000 times smaller as gzip.
        var bomb = OtlpHost.Gzip(new byte[48 << 20]);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var answer = await host.PostAsync(bomb, encoding: "gzip");
        Assert.Equal((413, 8), (answer.Status, answer.Refusal.Code));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 40 << 20);
        await AssertLivesAsync(host, stored: 0);
    }

    private static readonly Dictionary<string, Action<WireSpan>> Odd = new()
    {
        { "short trace id", s => s.TraceId = ByteString.CopyFrom(1, 2, 3) },
        { "zero trace id", s => s.TraceId = ByteString.CopyFrom(new byte[16]) },
        { "long span id", s => s.SpanId = ByteString.CopyFrom(new byte[64]) },
        { "no ids", s => (s.TraceId, s.SpanId) = (ByteString.Empty, ByteString.Empty) },
        { "time zero", s => (s.StartTimeUnixNano, s.EndTimeUnixNano) = (0, 0) },
        { "time far ahead", s => (s.StartTimeUnixNano, s.EndTimeUnixNano) = (ulong.MaxValue - 5, ulong.MaxValue) },
        { "end before start", s => s.EndTimeUnixNano = s.StartTimeUnixNano - 5_000_000_000 },
        { "negative count", s => s.Attributes.Add(MadeRequest.Pair("gen_ai.usage.cache_read.input_tokens", new AnyValue { IntValue = -1_000_000 })) },
        { "huge count", s => s.Attributes[2].Value = new AnyValue { IntValue = long.MaxValue } },
        { "count as text", s => s.Attributes[2].Value = new AnyValue { StringValue = "many" } },
        { "count as list", s => s.Attributes[2].Value = new AnyValue { ArrayValue = new ArrayValue() } },
        { "count not a number", s => s.Attributes[2].Value = new AnyValue { DoubleValue = double.NaN } },
        { "no value", s => s.Attributes.Add(new KeyValue { Key = "empty" }) },
        { "10,000 attributes", s => s.Attributes.AddRange(Enumerable.Range(0, 10_000).Select(i => MadeRequest.Pair("key." + i, new AnyValue { IntValue = i }))) },
        { "a megabyte of name", s => s.Name = new string('n', 1 << 20) },
        { "unknown kind and status", s => (s.Kind, s.Status) = (99, new WireStatus { Code = 77 }) },
        { "its own parent", s => s.ParentSpanId = s.SpanId },
        { "nested attribute", s => s.Attributes.Add(MadeRequest.Pair("nested", Nested(90))) },
    };

    public static TheoryData<string> OddNames => [.. Odd.Keys];

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task An_odd_span_is_kept_or_rejected_but_never_by_half(string what)
    {
        await using var host = await OtlpHost.StartAsync();
        var odd = MadeRequest.Call(9, 77, 100, 10);
        Odd[what](odd);
        var answer = await host.PostAsync(MadeRequest.Of(MadeRequest.Call(8, 1, 100, 10), odd));
        Assert.True(answer.Status is 200 or 400, what);
        var stored = host.Number("SELECT COUNT(*) FROM span");
        var rejected = answer.Body.Length == 0 || answer.Status != 200 ? 0 : ExportTraceServiceResponse.Parser.ParseFrom(answer.Body).PartialSuccess.RejectedSpans;
        Assert.Equal(answer.Status == 400 ? 0 : 2, stored + rejected);
        Assert.Equal(host.Number("SELECT COUNT(*) FROM call"), host.Number("SELECT SUM(Calls) FROM usage_rollup WHERE Span=2"));
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM usage_rollup WHERE Input<0 OR Output<0 OR CacheRead<0 OR Input>1000000000000"));
        await AssertLivesAsync(host, stored);
    }

    [Fact]
    public async Task Invalid_UTF8_in_protobuf_is_answered()
    {
        await using var host = await OtlpHost.StartAsync();
        var body = Good.ToArray();
        var at = body.AsSpan().IndexOf("chat"u8);
        body[at] = 0xff;
        Assert.InRange((await host.PostAsync(body)).Status, 200, 400);
        await AssertLivesAsync(host, host.Number("SELECT COUNT(*) FROM span"));
    }

    private static AnyValue Nested(int depth) =>
        depth == 0 ? new AnyValue { IntValue = 1 } : new AnyValue { ArrayValue = new ArrayValue { Values = { Nested(depth - 1) } } };

    private static async Task AssertLivesAsync(OtlpHost host, long stored)
    {
        Assert.Equal(stored, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Calls(1, trace: 200))).Status);
        Assert.Equal(stored + 1, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(0, host.Number("SELECT Received-Stored-Rejected FROM signal_count"));
    }
}
