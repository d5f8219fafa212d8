using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>The listeners of the configuration, opened for real.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task The_OpenTelemetry_SDK_over_grpc_is_stored_and_shown_and_the_port_serves_nothing_else()
    {
        var (pages, http, grpc) = (RunningPortal.FreePort(), RunningPortal.FreePort(), RunningPortal.FreePort());
        await using var portal = await RunningPortal.StartAsync(Keys(pages, http, grpc));
        var key = await portal.Services.GetRequiredService<ApiKeys>().CreateAsync("contracts", ApiKeyKind.Ingest, PortalRole.Viewer, "Billing", "prod", "123456789012");
        var traceId = OtlpSdkTests.Send(new Uri(Url(grpc)), key, OtlpExportProtocol.Grpc);
        OtlpSdkTests.Send(new Uri(Url(http) + "/v1/traces"), key, OtlpExportProtocol.HttpProtobuf);
        OtlpSdkTests.Send(new Uri(Url(pages) + "/v1/traces"), key, OtlpExportProtocol.HttpProtobuf);

        using var admin = new HttpClient { BaseAddress = new Uri(Url(pages)) };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", PortalApp.AdminKey);
        var spend = await admin.GetFromJsonAsync<JsonElement>("/api/v1/spend?view=estimated&groupBy=feature,team");
        var row = Assert.Single(spend.GetProperty("rows").EnumerateArray().ToList());
        Assert.Equal(3, row.GetProperty("calls").GetInt64());
        Assert.Equal(3_600, row.GetProperty("tokens").GetProperty("input").GetInt64());
        Assert.Equal(2, (await admin.GetFromJsonAsync<JsonElement>($"/api/v1/traces/{traceId}")).GetProperty("spans").GetArrayLength());

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Url(grpc) + "/healthz", HttpVersion.Version20));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Url(grpc) + "/v1/traces", HttpVersion.Version20));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Url(http) + "/healthz", HttpVersion.Version11));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Url(pages) + "/healthz", HttpVersion.Version11));
    }

    [Theory]
    [InlineData("Urls")]
    [InlineData("Otlp:HttpUrl")]
    [InlineData("Otlp:GrpcUrl")]
    public async Task A_port_that_is_taken_is_a_mistake_of_its_key(string key)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var keys = Keys(RunningPortal.FreePort(), RunningPortal.FreePort(), RunningPortal.FreePort());
        keys[key] = Url(taken);
        var mistake = Assert.Single((await Assert.ThrowsAsync<ConfigurationException>(() => RunningPortal.StartAsync(keys))).Mistakes);
        Assert.StartsWith($"{key}: port {taken} is already in use", mistake, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Keys(int pages, int http, int grpc) =>
        new() { ["Urls"] = Url(pages), ["Otlp:HttpUrl"] = Url(http), ["Otlp:GrpcUrl"] = Url(grpc) };

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static async Task<HttpStatusCode> StatusAsync(string address, Version version)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
