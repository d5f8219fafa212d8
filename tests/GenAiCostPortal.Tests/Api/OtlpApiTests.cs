using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.App;
using Xunit;

namespace GenAiCostPortal.Api;

public sealed class OtlpApiTests
{
    [Fact]
    public async Task Every_signal_is_counted_by_itself_and_received_is_stored_refused_or_ignored()
    {
        using var app = new PortalApp();
        using var admin = app.Admin();
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds() * 1_000_000;
        await PostAsync(admin, "traces", $$$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"a","startTimeUnixNano":"{{{at}}}"},{"traceId":"01","spanId":"0102030405060708"}]}]}]}""");
        await PostAsync(admin, "logs", $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{at}}}","body":{"stringValue":"started"}},{"timeUnixNano":"{{{at}}}","eventName":"gen_ai.choice","traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708"}]}]}]}""");
        await PostAsync(admin, "metrics", $$$"""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"cpu.time","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"timeUnixNano":"{{{at}}}","asInt":"5"},{"timeUnixNano":"{{{at}}}","asInt":"6"}]}}]}]}]}""");
        var lines = (await admin.GetStringAsync("/metrics")).Split('\n');
        foreach (var (signal, received, stored, rejected, ignored) in new[] { ("traces", 2, 1, 1, 0), ("logs", 2, 1, 0, 1), ("metrics", 2, 0, 0, 2) })
        {
            Assert.Contains($"genai_otlp_items_received_total{{signal=\"{signal}\"}} {received}", lines);
            Assert.Contains($"genai_otlp_items_stored_total{{signal=\"{signal}\"}} {stored}", lines);
            Assert.Contains($"genai_otlp_items_rejected_total{{signal=\"{signal}\"}} {rejected}", lines);
            Assert.Contains($"genai_otlp_items_ignored_total{{signal=\"{signal}\"}} {ignored}", lines);
        }
    }

    [Fact]
    public async Task The_description_of_the_API_names_the_OTLP_paths()
    {
        using var app = new PortalApp();
        using var admin = app.Admin();
        var paths = (await admin.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        foreach (var signal in new[] { "traces", "metrics", "logs" })
            Assert.True(paths.GetProperty("/v1/" + signal).GetProperty("post").GetProperty("requestBody").GetProperty("content").TryGetProperty("application/x-protobuf", out _));
        Assert.True(paths.TryGetProperty("/api/v1/spend", out _));
    }

    private static async Task PostAsync(HttpClient client, string signal, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v1/" + signal, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
