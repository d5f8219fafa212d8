using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.ModelProfiles;

/// <summary>What a profile routes to is a fact of the whole process, so each test has profiles of its own.</summary>
public sealed class InferenceProfilesTests
{
    private static readonly DateTime Now = LogBench.Now;

    private static string Arn(string account = MadeRecord.Account, string region = "us-east-1") =>
        $"arn:aws:bedrock:{region}:{account}:application-inference-profile/{Guid.NewGuid().ToString("N")[..12]}";

    private static string Line(string arn, string id) => MadeRecord.Line(Now, id, input: 1_000_000, output: 0, also: r => r["modelId"] = arn);

    private static void Answer(LogBench bench, params string[] modelArns) => bench.Server.Answers["GetInferenceProfile"] = call => new JsonObject
    {
        ["inferenceProfileName"] = "support bot", ["inferenceProfileArn"] = call.Body.GetProperty("inferenceProfileIdentifier").GetString(),
        ["inferenceProfileId"] = "a1b2c3d4e5f6", ["status"] = "ACTIVE", ["type"] = "APPLICATION",
        ["models"] = new JsonArray([.. modelArns.Select(a => (JsonNode)new JsonObject { ["modelArn"] = a })]),
    };

    private static async Task<string[]> ModelsAsync(LogBench bench)
    {
        var rows = await bench.Portal.ReadAsync(db => (from call in db.Calls join series in db.UsageSeries on call.UsageSeriesId equals series.Id
            join model in db.Dimensions on series.ModelId equals model.Id orderby call.RequestId select new { model.Name, series.Scope, call.CostState }).ToListAsync());
        return [.. rows.Select(r => $"{r.Name}|{r.Scope}|{r.CostState}")];
    }

