using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.Access;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Inventory;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

/// <summary>Capacity of provisioned throughput over HTTP.</summary>
public sealed class ResourcesApiTests
{
    private const string Arn = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdef123456", Path = "/api/v1/resources/throughput";

    [Fact]
    public async Task A_capacity_is_entered_read_and_removed_and_the_log_tells_of_it()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        await app.Services.GetRequiredService<InventoryWriter>().WriteAsync("111122223333", "us-east-1",
            [new ResourceRead(Arn, ResourceKinds.ProvisionedThroughput, "nova-pt", "111122223333", "us-east-1", "InService", new Dictionary<string, string>()) { ModelUnits = 2, ModelArn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0" }], []);
        async Task<JsonElement> ReadAsync() => await client.GetFromJsonAsync<JsonElement>(Path);
        var row = (await ReadAsync()).GetProperty("rows")[0];
        Assert.Equal(("nova-pt", "amazon.nova-pro", 2, "NoCapacity", JsonValueKind.Null),
            (row.GetProperty("name").GetString(), row.GetProperty("model").GetString(), row.GetProperty("modelUnits").GetInt32(), row.GetProperty("state").GetString(), row.GetProperty("utilisation").ValueKind));

        var saved = await client.PutAsJsonAsync(Path + "/capacity", new { target = "us.amazon.nova-pro-v1:0", inputTokensPerMinute = 1_000 });
        Assert.Equal("""{"target":"amazon.nova-pro","inputTokensPerMinute":1000,"outputTokensPerMinute":null,"modelUnits":null}""", await saved.Content.ReadAsStringAsync());
        var read = await ReadAsync();
        // First listed this very hour: none of its hours is over.
        Assert.Equal(("NoWholeHour", 1_000L, 1), (read.GetProperty("rows")[0].GetProperty("state").GetString(), read.GetProperty("rows")[0].GetProperty("capacity").GetProperty("inputTokensPerMinute").GetInt64(), read.GetProperty("capacities").GetArrayLength()));

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(Path + "/capacity?target=amazon.nova-pro")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync(Path + "/capacity?target=amazon.nova-pro")).StatusCode);
        Assert.Equal(0, (await ReadAsync()).GetProperty("capacities").GetArrayLength());
        Assert.Equal([("Remove a throughput capacity", "amazon.nova-pro"), ("Change a throughput capacity", "amazon.nova-pro")],
            (await app.Services.GetRequiredService<ActionLog>().RecentAsync(2)).Select(a => (a.Action, a.Target)));
    }

    [Fact]
    public async Task What_cannot_work_is_refused_by_field_and_only_an_administrator_may()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var wrong = await client.PutAsJsonAsync(Path + "/capacity", new { target = "amazon.nova-pro", inputTokensPerMinute = -1, modelUnits = 3 });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(["inputTokensPerMinute", "modelUnits"], (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name).Order());
        // It belongs to no feature: an answer beside that filter would be a guess.
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(Path + "?feature=chat")).StatusCode);
        using var reader = app.As(await app.Services.GetRequiredService<ApiKeys>().CreateAsync("reader", ApiKeyKind.Api, PortalRole.Operator, null, null, null));
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsJsonAsync(Path + "/capacity", new { target = Arn, inputTokensPerMinute = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.DeleteAsync(Path + "/capacity?target=" + Arn)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(Path)).StatusCode);
    }
}
