using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.Inventory;

public sealed class InventoryJobTests
{
    private const string Account = "111111111111";
    private const string Agent = $"arn:aws:bedrock:us-east-1:{Account}:agent/AGENT12345";
    private const string Guardrail = $"arn:aws:bedrock:us-east-1:{Account}:guardrail/gr4d3xample";
    private const string Provisioned = $"arn:aws:bedrock:us-east-1:{Account}:provisioned-model/abcdef123456";
    private static readonly DateTime Now = new(2026, 11, 21, 6, 10, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);
    private readonly TestInventory _aws = new();

    private async Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync(params string[] regions)
    {
        var server = await AwsTestServer.StartAsync(_clock);
        _aws.Answer(server);
        var connection = server.Connection(regions.Length > 0 ? regions : ["us-east-1"]);
        connection.Inventory.Enabled = true;
        return (server, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock));
    }

    private static Task<Dictionary<string, ResourceSeen>> SeenAsync(TestPortal portal) => portal.ReadAsync(db => db.Resources.AsNoTracking().ToDictionaryAsync(r => r.Arn));

    private static string Profile(string id, string region = "us-east-1") => $"arn:aws:bedrock:{region}:{Account}:application-inference-profile/{id}";
    private static string Model(string region, string id) => $"arn:aws:bedrock:{region}::foundation-model/{id}";

    [Fact]
    public async Task Resources_are_listed_by_their_service_and_take_their_tags_from_the_tagging_service_or_one_by_one()
    {
        _aws.Endpoints.AddRange([("us-east-1", "rerank", "InService"), ("eu-central-1", "embed", "Failed"), ("us-east-1", "untold", "InService")]);
        _aws.Tagged[TestInventory.Endpoint("rerank")] = [("GenAI:Workload", "search-answers"), ("Application", "Search")];
        _aws.OwnTags[TestInventory.Endpoint("untold")] = [("Team", "Search")];
        _aws.Guardrails.Add((Guardrail, "no-advice"));
        _aws.Provisioned.Add((Provisioned, "nova-pt", "InService"));
        _aws.OwnTags[Guardrail] = [("Environment", "prod")];
        _aws.Tagged[Agent] = [("Name", "claims agent")];
        _aws.Tagged[$"arn:aws:bedrock:us-east-1:{Account}:agent-alias/AGENT12345/TSTALIASID"] = [("Name", "an alias")];
        _aws.Tagged[$"arn:aws:aoss:us-east-1:{Account}:collection/kbvectors0000000000"] = [];
        _aws.Tagged[$"arn:aws:lambda:us-east-1:{Account}:function:summarise"] = [("GenAI:Workload", "contract-summary")];
        _aws.Tagged[$"arn:aws:lambda:us-east-1:{Account}:function:invoice-export"] = [("Application", "Billing")];
        _aws.Tagged[$"arn:aws:states:us-east-1:{Account}:stateMachine:ingest"] = [("GenAI:Model", "nova-pro")];
        // Deleted, but the tagging service still tells of it.
        _aws.Tagged[TestInventory.Endpoint("deleted")] = [("Application", "Search")];
        _aws.CostTags.AddRange([("GenAI:Workload", "UserDefined", "Active"), ("Team", "UserDefined", "Inactive")]);
        var (server, portal) = await OpenAsync("us-east-1", "eu-central-1");
        await using var s = server;
        await using var p = portal;
        var run = await portal.RunAsync("Inventory");
        Assert.Equal((FeedOutcome.Succeeded, 9L, "9 resources in 2 regions; 9 are new, 0 are gone. 1 of 2 cost allocation tags are active."), (run.Outcome, run.Rows, run.Message));
        var seen = await SeenAsync(portal);
        Assert.Equal(
            [
                ("Agent", "claims agent", "", """{"Name":"claims agent"}"""),
                ("Guardrail", "no-advice", "READY", """{"Environment":"prod"}"""),
                ("LambdaFunction", "summarise", "", """{"GenAI:Workload":"contract-summary"}"""),
                ("ProvisionedThroughput", "nova-pt", "InService", "{}"),
                ("SageMakerEndpoint", "embed", "Failed", "{}"),
                ("SageMakerEndpoint", "rerank", "InService", """{"Application":"Search","GenAI:Workload":"search-answers"}"""),
                ("SageMakerEndpoint", "untold", "InService", """{"Team":"Search"}"""),
                ("StateMachine", "ingest", "", """{"GenAI:Model":"nova-pro"}"""),
                ("VectorStore", "kbvectors0000000000", "", "{}"),
            ], seen.Values.OrderBy(r => r.Kind, StringComparer.Ordinal).ThenBy(r => r.Name, StringComparer.Ordinal).Select(r => (r.Kind, r.Name, r.State, r.Tags)));
        Assert.All(seen.Values, r => Assert.Equal((Account, Now, Now, (DateTime?)null), (r.AccountId, r.FirstSeen, r.LastSeen, r.GoneAt)));
        Assert.Equal("eu-central-1", seen[TestInventory.Endpoint("embed", "eu-central-1")].Region);
        Assert.Equal((1, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"), (seen[Provisioned].ModelUnits, seen[Provisioned].ModelArn));
        Assert.All(seen.Values.Where(r => r.Arn != Provisioned), r => Assert.Null(r.ModelUnits));
        // One page of cost allocation tags is all that costs.
        Assert.Equal(10_000_000L, run.RequestCostNanoUsd);
        Assert.Equal([("GenAI:Workload", true, "UserDefined"), ("Team", false, "UserDefined")],
            (await portal.ReadAsync(db => db.CostAllocationTags.OrderBy(t => t.TagKey).ToListAsync())).Select(t => (t.TagKey, t.IsActive, t.Type)));
    }

    [Fact]
    public async Task Every_page_of_every_list_is_read()
    {
        _aws.PerPage = 2;
        for (var i = 0; i < 5; i++)
        {
            _aws.Endpoints.Add(("us-east-1", $"endpoint-{i}", "InService"));
            _aws.Tagged[TestInventory.Endpoint($"endpoint-{i}")] = [("Team", "Search")];
            _aws.Guardrails.Add(($"arn:aws:bedrock:us-east-1:{Account}:guardrail/gr{i}", $"guardrail-{i}"));
            _aws.Profiles.Add((Profile($"p{i}"), $"profile {i}", [Model("us-east-1", "amazon.nova-pro-v1:0")]));
            _aws.CostTags.Add(($"tag-{i}", "UserDefined", "Active"));
        }
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var run = await portal.RunAsync("Inventory");
        Assert.Equal((15L, 30_000_000L), (run.Rows, run.RequestCostNanoUsd));
        Assert.EndsWith(" 5 of 5 cost allocation tags are active.", run.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Calls.Count(c => c.Operation == "GetResources"));
        Assert.Equal(5, await portal.ReadAsync(db => db.InferenceProfiles.CountAsync()));
    }

    [Fact]
    public async Task A_resource_is_gone_only_after_its_kind_was_listed_to_the_end_and_may_come_back()
    {
        _aws.Endpoints.AddRange([("us-east-1", "rerank", "InService"), ("us-east-1", "embed", "InService")]);
        _aws.Tagged[Agent] = [("Name", "claims agent")];
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("Inventory");

        _aws.Endpoints.Clear();
        _aws.Tagged.Clear();
        server.Fault = call => call.Operation is "ListEndpoints" or "GetResources" ? TestFault.Denied(call.Operation == "ListEndpoints" ? "sagemaker:ListEndpoints" : "tag:GetResources") : null;
        _clock.Now = Now.AddDays(1);
        var denied = await portal.RunAsync("Inventory");
        Assert.Equal(FeedOutcome.Partial, denied.Outcome);
        Assert.Contains("The credentials lack sagemaker:ListEndpoints.", denied.Message, StringComparison.Ordinal);
        Assert.StartsWith("Allow sagemaker:ListEndpoints, tag:GetResources to", denied.Cure, StringComparison.Ordinal);
        Assert.All((await SeenAsync(portal)).Values, r => Assert.Null(r.GoneAt));

        server.Fault = _ => null;
        _aws.Endpoints.Add(("us-east-1", "rerank", "Updating"));
        _clock.Now = Now.AddDays(2);
        var whole = await portal.RunAsync("Inventory");
        Assert.StartsWith("1 resources in 1 regions; 0 are new, 2 are gone.", whole.Message, StringComparison.Ordinal);
        var seen = await SeenAsync(portal);
        Assert.Equal((Now.AddDays(2), Now), (seen[TestInventory.Endpoint("embed")].GoneAt, seen[TestInventory.Endpoint("embed")].LastSeen));
        Assert.Equal(Now.AddDays(2), seen[Agent].GoneAt);
        Assert.Equal(("Updating", null, Now), (seen[TestInventory.Endpoint("rerank")].State, seen[TestInventory.Endpoint("rerank")].GoneAt, seen[TestInventory.Endpoint("rerank")].FirstSeen));

        _aws.Endpoints.Add(("us-east-1", "embed", "InService"));
        _clock.Now = Now.AddDays(3);
        await portal.RunAsync("Inventory");
        Assert.Null((await SeenAsync(portal))[TestInventory.Endpoint("embed")].GoneAt);
    }

    [Fact]
    public async Task A_region_not_listed_loses_nothing()
    {
        _aws.Endpoints.AddRange([("us-east-1", "rerank", "InService"), ("eu-central-1", "embed", "InService")]);
        var (server, portal) = await OpenAsync("us-east-1", "eu-central-1");
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("Inventory");
        _aws.Endpoints.Clear();
        // What AWS says where a region is not enabled for the account.
        server.Fault = call => call.Region == "eu-central-1" ? new TestFault(400, "UnrecognizedClientException", "The security token included in the request is invalid.") : null;
        _clock.Now = Now.AddDays(1);
        Assert.Equal(FeedOutcome.Partial, (await portal.RunAsync("Inventory")).Outcome);
        var seen = await SeenAsync(portal);
        Assert.NotNull(seen[TestInventory.Endpoint("rerank")].GoneAt);
        Assert.Null(seen[TestInventory.Endpoint("embed", "eu-central-1")].GoneAt);
    }

    [Fact]
    public async Task Where_a_list_is_denied_the_tags_still_tell_of_the_resource_and_known_tags_stay()
    {
        _aws.Guardrails.Add((Guardrail, "no-advice"));
        _aws.OwnTags[Guardrail] = [("Environment", "prod")];
        _aws.Tagged[TestInventory.Endpoint("rerank")] = [("Team", "Search")];
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        server.Fault = call => call.Operation == "ListEndpoints" ? TestFault.Denied("sagemaker:ListEndpoints") : null;
        await portal.RunAsync("Inventory");
        Assert.Equal(("rerank", "", """{"Team":"Search"}"""), (await SeenAsync(portal))[TestInventory.Endpoint("rerank")] is var r ? (r.Name, r.State, r.Tags) : default);
        server.Fault = call => call.Operation == "ListTagsForResource" ? TestFault.Denied("bedrock:ListTagsForResource") : null;
        _clock.Now = Now.AddDays(1);
        await portal.RunAsync("Inventory");
        Assert.Equal("""{"Environment":"prod"}""", (await SeenAsync(portal))[Guardrail].Tags);
    }

    [Fact]
    public async Task A_type_that_the_tagging_service_does_not_know_hides_no_other()
    {
        _aws.UnknownTypes.Add("kendra:index");
        _aws.Tagged[Agent] = [("Name", "claims agent")];
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var run = await portal.RunAsync("Inventory");
        Assert.Equal((FeedOutcome.Succeeded, 1L), (run.Outcome, run.Rows));
        Assert.True((await SeenAsync(portal)).ContainsKey(Agent));
    }

    [Fact]
    public async Task Profiles_make_their_models_known()
    {
        var (one, several) = (Profile("inone0001"), Profile("several01"));
        _aws.Profiles.AddRange(
        [
            (one, "reply-draft", [Model("us-east-1", "amazon.nova-pro-v1:0")]),
            (several, "contract-summary", [Model("us-east-1", "anthropic.claude-sonnet-4-6"), Model("us-west-2", "anthropic.claude-sonnet-4-6")]),
        ]);
        _aws.Tagged[several] = [("GenAI:Workload", "contract-summary")];
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        Assert.False(ModelNameReader.Read(several).IsResolved);
        await portal.RunAsync("Inventory");
        var rows = await portal.ReadAsync(db => db.InferenceProfiles.AsNoTracking().ToDictionaryAsync(r => r.Arn));
        Assert.Equal(("amazon.nova-pro-v1:0", "us.anthropic.claude-sonnet-4-6"), (rows[one].ModelId, rows[several].ModelId));
        Assert.Equal("""{"GenAI:Workload":"contract-summary"}""", rows[several].Tags);
        Assert.Equal(("anthropic.claude-sonnet-4-6", RoutingScope.Geographic), ModelNameReader.Read(several) is var m ? (m.Canonical, m.Scope) : default);
        Assert.Equal(("amazon.nova-pro", RoutingScope.InRegion), ModelNameReader.Read(one) is var n ? (n.Canonical, n.Scope) : default);
    }

    [Fact]
    public async Task Profiles_kept_are_known_after_a_restart_and_a_known_model_stays()
    {
        var (kept, hollow) = (Profile("kept00001"), Profile("hollow001"));
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await using (var db = await portal.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync())
        {
            db.InferenceProfiles.AddRange(new InferenceProfile { Arn = kept, ModelId = "eu.amazon.nova-lite-v1:0" }, new InferenceProfile { Arn = hollow, Problem = "Denied." });
            await db.SaveChangesAsync();
        }
        await portal.Get<InferenceProfiles>().LoadAsync();
        Assert.Equal(("amazon.nova-lite", RoutingScope.Geographic), ModelNameReader.Read(kept) is var m ? (m.Canonical, m.Scope) : default);
        Assert.False(ModelNameReader.Read(hollow).IsResolved);
        await portal.Get<InferenceProfiles>().WriteAsync([new InferenceProfile { Arn = kept, ModelId = "amazon.nova-lite-v1:0", Tags = "" }, new InferenceProfile { Arn = hollow, ModelId = "amazon.nova-micro-v1:0", Tags = "" }]);
        var rows = await portal.ReadAsync(db => db.InferenceProfiles.AsNoTracking().ToDictionaryAsync(r => r.Arn));
        Assert.Equal(("eu.amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0", ""), (rows[kept].ModelId, rows[hollow].ModelId, rows[hollow].Problem));
        Assert.Equal("amazon.nova-micro", ModelNameReader.Read(hollow).Canonical);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("arn:aws:bedrock:us-east-1:111111111111:custom-model/x/y", "")]
    [InlineData("arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0 arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0")]
    [InlineData("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0 arn:aws-us-gov:bedrock:us-gov-east-1::foundation-model/amazon.nova-lite-v1:0", "us-gov.amazon.nova-lite-v1:0")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-8 arn:aws:bedrock:::foundation-model/anthropic.claude-opus-4-8", "global.anthropic.claude-opus-4-8")]
    public void The_models_of_a_profile_say_how_it_routes(string arns, string model) => Assert.Equal(model, ProfileRouting.ModelId(arns.Split(' ')));

    [Fact]
    public async Task Everything_denied_is_a_failure_and_throttling_is_waited_out()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        server.Fault = call => TestFault.Denied($"{call.Service}:{call.Operation}");
        var run = await portal.RunAsync("Inventory");
        Assert.Equal((FeedOutcome.Failed, (DateTime?)null), (run.Outcome, run.CoveredTo));
        var left = 3;
        server.Fault = _ => left-- > 0 ? new TestFault(400, "ThrottledException", "Rate exceeded") : null;
        Assert.Equal(FeedOutcome.Succeeded, (await portal.RunAsync("Inventory")).Outcome);
    }

    [Fact]
    public async Task Cost_allocation_tags_are_the_payers_alone_and_those_no_longer_listed_leave()
    {
        _aws.CostTags.AddRange([("GenAI:Workload", "UserDefined", "Inactive"), ("aws:createdBy", "AWSGenerated", "Active")]);
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("Inventory");
        _aws.CostTags.RemoveAt(1);
        _aws.CostTags[0] = ("GenAI:Workload", "UserDefined", "Active");
        await portal.RunAsync("Inventory");
        Assert.Equal(("GenAI:Workload", true), Assert.Single(await portal.ReadAsync(db => db.CostAllocationTags.ToListAsync())) is var t ? (t.TagKey, t.IsActive) : default);
        server.Calls.Clear();
        portal.Get<AwsOptions>().Connections[0].CostExplorer.Enabled = false;
        await portal.RunAsync("Inventory");
        Assert.DoesNotContain(server.Calls, c => c.Service == "ce");
    }
}
