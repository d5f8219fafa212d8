using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>The OpenTelemetry .NET SDK, as a user's service would run it, sends to the running portal.</summary>
public sealed class OtlpSdkTests
{
    private const string Model = "anthropic.claude-sonnet-4-6";
    // A limit for what never happens: a loaded machine takes its time.
    private const int LongestSendMs = 120_000;

    [Fact]
    public async Task Spans_of_the_OpenTelemetry_SDK_are_priced_and_shown()
    {
        using var app = new PortalApp(new() { ["Urls"] = "http://127.0.0.1:0" });
        app.UseKestrel(0);
        app.StartServer();
        using var admin = app.Admin();
        var key = await app.Services.GetRequiredService<ApiKeys>().CreateAsync("contracts", ApiKeyKind.Ingest, PortalRole.Viewer, "Billing", "prod", "123456789012");
        var traceId = Send(new Uri(admin.BaseAddress!, "/v1/traces"), key);

        // The exporter's flush returns after the 200, and a 200 means that the figures can be read.
        var spend = await admin.GetFromJsonAsync<JsonElement>("/api/v1/spend?view=estimated&groupBy=feature,team");
        var row = Assert.Single(spend.GetProperty("rows").EnumerateArray().ToList());
        Assert.Equal("contract-summary", row.GetProperty("keys").GetProperty("feature").GetString());
        Assert.Equal("Billing", row.GetProperty("keys").GetProperty("team").GetString());
        Assert.Equal(1, row.GetProperty("calls").GetInt64());
        Assert.Equal(1, row.GetProperty("requests").GetInt64());
        Assert.Equal(1_200, row.GetProperty("tokens").GetProperty("input").GetInt64());
        Assert.Equal(300, row.GetProperty("tokens").GetProperty("output").GetInt64());
        Assert.True(row.GetProperty("costUsd").GetDecimal() > 0);

        var trace = await admin.GetFromJsonAsync<JsonElement>($"/api/v1/traces/{traceId}");
        Assert.Equal(2, trace.GetProperty("spans").GetArrayLength());
        var page = await admin.GetStringAsync("/traces");
        Assert.Contains("POST /summaries", page, StringComparison.Ordinal);
        Assert.Contains("contract-summary", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_taken()
    {
        using var app = new PortalApp();
        using var client = app.Anonymous();
        using var body = new ByteArrayContent([]);
        body.Headers.ContentType = new("application/x-protobuf");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync("/v1/traces", body)).StatusCode);
    }

    internal static string Send(Uri endpoint, string key, OtlpExportProtocol protocol = OtlpExportProtocol.HttpProtobuf)
    {
        var name = "Contracts." + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        using var source = new ActivitySource(name);
        using var tracing = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(r => r.AddService("contracts", serviceVersion: "2.4.1").AddAttributes([new("genai.feature", "contract-summary"), new("cloud.region", "us-east-1")]))
            .AddSource(name)
            .AddOtlpExporter(o => (o.Endpoint, o.Protocol, o.Headers, o.TimeoutMilliseconds) = (endpoint, protocol, $"Authorization=Bearer {key}", LongestSendMs))
            .Build();
        string id;
        using (var root = source.StartActivity("POST /summaries", ActivityKind.Server))
        {
            id = root!.TraceId.ToHexString();
            using var call = source.StartActivity("chat " + Model, ActivityKind.Client);
            call!.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", "aws.bedrock").SetTag("gen_ai.request.model", "us." + Model)
                .SetTag("gen_ai.usage.input_tokens", 1_200).SetTag("gen_ai.usage.output_tokens", 300);
        }
        Assert.True(tracing.ForceFlush(LongestSendMs));
        return id;
    }
}
