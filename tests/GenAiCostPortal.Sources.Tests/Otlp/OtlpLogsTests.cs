using System.Text;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>GenAI events of log records join their spans; all other records are counted and not kept.</summary>
public sealed class OtlpLogsTests
{
    private const string Canary = "canary-91c7 what the user asked";
    private static readonly ulong At = (ulong)(OtlpHost.Now.ToUnixTimeMilliseconds() - 60_000) * 1_000_000;

    public static TheoryData<string, int> Transports => new() { { "json", 11 }, { "protobuf", 11 }, { "gzip", 11 }, { "grpc", 11 } };

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Captured_events_come_in_by_every_transport(string transport, int records)
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        await SendAsync(host, "otel-openai.json.logs.1.json", transport);
        Assert.Equal([records, records, 0], [host.Number("SELECT Received FROM signal_count WHERE Signal='logs'"), host.Number("SELECT Stored FROM signal_count WHERE Signal='logs'"), host.Number("SELECT Rejected FROM signal_count WHERE Signal='logs'")]);
        // Counted by hand in the body: six spans, five of which have two events.
        Assert.Equal(6, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(6, host.Number("SELECT COUNT(*) FROM span WHERE Doors=2 AND Name='' AND Kind=0"));
    }

    [Theory]
    [InlineData("otel-openai", true)]
    [InlineData("otel-openai", false)]
    [InlineData("elastic-openai", true)]
    [InlineData("elastic-openai", false)]
    public async Task Events_change_no_count_of_the_spans_they_belong_to_whichever_comes_first(string emitter, bool logsFirst)
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        if (logsFirst) await SendAsync(host, emitter + ".json.logs.1.json", "json");
        await SendAsync(host, emitter + ".json.traces.1.json", "json");
        if (!logsFirst) await SendAsync(host, emitter + ".json.logs.1.json", "json");

