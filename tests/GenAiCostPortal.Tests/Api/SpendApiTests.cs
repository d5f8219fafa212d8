using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

public sealed class SpendApiTests(EmptyPortal empty) : IClassFixture<EmptyPortal>
{
    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-11-10&to=2026-11-01", "to")]
    [InlineData("groupBy=team,feature,model", "groupBy")]
    [InlineData("groupBy=colour", "groupBy")]
    [InlineData("granularity=fortnight", "granularity")]
    [InlineData("view=imagined", "view")]
    public async Task A_question_that_cannot_be_answered_says_which_parameter_is_wrong(string query, string parameter)
    {
        using var client = empty.App.Admin();
        var answer = await client.GetAsync("/api/v1/spend?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(parameter, out _));
    }

    [Fact]
    public async Task An_empty_store_answers_with_unknown_shares_not_with_zero_ones()
    {
        using var client = empty.App.Admin();
        var answer = await client.GetFromJsonAsync<JsonElement>("/api/v1/spend?from=2026-11-01&to=2026-11-22");
        Assert.Equal("USD", answer.GetProperty("currency").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("explainedShare").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("billedThrough").ValueKind);
    }

    [Fact]
    public async Task A_closed_day_has_its_sentence_an_open_one_none_and_spend_names_its_cost_metric()
    {
        using var app = new PortalApp(new()
        {
            ["Schedule:Ledger"] = "Off", ["Aws:Connections:0:Name"] = "Payer", ["Aws:Connections:0:AccountId"] = "111122223333",
            ["Aws:Connections:0:CostExplorer:Enabled"] = "true", ["Aws:Connections:0:CostExplorer:Metric"] = "NetUnblendedCost",
        });
        using var client = app.Admin();
        var day = new DateOnly(2026, 11, 10);
        BilledLineRead Line(DateOnly on) => new(on, "111122223333", "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 12.5m, 100m, "1K tokens", false);
        // The first day is 54 and 67 hours old at its two reads, the second 30 and 43.
        foreach (var hours in new[] { 54, 67 })
            await app.Services.GetRequiredService<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(2), day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(hours), [Line(day), Line(day.AddDays(1))], [], new Dictionary<string, string>()));
        await app.Services.GetRequiredService<LedgerBuild>().BuildDueAsync();
        var days = (await client.GetFromJsonAsync<JsonElement>("/api/v1/reconciliation?from=2026-11-10&to=2026-11-12")).EnumerateArray().Select(d => d.GetProperty("closedSentence").GetString());
        Assert.Equal(["10 Nov closed: $12.50 billed; no estimate was made before its first bill.", null], days);
        Assert.Equal("NetUnblendedCost", (await client.GetFromJsonAsync<JsonElement>("/api/v1/spend?from=2026-11-10&to=2026-11-12")).GetProperty("costMetric").GetString());
    }

    [Fact]
    public async Task What_sampled_traces_would_explain_is_in_the_answer_with_its_switch()
    {
        using var app = new PortalApp(new() { ["Schedule:Ledger"] = "Off" });
        using var client = app.Admin();
        var day = new DateOnly(2026, 11, 10);
        // 1,000 million tokens for 60 USD; 200 million recorded at p = 1/4 stand for 800 million: 12 USD have an owner, 48 would.
        var at = new DateTimeOffset(day.ToDateTime(new TimeOnly(3, 0)), TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000_000;
        await app.Services.GetRequiredService<Ledger.Store.TraceWriter>().WriteAsync([new Ledger.Traces.Span
        {
            TraceId = new(1, 1), SpanId = new(2), Name = "chat", Kind = Ledger.Traces.SpanKind.Client, StartUnixNs = at, EndUnixNs = at + 1_000_000, TraceState = "ot=th:c",
            Attributes = new([new("gen_ai.provider.name", "aws.bedrock"), new("gen_ai.request.model", "amazon.nova-lite-v1:0"), new("gen_ai.usage.input_tokens", 200_000_000L),
                new("cloud.account.id", "111122223333"), new("cloud.region", "us-east-1"), new("genai.feature", "search")]),
        }]);
        await app.Services.GetRequiredService<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), day.AddDays(3).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            [new(day, "111122223333", "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 60m, 1_000_000m, "1K tokens", false)], [], new Dictionary<string, string>()));
        await app.Services.GetRequiredService<LedgerBuild>().BuildDueAsync();
        var sampled = (await client.GetFromJsonAsync<JsonElement>("/api/v1/reconciliation/unexplained?from=2026-11-10&to=2026-11-11")).GetProperty("sampledTraces");
        Assert.Equal(("Ledger:ExtrapolateSampledTraces", 1, 48m, 36m), (sampled.GetProperty("setting").GetString(), sampled.GetProperty("days").GetInt32(), sampled.GetProperty("unattributedUsd").GetDecimal(), sampled.GetProperty("explainedUsd").GetDecimal()));
    }

    [Fact]
    public async Task OpenApi_names_the_calls_of_the_contract()
    {
        using var client = empty.App.Admin();
        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        foreach (var path in new[]
        {
            "/api/v1/spend", "/api/v1/reconciliation", "/api/v1/reconciliation/{day}", "/api/v1/reconciliation/unexplained", "/api/v1/export/focus.csv", "/api/v1/traces", "/api/v1/traces/{traceId}", "/api/v1/feeds", "/api/v1/feeds/{name}/run",
            "/api/v1/feeds/{name}/backfill", "/api/v1/feeds/{name}/runs", "/api/v1/assessment", "/api/v1/assessment/submissions", "/api/v1/export/spend.csv", "/api/v1/export/pivot.csv", "/api/v1/prices",
        })
            Assert.True(paths.TryGetProperty(path, out _), path);
    }

    [Fact]
    public async Task A_feature_named_like_a_formula_is_text_in_the_csv_and_a_negative_number_stays_one()
    {
        var query = new SpendQuery(DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1), [SpendDimension.Feature], Granularity.None, SpendView.Ledger, SpendFilter.None);
        var row = new SpendRow(
            null, ["=HYPERLINK(\"http://elsewhere.example\")"], -1.5m, -1.5m, 0, 0, Basis.Billed, new Dictionary<AllocationMethod, decimal>(),
            new Dictionary<UnattributedReason, decimal>(), 0, 0, default, 0);
        var answer = new SpendAnswer(query, DateTime.UnixEpoch, null, -1.5m, -1.5m, 0, 0, null, null, null, 0, 0, 0, [row]);
        using var body = new MemoryStream();
        await SpendCsv.WriteAsync(answer, body, CancellationToken.None);
        var line = Encoding.UTF8.GetString(body.ToArray()).Split("\r\n")[1];
        Assert.StartsWith("\"'=HYPERLINK", line, StringComparison.Ordinal);
        Assert.Contains(",-1.5,-1.5,0,", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_count_received_as_stored_plus_rejected()
    {
        using var client = empty.App.Admin();
        var text = await client.GetStringAsync("/metrics");
        foreach (var name in new[] { "genai_otlp_items_received_total", "genai_otlp_items_stored_total", "genai_otlp_items_rejected_total" })
            Assert.Contains(name + "{signal=\"traces\"} 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_of_an_unknown_feed_is_not_found()
    {
        using var client = empty.App.Admin();
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/api/v1/feeds/Astrology/run", null)).StatusCode);
    }
}
