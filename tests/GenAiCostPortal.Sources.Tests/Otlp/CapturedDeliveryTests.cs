using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Every captured trace body through the real receiver, by the transport it was captured from, into the store. Captured logs and
/// metrics are in <see cref="OtlpLogsTests"/> and <see cref="OtlpMetricsTests"/>.
/// </summary>
public sealed class CapturedDeliveryTests
{
    public static TheoryData<string, string> Bodies => CapturedBodyTests.Bodies();

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_captured_body_is_stored_as_the_calls_that_were_made_and_again_changes_nothing(string emitter, string file)
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        using var document = CapturedBody.Expected();
        var expected = document.RootElement.GetProperty(emitter);
        for (var i = 0; i < 2; i++)
        {
            await SendAsync(host, file);
            Assert.Equal(Expected(expected), Stored(host));
        }
        Assert.Equal([0L, 0], [host.Number("SELECT SUM(Rejected) FROM signal_count"), host.Number("SELECT Received-Stored FROM signal_count")]);
    }

    private static async Task SendAsync(OtlpHost host, string file)
    {
        var body = CapturedBody.Bytes(file);
        if (file.Contains(".grpc.", StringComparison.Ordinal))
        {
            var answer = await host.CallAsync(body);
            Assert.Equal((0, 0), (answer.Status, answer.Body.Length));
            return;
        }
        var isJson = file.EndsWith(".json", StringComparison.Ordinal);
        // What the exporter packed goes out as it was packed.
        var sent = await host.PostAsync(body, isJson ? OtlpHost.Json : OtlpHost.Protobuf, encoding: file.EndsWith(".gz", StringComparison.Ordinal) ? "gzip" : null, chunked: isJson);
        Assert.Equal((200, isJson ? "{}" : ""), (sent.Status, sent.Text));
    }

    private static string Expected(JsonElement expected)
    {
        var tokens = expected.GetProperty("tokens");
        return string.Join(' ', new[] { expected.GetProperty("traces"), expected.GetProperty("calls"), expected.GetProperty("failed") }.Select(e => e.GetInt64())
            .Concat(new[] { "input", "cacheRead", "cacheWrite5m", "output", "reasoning" }.Select(kind => tokens.GetProperty(kind).GetInt64())));
    }

    private static string Stored(OtlpHost host) => string.Join(' ', new[] { host.Number("SELECT COUNT(*) FROM trace WHERE Calls>0") }
        .Concat(new[] { "Calls", "Errors", "Input", "CacheRead", "CacheWrite5m", "Output", "Reasoning" }.Select(column => host.Number($"SELECT SUM({column}) FROM usage_rollup WHERE Span=2"))));
}
