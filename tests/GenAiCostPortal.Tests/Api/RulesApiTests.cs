using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.Access;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

public sealed class RulesApiTests
{
    private const string Search = "518846220934";

    private static object Rule(string name = "Search account", string account = Search) => new
    {
        name, conditions = new[] { new { subject = "account", match = "is", value = account } }, feature = "product-search", team = "Search", effectiveFrom = "2026-01-01",
    };

    private static object Split(decimal second = 0.25m) => new
    {
        name = "Guardrails", conditions = new object[] { new { subject = "Component", value = "Guardrails" } }, basis = "fixed", shares = new Dictionary<string, decimal> { ["a"] = 0.75m, ["b"] = second },
    };

    private static Task<JsonElement> AskAsync(HttpClient client, string path) => client.GetFromJsonAsync<JsonElement>("/api/v1" + path);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json) => client.PostAsync("/api/v1" + path, new StringContent(json, Encoding.UTF8, "application/json"));

    [Fact]
    public async Task A_rule_is_added_read_changed_moved_undone_and_removed()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var answer = await client.PostAsJsonAsync("/api/v1/owner-rules", Rule());
        var made = await ReadAsync(answer, HttpStatusCode.Created);
        var id = made.GetProperty("id").GetInt32();
        Assert.Equal($"/api/v1/owner-rules/{id}", answer.Headers.Location!.ToString());
        Assert.Equal("Account", made.GetProperty("conditions")[0].GetProperty("subject").GetString());
        Assert.Equal(("2026-01-01", true, 1), (made.GetProperty("effectiveFrom").GetString(), made.GetProperty("isEnabled").GetBoolean(), made.GetProperty("position").GetInt32()));

        var second = await ReadAsync(await client.PostAsJsonAsync("/api/v1/owner-rules", new { name = "First asked", conditions = new[] { new { subject = "Region", value = "us-west-2" } }, team = "Growth", position = 1 }), HttpStatusCode.Created);
        Assert.Equal(["First asked", "Search account"], (await AskAsync(client, "/owner-rules")).EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        await ReadAsync(await client.PutAsJsonAsync("/api/v1/owner-rules/order", new { ids = new[] { id, second.GetProperty("id").GetInt32() } }), HttpStatusCode.NoContent);
        await ReadAsync(await client.PutAsJsonAsync($"/api/v1/owner-rules/{id}", Rule(account: "111122223333")), HttpStatusCode.OK);
        Assert.Equal("111122223333", (await AskAsync(client, $"/owner-rules/{id}")).GetProperty("conditions")[0].GetProperty("value").GetString());

        var history = await AskAsync(client, "/owner-rules/history");
        Assert.Equal(4, history.GetArrayLength());
        Assert.Contains($"before account is {Search}", history[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("key bootstrap key", history[0].GetProperty("who").GetString());
        await ReadAsync(await client.PostAsync($"/api/v1/owner-rules/{history[0].GetProperty("id")}/undo", null), HttpStatusCode.NoContent);
        Assert.Equal(Search, (await AskAsync(client, $"/owner-rules/{id}")).GetProperty("conditions")[0].GetProperty("value").GetString());
        var refused = await ReadAsync(await client.PostAsync($"/api/v1/owner-rules/{history[0].GetProperty("id")}/undo", null), HttpStatusCode.Conflict);
        Assert.Contains("undone already", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await ReadAsync(await client.DeleteAsync($"/api/v1/owner-rules/{id}"), HttpStatusCode.NoContent);
        await ReadAsync(await client.DeleteAsync($"/api/v1/owner-rules/{id}"), HttpStatusCode.NotFound);
        await ReadAsync(await client.GetAsync($"/api/v1/owner-rules/{id}"), HttpStatusCode.NotFound);
        Assert.Equal(["Remove the owner rule", "Undo a change of the owner rules", "Change the owner rule", "Order the owner rules"],
            (await app.Services.GetRequiredService<ActionLog>().RecentAsync(4)).Select(a => a.Action));
    }

    private static readonly (string Path, string Body, string Field)[] Wrong =
    [
        ("/owner-rules", """{"conditions":[{"subject":"Account","value":"1"}],"team":"t"}""", "name"),
        ("/owner-rules", """{"name":"a","conditions":[{"subject":"Moon","value":"1"}],"team":"t"}""", "conditions"),
        ("/owner-rules", """{"name":"a","conditions":[{"subject":"0","value":"1"}],"team":"t"}""", "conditions"),
        ("/owner-rules", """{"name":"a","conditions":[null],"team":"t"}""", "conditions"),
        ("/owner-rules", """{"name":"a","conditions":[{"subject":"Account","value":"1"}]}""", "owners"),
        ("/owner-rules", """{"name":"a","conditions":[{"subject":"Account","value":"1"}],"team":"t","effectiveFrom":"2026-02-30"}""", "effectiveFrom"),
        ("/owner-rules", """{"name":"a","conditions":[{"subject":"Account","value":"1"}],"team":"t","effectiveFrom":"2026-02-02","effectiveTo":"2026-02-01"}""", "effectiveTo"),
        ("/split-rules", """{"name":"a","conditions":[{"subject":"Account","value":"1"}],"basis":"Fixed","shares":{"x":0.9}}""", "shares"),
        ("/split-rules", """{"name":"a","conditions":[{"subject":"Account","value":"1"}],"basis":"Fair"}""", "basis"),
        ("/owner-rules/preview", """{"name":"a","conditions":[],"team":"t"}""", "conditions"),
        ("/rules/import?preview=true", """{"format":"genai-cost-portal-rules","version":1,"ownerRules":[{"name":"a","conditions":[{"subject":"Account","value":"1"}]}]}""", "ownerRules[0].owners"),
    ];

    [Fact]
    public async Task A_rule_that_makes_no_sense_names_the_field_and_nothing_is_kept()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        foreach (var (path, body, field) in Wrong)
        {
            var problem = await ReadAsync(await PostAsync(client, path, body), HttpStatusCode.BadRequest);
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{body}: {problem}");
        }
        // What cannot be read at all is a mistake of the sender too.
        await ReadAsync(await PostAsync(client, "/owner-rules", "{"), HttpStatusCode.BadRequest);
        Assert.Equal(0, (await AskAsync(client, "/owner-rules")).GetArrayLength() + (await AskAsync(client, "/split-rules/history")).GetArrayLength());
    }

    [Theory]
    [InlineData(PortalRole.Operator, HttpStatusCode.Forbidden)]
    [InlineData(PortalRole.Administrator, HttpStatusCode.Created)]
    public async Task Only_an_administrator_may_change_rules_and_every_viewer_may_read_and_try(PortalRole role, HttpStatusCode expected)
    {
        using var app = new PortalApp();
        using var client = app.As(await app.Services.GetRequiredService<ApiKeys>().CreateAsync("a program", ApiKeyKind.Api, role, null, null, null));
        foreach (var path in new[] { "/owner-rules", "/split-rules", "/owner-rules/history", "/rules/export" }) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1" + path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync("/api/v1/owner-rules/preview", Rule())).StatusCode);
        Assert.Equal(expected, (await client.PostAsJsonAsync("/api/v1/owner-rules", Rule())).StatusCode);
        if (role == PortalRole.Administrator) return;
        Assert.Equal(expected, (await client.PostAsJsonAsync("/api/v1/split-rules", Split())).StatusCode);
        Assert.Equal(expected, (await client.DeleteAsync("/api/v1/owner-rules/1")).StatusCode);
        Assert.Equal(expected, (await client.PutAsJsonAsync("/api/v1/owner-rules/order", new { ids = Array.Empty<int>() })).StatusCode);
        Assert.Equal(expected, (await client.PostAsync("/api/v1/owner-rules/1/undo", null)).StatusCode);
        Assert.Equal(expected, (await PostAsync(client, "/rules/import", "{}")).StatusCode);
    }

    [Fact]
    public async Task The_file_goes_out_and_comes_back_and_says_before_what_it_does()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        await ReadAsync(await client.PostAsJsonAsync("/api/v1/owner-rules", Rule()), HttpStatusCode.Created);
        var split = await ReadAsync(await client.PostAsJsonAsync("/api/v1/split-rules", Split()), HttpStatusCode.Created);
        var file = await client.GetStringAsync("/api/v1/rules/export");
        await ReadAsync(await client.DeleteAsync($"/api/v1/split-rules/{split.GetProperty("id")}"), HttpStatusCode.NoContent);
        await ReadAsync(await client.PostAsJsonAsync("/api/v1/owner-rules", Rule("Another", "1")), HttpStatusCode.Created);

        foreach (var preview in new[] { true, true, false })
        {
            var said = await ReadAsync(await PostAsync(client, $"/rules/import?preview={preview}", file), HttpStatusCode.OK);
            Assert.Equal(["Owner Removed Another", "Split Added Guardrails"],
                said.GetProperty("steps").EnumerateArray().Select(s => $"{s.GetProperty("kind").GetString()} {s.GetProperty("what").GetString()} {s.GetProperty("name").GetString()}"));
        }
        Assert.Equal(file, await client.GetStringAsync("/api/v1/rules/export"));
        Assert.Equal(0, (await ReadAsync(await PostAsync(client, "/rules/import?preview=true", file), HttpStatusCode.OK)).GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task A_preview_says_the_dollars_and_the_ledger_that_is_then_built_by_itself_has_them()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var day = today.AddDays(-5);
        var line = new BilledLineRead(day, Search, "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 12.34m, 1_000m, "1K tokens", false);
        await app.Services.GetRequiredService<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), TimeProvider.System.GetUtcNow().UtcDateTime, [line], [], new Dictionary<string, string>()));
        await app.Services.GetRequiredService<LedgerBuild>().BuildDueAsync();

        var effect = await ReadAsync(await client.PostAsJsonAsync("/api/v1/owner-rules/preview", Rule()), HttpStatusCode.OK);
        Assert.Equal((12.34m, 12.34m, 1), (effect.GetProperty("movedUsd").GetDecimal(), effect.GetProperty("decidedUsd").GetDecimal(), effect.GetProperty("daysTouched").GetInt32()));
        Assert.Equal(("Unattributed", "product-search", 12.34m), (effect.GetProperty("moves")[0].GetProperty("from").GetString(), effect.GetProperty("moves")[0].GetProperty("to").GetString(), effect.GetProperty("moves")[0].GetProperty("usd").GetDecimal()));
        Assert.Equal(0, (await AskAsync(client, "/owner-rules")).GetArrayLength());
        var outside = await ReadAsync(await client.PostAsJsonAsync($"/api/v1/owner-rules/preview?from={day.AddDays(1):yyyy-MM-dd}&to={today:yyyy-MM-dd}", Rule()), HttpStatusCode.OK);
        Assert.Equal(0m, outside.GetProperty("movedUsd").GetDecimal());

        var made = await ReadAsync(await client.PostAsJsonAsync("/api/v1/owner-rules", Rule()), HttpStatusCode.Created);
        var spend = $"/spend?from={day:yyyy-MM-dd}&to={today:yyyy-MM-dd}&groupBy=feature&granularity=none&view=billed";
        async Task<decimal> SpentAsync(string feature) => (await AskAsync(client, spend)).GetProperty("rows").EnumerateArray()
            .Where(r => r.GetProperty("keys").GetProperty("feature").GetString() == feature).Sum(r => r.GetProperty("costUsd").GetDecimal());
        // Nobody starts the build: adding the rule does.
        for (var i = 0; i < 300 && await SpentAsync("product-search") == 0; i++) await Task.Delay(100);
        Assert.Equal((12.34m, 0m), (await SpentAsync("product-search"), await SpentAsync("Unattributed")));
        Assert.Equal(12.34m, (await AskAsync(client, $"/owner-rules/{made.GetProperty("id")}")).GetProperty("decidedUsd").GetDecimal());
        var gone = await ReadAsync(await client.PostAsync($"/api/v1/owner-rules/preview?id={made.GetProperty("id")}&remove=true", null), HttpStatusCode.OK);
        Assert.Equal("Unattributed", gone.GetProperty("moves")[0].GetProperty("to").GetString());
    }

    [Fact]
    public async Task The_description_names_every_call()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        foreach (var noun in new[] { "owner-rules", "split-rules" })
            foreach (var (path, verb) in new[] { ("", "get"), ("", "post"), ("/{id}", "get"), ("/{id}", "put"), ("/{id}", "delete"), ("/order", "put"), ("/history", "get"), ("/{change}/undo", "post"), ("/preview", "post") })
                Assert.True(paths.TryGetProperty($"/api/v1/{noun}{path}", out var found) && found.TryGetProperty(verb, out _), $"{verb} /api/v1/{noun}{path}");
        Assert.True(paths.GetProperty("/api/v1/owner-rules").GetProperty("post").TryGetProperty("requestBody", out _));
        Assert.True(paths.TryGetProperty("/api/v1/rules/export", out _));
        Assert.True(paths.GetProperty("/api/v1/rules/import").GetProperty("post").TryGetProperty("requestBody", out _));
    }
}
