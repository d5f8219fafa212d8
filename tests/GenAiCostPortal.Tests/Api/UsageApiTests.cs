using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Pages;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

/// <summary>
/// Usage and unit costs over HTTP. One request of contract-summary: four calls of 100,000 tokens in and 1,000 out, each 900 ms, at
/// 3 and 15 USD a million (global Claude Sonnet 4.6): 4 × 0.315 = 1.26 USD. One request of "=cmd" with one such call.
/// </summary>
public sealed class UsageApiTests(EmptyPortal empty) : IClassFixture<EmptyPortal>
{
    private const string Day = "from=2026-11-21&to=2026-11-22";

    private static async Task<PortalApp> FilledAsync()
    {
        var app = new PortalApp();
        var (first, second) = (new TraceId(1, 1), new TraceId(1, 2));
        await app.Services.GetRequiredService<TraceWriter>().WriteAsync(
            [.. MadeSpans.Agent(first, 4), MadeSpans.Root(second, "ask", 5_000, "=cmd"), MadeSpans.Call(second, 2, 1, 5_100, 100_000, 1_000)]);
        return app;
    }

    [Fact]
    public async Task Usage_answers_with_the_words_of_the_contract()
    {
        using var app = await FilledAsync();
        using var client = app.Admin();
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/usage?{Day}&groupBy=feature&granularity=hour");
        Assert.Equal("hour", answer.GetProperty("granularity").GetString());
        var row = answer.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("keys").GetProperty("feature").GetString() == "contract-summary");
        Assert.Equal("2026-11-21T12:00:00Z", row.GetProperty("time").GetString());
        Assert.Equal((400_000, 4_000), (row.GetProperty("tokens").GetProperty("input").GetInt64(), row.GetProperty("tokens").GetProperty("output").GetInt64()));
        Assert.Equal("4 1 0 0 0", string.Join(' ', new[] { "calls", "requests", "errors", "throttles", "retries" }.Select(n => row.GetProperty(n).GetInt64())));
        foreach (var p in new[] { "p50", "p95", "p99" }) Assert.InRange(row.GetProperty("latency").GetProperty(p).GetDouble(), 891, 909);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("timeToFirstTokenMs").ValueKind);
        Assert.Equal(0, row.GetProperty("cacheHitRatio").GetDecimal());
        Assert.Equal(5, answer.GetProperty("total").GetProperty("calls").GetInt64());
    }

    [Theory]
    [InlineData("minute5")]
    [InlineData("hour")]
    [InlineData("day")]
    [InlineData("month")]
    [InlineData("none")]
    public async Task Every_granularity_adds_up_to_the_same_tokens(string granularity)
    {
        using var app = await FilledAsync();
        using var client = app.Admin();
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/usage?{Day}&granularity={granularity}");
        Assert.Equal(granularity, answer.GetProperty("granularity").GetString());
        Assert.Equal(500_000, answer.GetProperty("rows").EnumerateArray().Sum(r => r.GetProperty("tokens").GetProperty("input").GetInt64()));
    }

    [Fact]
    public async Task By_token_kind_calls_are_null_because_a_call_has_several_kinds()
    {
        using var app = await FilledAsync();
        using var client = app.Admin();
        var rows = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/usage?{Day}&groupBy=tokenKind")).GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["input", "output"], rows.Select(r => r.GetProperty("keys").GetProperty("tokenKind").GetString()!));
        Assert.All(rows, r => Assert.Equal(JsonValueKind.Null, r.GetProperty("calls").ValueKind));
    }

    [Fact]
    public async Task Unit_costs_answer_with_costs_per_request_call_workflow_and_thousand_tokens()
    {
        using var app = await FilledAsync();
        using var client = app.Admin();
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/unit-costs?{Day}&groupBy=feature");
        Assert.Equal("Estimated", answer.GetProperty("basis").GetString());
        var total = answer.GetProperty("total");
        // 1.575 USD ÷ 2 requests, ÷ 5 calls, ÷ 505,000 tokens.
        Assert.Equal((0.7875m, 0.315m, 0.003118812m), (Usd(total, "costPerRequestUsd"), Usd(total, "costPerCallUsd"), Usd(total, "costPer1kTokensUsd")));
        Assert.Equal((0.315m, 1.26m, 1.26m), (Usd(total, "p50Usd"), Usd(total, "p95Usd"), Usd(total, "maxUsd")));
        var row = answer.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("keys").GetProperty("feature").GetString() == "contract-summary");
        Assert.Equal((1.26m, 0.315m), (Usd(row, "costPerRequestUsd"), Usd(row, "costPerCallUsd")));
        var workflow = answer.GetProperty("workflows").EnumerateArray().Single(r => r.GetProperty("keys").GetProperty("workflow").GetString() == "ask");
        Assert.Equal(0.315m, Usd(workflow, "costPerRequestUsd"));
        Assert.True(answer.GetProperty("requestCoverage").GetProperty("isWhole").GetBoolean());
    }

    [Fact]
    public async Task The_cost_of_a_user_is_that_of_requests_with_a_user_and_null_where_there_is_none()
    {
        using var app = await FilledAsync();
        using var client = app.Admin();
        Assert.Equal(JsonValueKind.Null, (await client.GetFromJsonAsync<JsonElement>($"/api/v1/unit-costs?{Day}")).GetProperty("total").GetProperty("costPerUserUsd").ValueKind);
        // Two users, three requests of 0.315 USD each: 0.945 ÷ 2.
        foreach (var (trace, user) in new[] { (5UL, "anna"), (6UL, "ben"), (7UL, "anna") })
            await app.Services.GetRequiredService<TraceWriter>().WriteAsync(
                [MadeSpans.Root(new TraceId(1, trace), "ask", 5_000, "questions"), MadeSpans.Call(new TraceId(1, trace), 2, 1, 5_100, 100_000, 1_000, more: ("user.id", user))]);
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/unit-costs?{Day}&groupBy=feature");
        var total = answer.GetProperty("total");
        Assert.Equal((0.4725m, 2, 3, 0.945m), (Usd(total, "costPerUserUsd"), total.GetProperty("users").GetInt64(), total.GetProperty("requestsWithUser").GetInt64(), Usd(total, "costWithUserUsd")));
        var rows = answer.GetProperty("rows").EnumerateArray().ToDictionary(r => r.GetProperty("keys").GetProperty("feature").GetString()!);
        Assert.Equal(0.4725m, Usd(rows["questions"], "costPerUserUsd"));
        Assert.Equal(0, rows["contract-summary"].GetProperty("users").GetInt64());
        Assert.Equal(JsonValueKind.Null, rows["contract-summary"].GetProperty("costPerUserUsd").ValueKind);
        var byModel = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/unit-costs?{Day}&groupBy=model")).GetProperty("rows").EnumerateArray().First();
        Assert.Equal(JsonValueKind.Null, byModel.GetProperty("users").ValueKind);
        var lines = (await client.GetStringAsync($"/api/v1/export/unit-costs.csv?{Day}&groupBy=feature&granularity=none")).TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(",costPerUserUsd,users,requestsWithUser,costWithUserUsd,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",0.4725,2,3,0.945,", lines.Single(l => l.StartsWith("questions,", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(",,0,0,0,", lines.Single(l => l.StartsWith("contract-summary,", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_store_knows_no_ratio_and_no_cost()
    {
        using var client = empty.App.Admin();
        var usage = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/usage?{Day}")).GetProperty("total");
        foreach (var name in new[] { "latency", "timeToFirstTokenMs", "cacheHitRatio", "outputTokensPerSecond", "callsPerRequest" }) Assert.Equal(JsonValueKind.Null, usage.GetProperty(name).ValueKind);
        var costs = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/unit-costs?{Day}")).GetProperty("total");
        foreach (var name in new[] { "costPerRequestUsd", "costPerCallUsd", "costPer1kTokensUsd", "p50Usd", "p95Usd", "maxUsd" }) Assert.Equal(JsonValueKind.Null, costs.GetProperty(name).ValueKind);
    }

    [Theory]
    [InlineData("/api/v1/usage?granularity=fortnight", "granularity")]
    [InlineData("/api/v1/unit-costs?groupBy=colour", "groupBy")]
    [InlineData("/api/v1/export/usage.csv?from=yesterday", "from")]
    public async Task A_question_that_cannot_be_answered_names_its_parameter(string path, string parameter)
    {
        using var client = empty.App.Admin();
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(parameter, out _));
    }

    [Theory]
    [InlineData("usage", "feature,inputTokens,")]
    [InlineData("unit-costs", "feature,costUsd,")]
    public async Task A_feature_named_like_a_formula_is_text_in_the_file(string name, string head)
    {
        using var app = await FilledAsync();
        using var client = app.Admin();
        var lines = (await client.GetStringAsync($"/api/v1/export/{name}.csv?{Day}&groupBy=feature&granularity=none")).TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith(head, lines[0], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, l => l.StartsWith("\"'=cmd\",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenApi_describes_both_calls()
    {
        using var client = empty.App.Admin();
        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        foreach (var path in new[] { "/api/v1/usage", "/api/v1/unit-costs", "/api/v1/export/usage.csv", "/api/v1/export/unit-costs.csv" }) Assert.True(paths.TryGetProperty(path, out _), path);
    }

    private static decimal Usd(JsonElement of, string name) => of.GetProperty(name).GetDecimal();
}
