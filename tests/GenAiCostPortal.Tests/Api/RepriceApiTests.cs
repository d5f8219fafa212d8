using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.Access;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Pages;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

/// <summary>Claude Sonnet 4.6 global lists at $3.00 in and $15.00 out; a call of 100,000 in and 1,000 out is $0.315.</summary>
public sealed class RepriceApiTests(EmptyPortal empty) : IClassFixture<EmptyPortal>
{
    private static readonly object Gaps = new { operation = "FillGaps", from = "2026-11-01", to = "2027-01-01" };

    [Fact]
    public async Task Preview_run_and_undo_move_the_estimate_and_put_it_back()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        await app.Services.GetRequiredService<TraceWriter>().WriteAsync([MadeSpans.Root(new TraceId(1, 1), "ask", 0, "a"), MadeSpans.Call(new TraceId(1, 1), 2, 1, 10, 100_000, 1_000)]);
        var price = await (await client.PostAsJsonAsync("/api/v1/prices", new { model = MadeSpans.Model, effectiveFrom = "2026-01-01", input = 1.5 })).Content.ReadFromJsonAsync<JsonElement>();
        var ask = new { operation = "Correct", from = "2026-01-01", to = "2027-01-01", priceId = price.GetProperty("id").GetInt32() };

        var preview = await (await client.PostAsJsonAsync("/api/v1/prices/reprice?preview=true", ask)).Content.ReadFromJsonAsync<JsonElement>();
        // 100,000 × 1.50 + 1,000 × 15 a million = $0.165.
        Assert.Equal((1, 0.315m, 0.165m), (preview.GetProperty("calls").GetInt64(), preview.GetProperty("beforeUsd").GetDecimal(), preview.GetProperty("afterUsd").GetDecimal()));
        Assert.Equal("anthropic.claude-sonnet-4-6", preview.GetProperty("models")[0].GetProperty("model").GetString());
        Assert.Equal(0.315m, await EstimatedAsync(client));

        var ordered = await client.PostAsJsonAsync("/api/v1/prices/reprice", ask);
        Assert.Equal(HttpStatusCode.Accepted, ordered.StatusCode);
        var id = (await ordered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
        var done = await StateAsync(client, "Done");
        Assert.Equal((1L, 1m, ""), (done.GetProperty("calls").GetInt64(), done.GetProperty("progress").GetDecimal(), done.GetProperty("whyNoUndo").GetString()));
        Assert.Equal(0.165m, await EstimatedAsync(client));
        var run = (await client.GetFromJsonAsync<JsonElement>("/api/v1/feeds/Repricing/runs"))[0];
        Assert.Contains("1 calls on 1 days", run.GetProperty("message").GetString()!, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync($"/api/v1/prices/repricings/{id}/undo", null)).StatusCode);
        await StateAsync(client, "Undone");
        Assert.Equal(0.315m, await EstimatedAsync(client));
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync($"/api/v1/prices/repricings/{id}/undo", null)).StatusCode);
    }

    [Theory]
    [InlineData("""{"from":"2026-11-01","to":"2026-11-02"}""", "operation")]
    [InlineData("""{"operation":"FillGaps","from":"soon","to":"2026-11-02"}""", "from")]
    [InlineData("""{"operation":"FillGaps","from":"2026-11-02","to":"2026-11-02"}""", "to")]
    [InlineData("""{"operation":"Correct","from":"2026-11-01","to":"2026-11-02"}""", "priceId")]
    public async Task What_makes_no_sense_names_the_field(string body, string field)
    {
        using var client = empty.App.Admin();
        var answer = await client.PostAsync("/api/v1/prices/reprice?preview=true", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Only_an_administrator_may_re_price()
    {
        using var app = new PortalApp();
        using var client = app.As(await app.Services.GetRequiredService<ApiKeys>().CreateAsync("a program", ApiKeyKind.Api, PortalRole.Operator, null, null, null));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsJsonAsync("/api/v1/prices/reprice?preview=true", Gaps)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/prices/repricings")).StatusCode);
    }

    private static async Task<decimal> EstimatedAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/v1/spend?from=2026-01-01&to=2027-01-01&view=estimated")).GetProperty("totalUsd").GetDecimal();

    private static async Task<JsonElement> StateAsync(HttpClient client, string state)
    {
        while (true)
        {
            var first = (await client.GetFromJsonAsync<JsonElement>("/api/v1/prices/repricings"))[0];
            if (first.GetProperty("state").GetString() == state) return first;
            await Task.Delay(50);
        }
    }
}
