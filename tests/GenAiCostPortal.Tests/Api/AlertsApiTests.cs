using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Access;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

/// <summary>Alert channels over HTTP: an address goes in and never comes out.</summary>
public sealed class AlertsApiTests(EmptyPortal empty) : IClassFixture<EmptyPortal>
{
    private const string Secret = "https://hooks.example.com/services/T0/B0/xyz-not-to-be-seen";

    [Fact]
    public async Task A_channel_is_added_changed_and_removed_and_its_address_is_not_shown()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var made = await client.PostAsJsonAsync("/api/v1/alert-channels", new { name = "FinOps", kind = "Webhook", address = Secret, leastImpactUsd = 25, features = new[] { "contract-summary" }, quietFrom = "22:00", quietTo = "07:00", quietZone = "Europe/Berlin" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(24, Convert.FromBase64String(answer.GetProperty("signingSecret").GetString()!).Length);
        var path = made.Headers.Location!.ToString();
        // Without an address the one it has is kept, and no new secret is made.
        var changed = await client.PutAsJsonAsync(path, new { name = "FinOps room", isOn = false, leastImpactUsd = 50 });
        Assert.Equal(JsonValueKind.Null, (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("signingSecret").ValueKind);
        var text = await client.GetStringAsync("/api/v1/alert-channels");
        var listed = JsonDocument.Parse(text).RootElement[0];
        Assert.Equal(("FinOps room", "Webhook", false, 50m), (listed.GetProperty("name").GetString(), listed.GetProperty("kind").GetString(), listed.GetProperty("isOn").GetBoolean(), listed.GetProperty("leastImpactUsd").GetDecimal()));
        Assert.DoesNotContain("not-to-be", text, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be", (await app.Services.GetRequiredService<AlertChannels>().ReadAsync())[0].Secret, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync(path)).StatusCode);
        Assert.Equal("[]", await client.GetStringAsync("/api/v1/alerts"));
    }

    [Theory]
    [InlineData("{\"kind\":\"Slack\",\"address\":\"https://example.com/x\"}", "Give the channel a name")]
    [InlineData("{\"name\":\"a\",\"address\":\"https://example.com/x\"}", "Say what kind of channel it is")]
    [InlineData("{\"name\":\"a\",\"kind\":\"Slack\"}", "A channel needs an address.")]
    [InlineData("{\"name\":\"a\",\"kind\":\"Slack\",\"address\":\"http://example.com/x\"}", "Only https is taken")]
    [InlineData("{\"name\":\"a\",\"kind\":\"Slack\",\"address\":\"https://example.com/x\",\"quietFrom\":\"22:00\"}", "Quiet hours need a beginning and an end.")]
    [InlineData("{\"name\":\"a\",\"kind\":\"Slack\",\"address\":\"https://example.com/x\",\"quietZone\":\"Mars\"}", "'Mars' is no time zone")]
    public async Task What_cannot_work_is_refused_in_words(string body, string words)
    {
        using var client = empty.App.Admin();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await client.PostAsync("/api/v1/alert-channels", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(words, System.Text.RegularExpressions.Regex.Unescape(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_administrator_sees_and_changes_channels()
    {
        using var app = new PortalApp();
        var key = await app.Services.GetRequiredService<ApiKeys>().CreateAsync("reader", ApiKeyKind.Api, PortalRole.Operator, null, null, null);
        using var client = app.As(key);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/alert-channels")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/alerts")).StatusCode);
    }
}
