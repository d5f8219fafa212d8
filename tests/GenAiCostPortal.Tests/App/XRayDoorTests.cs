using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.XRay;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>A trace that came by OTLP and by X-Ray, as the API and the page show it.</summary>
public sealed class XRayDoorTests
{
    [Fact]
    public async Task A_trace_of_both_doors_says_so()
    {
        using var app = new PortalApp();
        using var admin = app.Admin();
        var start = TimeProvider.System.GetUtcNow().AddMinutes(-5).ToUnixTimeSeconds();
        var id = $"{start:x8}a1b2c3d4e5f60718293a4b5c";
        using var body = new StringContent($$"""
            {"resourceSpans":[{"scopeSpans":[{"scope":{"name":"test"},"spans":[{"traceId":"{{id}}","spanId":"00000000000000a1","name":"chat","kind":3,"startTimeUnixNano":"{{start}}000000000","endTimeUnixNano":"{{start + 1}}000000000",
             "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"amazon.nova-pro-v1:0"} },{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"} },{"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"} }]}]}]}]}
            """, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync("/v1/traces", body)).StatusCode);
        var segments = app.Services.GetRequiredService<SegmentDecoder>().DecodeSegments(XRayTraceId.Format(Parsed(id)),
            [$$"""{"id":"00000000000000a1","name":"shop","start_time":{{start}},"end_time":{{start + 1}},"annotations":{"gen_ai_usage_input_tokens":100,"feature":"search"} }"""], new("111111111111", "us-east-1"));
        await app.Services.GetRequiredService<TraceWriter>().WriteAsync(segments.Spans);

        var list = await admin.GetFromJsonAsync<JsonElement>("/api/v1/traces");
        var item = Assert.Single(list.GetProperty("items").EnumerateArray().ToList());
        Assert.Equal(("Otlp,XRay", 1, "search"), (item.GetProperty("source").GetString(), item.GetProperty("calls").GetInt32(), item.GetProperty("feature").GetString()));
        Assert.Equal("Otlp,XRay", (await admin.GetFromJsonAsync<JsonElement>($"/api/v1/traces/{id}")).GetProperty("trace").GetProperty("source").GetString());
        Assert.Contains("received by OTLP and X-Ray", await admin.GetStringAsync($"/traces/{id}"), StringComparison.Ordinal);
        // The feed is offered with its needs, and off.
        var feed = (await admin.GetFromJsonAsync<JsonElement>("/api/v1/feeds")).EnumerateArray().Single(f => f.GetProperty("feed").GetString() == "XRay");
        Assert.Equal(("Off", 4), (feed.GetProperty("state").GetString(), feed.GetProperty("needs").GetArrayLength()));
    }

    private static Ledger.Traces.TraceId Parsed(string hex) => Ledger.Traces.TraceId.TryParse(hex, out var id) ? id : default;
}
