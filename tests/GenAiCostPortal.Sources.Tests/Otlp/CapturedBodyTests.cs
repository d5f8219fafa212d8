using System.IO.Compression;
using System.Text.Json;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Bodies captured from real SDKs against a model server with known answers; expected.json was made from what that server answered,
/// not by this code (Data/otlp).
/// </summary>
public sealed class CapturedBodyTests
{
    private static readonly TestClock Clock = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));

    public static TheoryData<string, string> Bodies()
    {
        var data = new TheoryData<string, string>();
        using var expected = CapturedBody.Expected();
        foreach (var emitter in expected.RootElement.EnumerateObject())
            foreach (var body in emitter.Value.GetProperty("bodies").EnumerateArray().Select(b => b.GetString()!).Where(b => b.Contains(".traces.", StringComparison.Ordinal)))
                data.Add(emitter.Name, body);
        return data;
    }

    [Fact]
    public void Every_captured_trace_body_is_a_case()
    {
        var files = Directory.GetFiles(CapturedBody.Folder).Select(Path.GetFileName).Where(f => f!.Contains(".traces.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(files, Bodies().Select(row => (string)row[1]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_captured_body_reads_as_the_calls_that_were_made(string emitter, string file)
    {
        using var document = CapturedBody.Expected();
        var expected = document.RootElement.GetProperty(emitter);
        var traces = Read(file);

        Assert.Equal(expected.GetProperty("traces").GetInt32(), traces.Count(t => t.Calls.Count > 0));
        var calls = traces.SelectMany(t => t.Calls).ToList();
        Assert.Equal(expected.GetProperty("calls").GetInt32(), calls.Count);
        Assert.Equal(expected.GetProperty("failed").GetInt32(), calls.Count(c => c.Status != CallStatus.Ok));
        Assert.Equal(Tokens(expected.GetProperty("tokens")), calls.Aggregate(default(TokenCounts), (sum, c) => sum + c.Tokens));

        var wanted = expected.GetProperty("byTrace").EnumerateArray()
            .Select(t => t.GetProperty("scenario").GetString() + ": " + string.Join("; ", t.GetProperty("calls").EnumerateArray().Select(Line))).Order(StringComparer.Ordinal);
        var got = traces.Where(t => t.Calls.Count > 0)
            .Select(t => t.Root!.Name + ": " + string.Join("; ", t.Calls.Select(Line))).Order(StringComparer.Ordinal);
        Assert.Equal(wanted, got);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Nothing_that_was_asked_or_answered_is_kept(string emitter, string file)
    {
        var spans = Decode(file);
        Assert.NotEmpty(emitter);
        Assert.All(spans, span => Assert.All(span.Attributes.Items, a => Assert.False(TraceReader.IsContent(a.Key), a.Key)));
        var text = string.Concat(spans.Select(s => s.Attributes.ToJson()));
        Assert.DoesNotContain("Hello", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"role\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("otel-aws-sdk", "converse-throttle", CallStatus.Throttled)]
    [InlineData("otel-aws-sdk", "invoke-denied", CallStatus.Denied)]
    [InlineData("vercel-ai", "throttle", CallStatus.Throttled)]
    [InlineData("traceloop-anthropic", "messages-throttle", CallStatus.Throttled)]
    [InlineData("openinference-anthropic", "messages-throttle", CallStatus.Throttled)]
    [InlineData("elastic-openai", "chat-throttle", CallStatus.Throttled)]
    public void A_refused_call_is_told_from_other_failures(string emitter, string scenario, CallStatus status)
    {
        var trace = Read(emitter + ".proto.traces.1.pb").Single(t => t.Root?.Name == "scenario " + scenario);
        Assert.Equal(status, Assert.Single(trace.Calls).Status);
    }

    [Fact]
    public void Calls_of_vendors_are_off_the_bill_and_calls_of_Bedrock_on_it()
    {
        foreach (var emitter in new[] { "elastic-openai", "openinference-anthropic", "openinference-openai", "otel-openai", "traceloop-anthropic", "traceloop-openai" })
            Assert.All(Read(emitter + ".proto.traces.1.pb").SelectMany(t => t.Calls), c => Assert.True(c.IsOffBill, emitter));
        Assert.All(Read("otel-aws-sdk.proto.traces.1.pb").SelectMany(t => t.Calls), c => Assert.False(c.IsOffBill));
        Assert.All(Read("dotnet-otlp.proto.traces.1.pb").SelectMany(t => t.Calls), c => Assert.False(c.IsOffBill));
        Assert.All(Read("vercel-ai.proto.traces.1.pb").SelectMany(t => t.Calls),
            c => Assert.Equal(!c.Owners.Feature.Contains("bedrock", StringComparison.Ordinal), c.IsOffBill));
    }

    [Fact]
    public void An_inference_profile_gives_account_and_region()
    {
        var call = Read("otel-aws-sdk.proto.traces.1.pb").Single(t => t.Root?.Name == "scenario invoke-profile-arn").Calls.Single();
        Assert.Equal("123456789012", call.AccountId);
        Assert.Equal("us-east-1", call.Region);
        Assert.True(call.Flags.HasFlag(CallFlags.ModelUnresolved));
    }

    [Fact]
    public void Owners_come_from_span_ancestors_and_resource()
    {
        var call = Read("vercel-ai.proto.traces.1.pb").Single(t => t.Root?.Name == "scenario streamText-bedrock").Calls.Single();
        // ai.telemetry.functionId stands on the call itself, nearer than app.feature on the root.
        Assert.Equal("bedrock-stream", call.Owners.Feature);
        Assert.Equal("search", call.Owners.Team);
        Assert.Equal("prod", call.Owners.Environment);
        Assert.Equal("1.2.3", call.Owners.Release);
        Assert.Equal("scenario streamText-bedrock", call.Owners.Workflow);
        Assert.Equal("capture-vercel-ai", call.Owners.Application);
        Assert.InRange(call.TimeToFirstTokenMs!.Value, 7.65, 7.66);
    }

    private static string Line(JsonElement call) => Line(call.GetProperty("span").GetString()!, call.GetProperty("scope").GetString()!,
        ModelNameReader.Read(call.GetProperty("model").GetString()).Canonical, call.GetProperty("failed").GetBoolean(),
        call.GetProperty("tokens") is { ValueKind: JsonValueKind.Object } tokens ? Tokens(tokens) : null);

    private static string Line(Call call) => Line(SpanName(call), call.Sender.Contains(' ', StringComparison.Ordinal) ? call.Sender.Replace(' ', '@') : call.Sender + "@",
        call.Model.Canonical, call.Status != CallStatus.Ok, call.TokenState == TokenState.Unknown ? null : call.Tokens);

    private static string Line(string span, string scope, string model, bool failed, TokenCounts? tokens) =>
        $"{span} | {scope} | {model} | {failed} | {(tokens is null ? "unknown" : tokens.ToString())}";

    [ThreadStatic] private static Dictionary<(TraceId, SpanId), string>? _names;

    private static string SpanName(Call call) => _names![(call.TraceId, call.SpanId)];

    private static TokenCounts Tokens(JsonElement tokens)
    {
        long Of(string kind) => tokens.GetProperty(kind).GetInt64();
        return new(Of("input"), Of("cacheRead"), Of("cacheWrite5m"), 0, 0, Of("output"), Of("reasoning"));
    }

    private static List<TraceReading> Read(string file)
    {
        var spans = Decode(file);
        _names = spans.ToDictionary(s => (s.TraceId, s.SpanId), s => s.Name);
        return [.. spans.GroupBy(s => s.TraceId).Select(trace => TraceReader.Read([.. trace], new OwnerKeys()))];
    }

    private static IReadOnlyList<Span> Decode(string file)
    {
        var bytes = CapturedBody.Bytes(file);
        if (file.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            bytes = plain.ToArray();
        }
        var decoded = new OtlpDecoder(new OtlpOptions(), Clock, PromptHashKey.Random()).DecodeTraces(bytes, file.EndsWith(".json", StringComparison.Ordinal));
        Assert.Equal(0, decoded.Rejected);
        return decoded.Spans;
    }
}