    [Fact]
    public async Task A_profile_is_resolved_before_its_first_record_is_stored()
    {
        await using var bench = await LogBench.OpenAsync();
        Answer(bench, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0");
        var arn = Arn();
        bench.Put(Now, "a", Line(arn, "r-1"), Line(arn, "r-2"));
        await bench.RunAsync();
        Assert.Equal(["anthropic.claude-sonnet-4-5|Geographic|Priced", "anthropic.claude-sonnet-4-5|Geographic|Priced"], await ModelsAsync(bench));
        var asked = Assert.Single(bench.Asked("GetInferenceProfile"));
        Assert.Equal(("us-east-1", arn), (asked.Region, asked.Body.GetProperty("inferenceProfileIdentifier").GetString()));
        var kept = await bench.Portal.ReadAsync(db => db.InferenceProfiles.SingleAsync());
        Assert.Equal((arn, "support bot", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", ""), (kept.Arn, kept.Name, kept.ModelId, kept.Problem));
        Assert.Empty(bench.Portal.Get<InferenceProfiles>().Unresolved);
    }

    [Fact]
    public async Task Calls_stored_before_the_answer_are_read_anew_once_it_comes_with_their_price()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(403, "AccessDeniedException", "") : null;
        var arn = Arn();
        bench.Put(Now, "a", [.. Enumerable.Range(0, 250).Select(i => Line(arn, $"r-{i:000}"))]);
        await bench.RunAsync();
        Assert.Equal([$"{arn}|Unknown|Unpriced"], (await ModelsAsync(bench)).Distinct());
        var unresolved = Assert.Single(bench.Portal.Get<InferenceProfiles>().Unresolved);
        Assert.Equal((arn, "The credentials lack bedrock:GetInferenceProfile."), (unresolved.Arn, unresolved.Problem));

        // Within a day Bedrock is not asked again, whoever runs by schedule.
        bench.Server.Calls.Clear();
        var idle = await bench.Portal.RunAsync("InferenceProfiles");
        Assert.Equal(FeedOutcome.NothingToDo, idle.Outcome);
        Assert.StartsWith($"0 profiles resolved, 0 traces read anew, 0 metered hours moved to the model. 1 profile without a known model; the first: {arn}. The credentials lack", idle.Message, StringComparison.Ordinal);
        Assert.Equal("Allow the action bedrock:GetInferenceProfile in the accounts of these profiles.", idle.Cure);
        Assert.Empty(bench.Server.Calls);

        bench.Server.Fault = _ => null;
        Answer(bench, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0");
        bench.Clock.Now = Now.AddHours(25);
        var run = await bench.Portal.RunAsync("InferenceProfiles");
        Assert.Equal((FeedOutcome.Succeeded, 250L, "1 profile resolved, 250 traces read anew, 0 metered hours moved to the model."), (run.Outcome, run.Rows, run.Message));
        Assert.Equal(["anthropic.claude-sonnet-4-5|InRegion|Priced"], (await ModelsAsync(bench)).Distinct());
        Assert.Equal((250L, 250_000_000L, 0L), await bench.TotalsAsync());

        // The rollups moved with the calls: nothing is left under the profile.
        var left = await bench.Portal.ReadAsync(async db => await (from cell in db.UsageRollups join series in db.UsageSeries on cell.SeriesId equals series.Id
            join model in db.Dimensions on series.ModelId equals model.Id where model.Name == arn && cell.Calls != 0 select cell).CountAsync());
        Assert.Equal(0, left);
        Assert.Equal(FeedOutcome.NothingToDo, (await bench.Portal.RunAsync("InferenceProfiles")).Outcome);
    }

    [Fact]
    public async Task Asking_by_hand_does_not_wait_for_the_day()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(404, "ResourceNotFoundException", "") : null;
        bench.Put(Now, "a", Line(Arn(), "r-1"));
        await bench.RunAsync();
        Assert.Equal("Bedrock does not know it in us-east-1 (any more).", Assert.Single(bench.Portal.Get<InferenceProfiles>().Unresolved).Problem);
        bench.Server.Fault = _ => null;
        Answer(bench, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0");
        Assert.Equal(1, (await bench.Portal.RunAsync("InferenceProfiles", new JobRequest("RunNow", "ada"))).Rows);
        Assert.Equal(["amazon.nova-pro|InRegion|Priced"], await ModelsAsync(bench));
    }

    [Fact]
    public async Task Profiles_of_metrics_are_asked_about_too_and_those_of_other_accounts_are_listed()
    {
        await using var bench = await LogBench.OpenAsync();
        Answer(bench, "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0");
        var (own, foreign) = (Arn(region: "eu-west-1"), Arn(account: "999999999999"));
        MeteredRead Row(string model) => new(Now.Date, MadeRecord.Account, "eu-west-1", model, MeteredMetric.InputTokens, 5);
        await bench.Portal.Get<MeterWriter>().WriteAsync([Row(own), Row(foreign)]);
        await bench.Portal.RunAsync("InferenceProfiles");
        Assert.Equal("eu-west-1", Assert.Single(bench.Asked("GetInferenceProfile")).Region);
        var unresolved = Assert.Single(bench.Portal.Get<InferenceProfiles>().Unresolved);
        Assert.Equal((foreign, "No connection reads account 999999999999."), (unresolved.Arn, unresolved.Problem));
    }

    [Fact]
    public async Task Metered_hours_under_a_profile_move_to_its_model_and_never_count_twice()
    {
        await using var bench = await LogBench.OpenAsync(c => c.CloudWatch.Enabled = true);
        var arn = Arn();
        var hour = new DateTime(2026, 11, 21, 8, 0, 0, DateTimeKind.Utc);
        void Meter(string model, double tokens) => bench.Server.Metrics.Series.Add(new TestSeries("us-east-1", "InputTokenCount", model,
            Enumerable.Range(0, 3).ToDictionary(h => hour.AddHours(h), _ => tokens)));
        Meter(arn, 100);
        Meter("amazon.nova-pro-v1:0", 7);
        bench.Server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(403, "AccessDeniedException", "") : null;
        await bench.Portal.RunAsync("CloudWatch");
        await bench.Portal.RunAsync("InferenceProfiles");
        async Task<string[]> MeteredAsync()
        {
            var rows = await bench.Portal.ReadAsync(db => (from m in db.MeteredUsage join d in db.Dimensions on m.ModelId equals d.Id select new { d.Name, m.Value }).ToListAsync());
            return [.. rows.GroupBy(r => r.Name).Select(g => $"{g.Key}|{g.Sum(r => r.Value)}").Order(StringComparer.Ordinal)];
        }
        Assert.Equal(["amazon.nova-pro|21", $"{arn}|300"], await MeteredAsync());

        bench.Server.Fault = _ => null;
        Answer(bench, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0");
        var run = await bench.Portal.RunAsync("InferenceProfiles", new JobRequest("RunNow", "ada"));
        Assert.Equal("1 profile resolved, 0 traces read anew, 3 metered hours moved to the model.", run.Message);
        Assert.Equal(["amazon.nova-pro|321"], await MeteredAsync());
        Assert.Equal(FeedOutcome.NothingToDo, (await bench.Portal.RunAsync("InferenceProfiles")).Outcome);
    }

    [Fact]
    public async Task Throttling_is_no_answer_and_the_next_run_asks_again()
    {
        await using var bench = await LogBench.OpenAsync();
        var arn = Arn();
        bench.Server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(429, "ThrottlingException", "") : null;
        bench.Put(Now, "a", Line(arn, "r-1"));
        await bench.RunAsync();
        Assert.Empty(await bench.Portal.ReadAsync(db => db.InferenceProfiles.ToListAsync()));
        Assert.Null(Assert.Single(bench.Portal.Get<InferenceProfiles>().Unresolved).AskedAt);
        bench.Server.Fault = _ => null;
        Answer(bench, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0");
        Assert.Equal(1, (await bench.Portal.RunAsync("InferenceProfiles")).Rows);
    }

    [Fact]
    public async Task What_the_answer_itself_names_stands_in_until_Bedrock_tells()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(403, "AccessDeniedException", "") : null;
        // The sample's profile is everybody's: a copy with a profile of its own.
        bench.Put(Now.AddDays(-1), "a", MadeRecord.Samples[0].Replace("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6", Arn(), StringComparison.Ordinal));
        await bench.RunAsync();
        Assert.Equal(["anthropic.claude-sonnet-4|Unknown|Priced"], await ModelsAsync(bench));
        Assert.Single(bench.Portal.Get<InferenceProfiles>().Unresolved);
    }
}