        using var document = CapturedBody.Expected();
        var expected = document.RootElement.GetProperty(emitter);
        var tokens = expected.GetProperty("tokens");
        Assert.Equal(
            [expected.GetProperty("calls").GetInt64(), expected.GetProperty("failed").GetInt64(), tokens.GetProperty("input").GetInt64(), tokens.GetProperty("cacheRead").GetInt64(), tokens.GetProperty("output").GetInt64()],
            [.. new[] { "Calls", "Errors", "Input", "CacheRead", "Output" }.Select(c => host.Number($"SELECT SUM({c}) FROM usage_rollup WHERE Span=2"))]);
        Assert.Equal(expected.GetProperty("calls").GetInt64(), host.Number("SELECT COUNT(*) FROM call"));
        Assert.True(host.Number("SELECT COUNT(*) FROM span WHERE Doors=3") > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_with_usage_is_a_call_even_when_its_span_never_comes(bool byAttribute)
    {
        await using var host = await OtlpHost.StartAsync();
        var record = Event("gen_ai.client.inference.operation.details", byAttribute);
        record.Attributes.Add(Text("gen_ai.request.model", "amazon.nova-pro-v1:0"));
        record.Attributes.Add(new KeyValue { Key = "gen_ai.usage.input_tokens", Value = new() { IntValue = 120 } });
        record.Attributes.Add(new KeyValue { Key = "gen_ai.usage.output_tokens", Value = new() { IntValue = 30 } });
        var body = Request(record);
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await host.PostAsync(body, path: "/v1/logs")).Status);
        Assert.Equal([1L, 120, 30], [host.Number("SELECT COUNT(*) FROM call"), host.Number("SELECT SUM(Input) FROM usage_rollup WHERE Span=2"), host.Number("SELECT SUM(Output) FROM usage_rollup WHERE Span=2")]);
    }

    [Fact]
    public async Task Ordinary_records_are_accepted_counted_and_not_kept()
    {
        await using var host = await OtlpHost.StartAsync();
        var ordinary = Event("", byAttribute: false);
        ordinary.Body = new() { StringValue = Canary };
        var unbound = Event("gen_ai.choice", byAttribute: false);
        (unbound.TraceId, unbound.SpanId) = (ByteString.Empty, ByteString.Empty);
        var answer = await host.PostAsync(Request(ordinary, ordinary, unbound, Event("gen_ai.choice", byAttribute: true)), path: "/v1/logs");
        Assert.Equal((200, 0), (answer.Status, answer.Body.Length));
        Assert.Equal([4L, 1, 0, 1], [host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count"), host.Number("SELECT Rejected FROM signal_count"), host.Number("SELECT COUNT(*) FROM span")]);
        Assert.Equal(200, (await host.PostAsync(Request(ordinary), path: "/v1/logs")).Status);
        Assert.Equal([5L, 1], [host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count")]);
        var totals = ((OtlpCounters)host.Services.GetService(typeof(OtlpCounters))!).Totals.Single(t => t.Signal == "logs");
        Assert.Equal((5L, 1L, 0L, 4L), (totals.Received, totals.Stored, totals.Rejected, totals.Ignored));
    }

    [Theory]
    [InlineData(OtlpHost.Protobuf)]
    [InlineData(OtlpHost.Json)]
    public async Task A_record_with_a_bad_id_is_a_partial_success(string type)
    {
        await using var host = await OtlpHost.StartAsync();
        var bad = Event("gen_ai.choice", byAttribute: false);
        bad.SpanId = ByteString.CopyFrom(1, 2, 3);
        var body = type == OtlpHost.Protobuf ? Request(bad, Event("gen_ai.choice", byAttribute: false)) : Encoding.UTF8.GetBytes($$"""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{At}}","eventName":"gen_ai.choice","traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"01"},
            {"timeUnixNano":"{{At}}","eventName":"gen_ai.choice","traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708"}]}]}]}
            """);
        var answer = await host.PostAsync(body, type, path: "/v1/logs");
        Assert.Equal(200, answer.Status);
        if (type == OtlpHost.Json) Assert.Equal("""{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"A span id must be 8 bytes, not all zero, or empty."}}""", answer.Text);
        else Assert.Equal(1, ExportTraceServiceResponse.Parser.ParseFrom(answer.Body).PartialSuccess.RejectedSpans);
        Assert.Equal([2L, 1, 1], [host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count"), host.Number("SELECT Rejected FROM signal_count")]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_asked_and_answered_is_not_kept_unless_told_to(bool capture)
    {
        await using var host = await OtlpHost.StartAsync(o => o.CaptureContent = capture);
        var whole = Event("gen_ai.client.inference.operation.details", byAttribute: false);
        whole.Attributes.Add(Text("gen_ai.input.messages", Canary));
        whole.Attributes.Add(Text("gen_ai.system", "openai"));
        var message = Event("gen_ai.user.message", byAttribute: true, span: 2);
        message.Body = new() { KvlistValue = new() { Values = { Text("content", Canary) } } };
        message.Attributes.Add(Text("content", Canary));
        message.Attributes.Add(Text("gen_ai.event.content", Canary));
        message.Attributes.Add(Text("my.own.words", Canary));
        Assert.Equal(200, (await host.PostAsync(Request(whole, message), path: "/v1/logs")).Status);
        var kept = host.Number($"SELECT COUNT(*) FROM span WHERE Attributes LIKE '%{Canary}%'");
        Assert.Equal(capture ? 2 : 0, kept);
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM span WHERE Attributes LIKE '%portal.prompt_hash%'"));
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM span WHERE Attributes LIKE '%\"gen_ai.system\":\"openai\"%'"));
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span WHERE Attributes LIKE '%my.own.words%'"));
    }

    internal static async Task SendAsync(OtlpHost host, string file, string transport)
    {
        var signal = CapturedBody.Signal(file);
        var path = "/v1/" + signal.Word();
        if (transport == "grpc")
        {
            var answer = await host.CallAsync(CapturedBody.ToProtobuf(file), signal, gzip: true);
            Assert.Equal((0, 0), (answer.Status, answer.Body.Length));
            return;
        }
        var sent = transport == "json"
            ? await host.PostAsync(CapturedBody.Bytes(file), OtlpHost.Json, path: path)
            : await host.PostAsync(CapturedBody.ToProtobuf(file), gzip: transport == "gzip", path: path);
        Assert.Equal((200, transport == "json" ? "{}" : ""), (sent.Status, sent.Text));
    }

    private static WireRecord Event(string name, bool byAttribute, byte span = 1)
    {
        var record = new WireRecord
        {
            TimeUnixNano = At, TraceId = ByteString.CopyFrom([1, .. new byte[14], 1]), SpanId = ByteString.CopyFrom([.. new byte[7], span]),
        };
        if (byAttribute) record.Attributes.Add(Text("event.name", name));
        else record.EventName = name;
        return record;
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };

    private static byte[] Request(params WireRecord[] records)
    {
        var scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "test", Version = "1" } };
        scope.LogRecords.AddRange(records);
        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { Resource = new Resource(), ScopeLogs = { scope } } } }.ToByteArray();
    }
}
