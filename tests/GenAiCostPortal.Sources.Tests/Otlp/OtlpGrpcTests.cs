using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Unary gRPC on a real HTTP/2 listener, frame by frame.</summary>
public sealed class OtlpGrpcTests
{
    private static readonly byte[] Good = MadeRequest.Calls(4).ToByteArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_answered_with_status_0_and_is_on_disk_by_then(bool gzip)
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.CallAsync(Good, gzip: gzip);
        Assert.Equal(4, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal((200, 0, true, 0), (answer.Http, answer.Status, answer.HasTrailers, answer.Body.Length));
        Assert.Equal(400, host.Number("SELECT SUM(Input) FROM usage_rollup WHERE Span=2"));
    }

    [Fact]
    public async Task The_same_spans_over_http_and_grpc_are_the_same_spans()
    {
        await using var host = await OtlpHost.StartAsync();
        Assert.Equal(200, (await host.PostAsync(Good)).Status);
        Assert.Equal(0, (await host.CallAsync(Good)).Status);
        Assert.Equal([4L, 400, 8], [host.Number("SELECT COUNT(*) FROM span"), host.Number("SELECT SUM(Input) FROM usage_rollup WHERE Span=2"), host.Number("SELECT Received FROM signal_count WHERE Signal='traces'")]);
    }

    [Fact]
    public async Task What_can_not_be_kept_is_a_partial_success()
    {
        await using var host = await OtlpHost.StartAsync();
        var wrong = MadeRequest.Call(1, 2, 5, 5);
        wrong.SpanId = ByteString.Empty;
        var answer = await host.CallAsync(MadeRequest.Of(MadeRequest.Call(1, 1, 100, 10), wrong).ToByteArray());
        Assert.Equal(0, answer.Status);
        var partial = ExportTraceServiceResponse.Parser.ParseFrom(answer.Body).PartialSuccess;
        Assert.Equal((1L, "A span id must be 8 bytes, not all zero."), (partial.RejectedSpans, partial.ErrorMessage));
    }

    [Theory]
    [InlineData("/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export")]
    [InlineData("/opentelemetry.proto.collector.trace.v1.TraceService/Import")]
    public async Task A_service_or_call_that_is_not_there_is_unimplemented(string path)
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.CallFrameAsync(GrpcAnswer.Frame(Good), path: path);
        Assert.Equal((200, 12), (answer.Http, answer.Status));
    }

    public static TheoryData<string, byte[], string?, int> Bad => new()
    {
        { "no frame", [], null, 3 },
        { "half a frame head", [0, 0, 0], null, 3 },
        { "a frame cut short", GrpcAnswer.Frame(Good)[..^3], null, 3 },
        { "more than one message", [.. GrpcAnswer.Frame(Good), .. GrpcAnswer.Frame(Good)], null, 3 },
        { "unknown flags", GrpcAnswer.Frame(Good, 2), null, 3 },
        { "not protobuf", GrpcAnswer.Frame("hello there"u8.ToArray()), null, 3 },
        { "not gzip", GrpcAnswer.Frame(Good, 1), "gzip", 3 },
        { "compressed by nothing", GrpcAnswer.Frame(Good, 1), null, 13 },
        { "an unknown compression", GrpcAnswer.Frame(Good, 1), "snappy", 12 },
        { "a huge length", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1], null, 3 },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_call_that_does_not_parse_is_refused_and_the_door_stays_open(string what, byte[] frame, string? encoding, int status)
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.CallFrameAsync(frame, encoding: encoding);
        Assert.Equal((what, 200, status), (what, answer.Http, answer.Status));
        Assert.NotEqual("", answer.Message);
        Assert.Equal(status == 12 ? "identity,gzip" : "", answer.AcceptEncoding);
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(0, (await host.CallAsync(Good)).Status);
        Assert.Equal(4, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_over_the_limit_is_RESOURCE_EXHAUSTED_without_leave_to_retry(bool gzip)
    {
        await using var host = await OtlpHost.StartAsync(o => o.MaxBodyBytes = 10_000);
        var answer = await host.CallAsync(MadeRequest.Calls(200).ToByteArray(), gzip: gzip);
        Assert.Equal(8, answer.Status);
        Assert.Null(answer.Details);
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Fact]
    public async Task A_message_of_just_the_limit_is_taken()
    {
        await using var host = await OtlpHost.StartAsync(o => o.MaxBodyBytes = Good.Length);
        Assert.Equal(0, (await host.CallAsync(Good)).Status);
        Assert.Equal(8, (await host.CallAsync([.. Good, .. Good])).Status);
    }

    [Fact]
    public async Task Without_a_key_the_call_is_UNAUTHENTICATED_and_with_one_it_is_bound()
    {
        await using var host = await OtlpHost.StartAsync(check: c => ValueTask.FromResult(
            c.Request.Headers.Authorization == "Bearer right" ? new IngestBinding("payments", "prod", "111122223333") : null));
        Assert.Equal(16, (await host.CallAsync(Good)).Status);
        Assert.Equal(16, (await host.CallFrameAsync(GrpcAnswer.Frame(Good), key: "Bearer wrong")).Status);
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(0, (await host.CallFrameAsync(GrpcAnswer.Frame(Good), key: "Bearer right")).Status);
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM dimension WHERE Name='payments' AND Kind=6"));
    }

    [Fact]
    public async Task A_full_inbox_is_UNAVAILABLE_with_leave_to_retry()
    {
        await using var host = await OtlpHost.StartAsync(o => o.InboxSpans = 10);
        var turn = await host.Services.GetRequiredService<WriteGate>().EnterAsync();
        var waiting = host.CallAsync(MadeRequest.Calls(8, trace: 1).ToByteArray());
        while (host.Services.GetRequiredService<Inbox>().WaitingSpans == 0) await Task.Yield();
        var answer = await host.CallAsync(MadeRequest.Calls(8, trace: 2).ToByteArray());
        turn.Dispose();
        Assert.Equal(14, answer.Status);
        Assert.Equal(14, answer.Details!.Code);
        var detail = Assert.Single(answer.Details.Details);
        Assert.Equal("type.googleapis.com/google.rpc.RetryInfo", detail.TypeUrl);
        Assert.True(RetryInfo.Parser.ParseFrom(detail.Value).RetryDelay.Seconds > 0);
        Assert.Equal(0, (await waiting).Status);
        Assert.Equal(8, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Fact]
    public async Task Other_content_types_are_no_grpc()
    {
        await using var host = await OtlpHost.StartAsync();
        Assert.Equal(415, (await host.CallFrameAsync(GrpcAnswer.Frame(Good), type: "application/json")).Http);
        Assert.Equal(415, (await host.CallFrameAsync(GrpcAnswer.Frame(Good), type: "application/grpcweb")).Http);
        Assert.Equal(0, (await host.CallFrameAsync(GrpcAnswer.Frame(Good), type: "application/grpc+proto")).Status);
        Assert.Equal(426, (await host.PostAsync(GrpcAnswer.Frame(Good), "application/grpc", path: OtlpSignal.Traces.GrpcPath())).Status);
    }

    [Fact]
    public async Task An_empty_request_succeeds()
    {
        await using var host = await OtlpHost.StartAsync();
        Assert.Equal(0, (await host.CallAsync([])).Status);
        Assert.Equal(0, (await host.CallAsync([], gzip: true)).Status);
    }
}
