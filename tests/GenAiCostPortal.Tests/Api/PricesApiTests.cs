using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.App;
using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

public sealed class PricesApiTests(EmptyPortal empty) : IClassFixture<EmptyPortal>
{
    private static JsonElement.ArrayEnumerator Prices(JsonElement answer) => answer.GetProperty("prices").EnumerateArray();

    [Fact]
    public async Task A_model_is_found_by_any_of_its_names_with_source_and_date()
    {
        using var client = empty.App.Admin();
        var rows = Prices(await client.GetFromJsonAsync<JsonElement>("/api/v1/prices?model=us.anthropic.claude-sonnet-4-6")).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, r => Assert.Equal("anthropic.claude-sonnet-4-6", r.GetProperty("model").GetString()));
        // litellm us.anthropic.claude-sonnet-4-6: 3.30 in, 16.50 out.
        Assert.Contains(rows, r => r.GetProperty("usdPerMillion").GetProperty("input").GetDecimal() == 3.3m && r.GetProperty("usdPerMillion").GetProperty("output").GetDecimal() == 16.5m && r.GetProperty("provenance").GetString()!.Length > 0);
        Assert.True(Prices(await client.GetFromJsonAsync<JsonElement>("/api/v1/prices")).Count() > rows.Count);
    }

    [Fact]
    public async Task An_own_price_is_added_listed_beside_the_list_price_and_logged()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var answer = await client.PostAsJsonAsync("/api/v1/prices", new { model = "amazon.nova-pro-v1:0", effectiveFrom = "2026-11-01", input = 0.4, note = "contract 7" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var row = Assert.Single(Prices(await client.GetFromJsonAsync<JsonElement>("/api/v1/prices?model=amazon.nova-pro-v1:0")), r => r.GetProperty("isOverride").GetBoolean());
        Assert.Equal(0.4m, row.GetProperty("usdPerMillion").GetProperty("input").GetDecimal());
        Assert.Equal(3.2m, row.GetProperty("usdPerMillion").GetProperty("output").GetDecimal());
        Assert.Equal(0.8m, row.GetProperty("listUsdPerMillion").GetProperty("input").GetDecimal());
        Assert.Equal("2026-11-01", row.GetProperty("effectiveFrom").GetString());
        Assert.Contains(await app.Services.GetRequiredService<ActionLog>().RecentAsync(), a => a is { Action: "Add an own price", Target: "amazon.nova-pro", Outcome: "done" });
        Assert.Contains("amazon.nova-pro,", await client.GetStringAsync("/api/v1/export/prices.csv?model=amazon.nova-pro"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"effectiveFrom":"2026-11-01","input":1}""", "model")]
    [InlineData("""{"model":"m","effectiveFrom":"tomorrow","input":1}""", "effectiveFrom")]
    [InlineData("""{"model":"m","effectiveFrom":"2026-11-01"}""", "prices")]
    [InlineData("""{"model":"m","effectiveFrom":"2026-11-01","input":-1}""", "prices")]
    [InlineData("""{"model":"m","effectiveFrom":"2026-11-01","input":1,"tier":"golden"}""", "tier")]
    public async Task A_price_that_makes_no_sense_names_the_field(string body, string field)
    {
        using var client = empty.App.Admin();
        var answer = await client.PostAsync("/api/v1/prices", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData(PortalRole.Operator, HttpStatusCode.Forbidden)]
    [InlineData(PortalRole.Administrator, HttpStatusCode.Created)]
    public async Task Only_an_administrator_may_add_a_price_and_every_viewer_may_read(PortalRole role, HttpStatusCode expected)
    {
        using var app = new PortalApp();
        using var client = app.As(await app.Services.GetRequiredService<ApiKeys>().CreateAsync("a program", ApiKeyKind.Api, role, null, null, null));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/prices?model=nova")).StatusCode);
        Assert.Equal(expected, (await client.PostAsJsonAsync("/api/v1/prices", new { model = "amazon.nova-pro-v1:0", effectiveFrom = "2026-11-01", input = 1 })).StatusCode);
    }
}
