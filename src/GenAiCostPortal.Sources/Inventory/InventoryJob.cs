using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>Keeps the list of GenAI resources with their tags, and which cost allocation tags are active.</summary>
internal sealed class InventoryJob(
    AwsConnections connections, AwsOptions options, InventoryReader reader, InventoryWriter writer, InferenceProfiles profiles, FeedRuns runs,
    AwsCostMeter meter, TimeProvider time) : IScheduledJob
{
    private static readonly string[] Actions =
    [
        "tag:GetResources", "bedrock:ListInferenceProfiles", "bedrock:ListProvisionedModelThroughputs", "bedrock:ListCustomModels", "bedrock:ListGuardrails",
        "bedrock:ListTagsForResource", "sagemaker:ListEndpoints", "sagemaker:ListTags", "ce:ListCostAllocationTags",
    ];

    public string Name => "Inventory";
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.Inventory.Enabled).Select(c => c.Name)];
    /// <summary>Resources are as they are today.</summary>
    public TimeSpan? Reach => null;

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OnOrFirst(c => c.Inventory.Enabled).Select(c => new FeedPlan(
        Name, c.Name, "Inventory",
        "Endpoints, inference profiles, provisioned throughput, guardrails, agents, knowledge bases, vector stores and tagged functions, with their tags; which cost allocation tags are active",
        "$0.01 a page of cost allocation tags, read through the connection that reads the bill: about $0.30 a month; all else is free", Actions,
        c.Inventory.Enabled, c.Inventory.Enabled ? when : "off", TimeSpan.FromDays(2), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        if (connection.Options.AccountId is "" || connection.Options.Regions.Count == 0)
            throw new CannotRunException($"Connection {run.Connection} has no {(connection.Options.AccountId is "" ? "AccountId" : "Regions")}.",
                "Resources are listed per account and region: set both in Aws:Connections:N.");

        var change = new InventoryChange(0, 0);
        var refused = new List<(AwsRefusedException Refusal, string Region)>();
        var lists = 0;
        var regions = connection.Options.Regions;
        for (var i = 0; i < regions.Count; i++)
        {
            var read = await reader.ReadAsync(connection, regions[i], run.Tally, cancel);
            change += await writer.WriteAsync(connection.Options.AccountId, regions[i], read.Resources, read.WholeKinds, cancel);
            await profiles.WriteAsync(read.Profiles, cancel);
            run.Rows += read.Resources.Count;
            (lists, refused) = (lists + read.Lists, [.. refused, .. read.Refusals.Select(r => (r, regions[i]))]);
            run.Progress.Report((i + 1.0) / (regions.Count + 1));
        }
        var tags = await TagsAsync(run, connection, refused, cancel);
        if (run.Rows == 0 && refused.Count >= lists) throw refused[0].Refusal;

        var now = time.GetUtcNow().UtcDateTime;
        run.Cover(await runs.CoveredToAsync(Name, run.Connection, cancel) ?? now.AddMinutes(-1), now);
        run.Message = string.Create(CultureInfo.InvariantCulture, $"{run.Rows} resources in {regions.Count} regions; {change.Added} are new, {change.Gone} are gone.{tags}");
        if (refused.Count == 0) return;
        var denied = refused.Where(r => r.Refusal.IsAccessDenied).Select(r => r.Refusal.MissingAction!).Distinct().Order(StringComparer.Ordinal).ToList();
        run.Outcome = FeedOutcome.Partial;
        run.Message += $" Not all could be listed: {string.Join(" ", refused.Select(r => (AwsErrors.Words(r.Refusal, connection.Options).Message, r.Region)).GroupBy(r => r.Message).Select(g => $"{string.Join(" and ", g.Select(r => r.Region).Distinct())}: {g.Key}"))}";
        run.Cure = denied.Count > 0 ? $"Allow {string.Join(", ", denied)} to the connection's role or user. What was not listed keeps its last state." : "What was not listed keeps its last state; the next run tries again.";
    }

    /// <summary>The payer alone knows its cost allocation tags; each page costs money, so the cap holds them back.</summary>
    private async Task<string> TagsAsync(JobRun run, AwsConnection connection, List<(AwsRefusedException Refusal, string Region)> refused, CancellationToken cancel)
    {
        if (!connection.Options.CostExplorer.Enabled) return "";
        if (run.Request.IsScheduled && connection.Options.MadeApi is null && await meter.ReadAsync(cancel) is { State: AwsBudgetState.Reached } spent)
            return $" {spent.Words} Cost allocation tags are not read until next month.";
        var refusals = new List<AwsRefusedException>();
        var read = await InventoryReader.TryAsync(() => ListAsync(connection, run.Tally, cancel), refusals);
        refused.AddRange(refusals.Select(r => (r, "cost allocation tags")));
        if (read is null) return "";
        await writer.WriteTagsAsync(run.Connection, read, cancel);
        return string.Create(CultureInfo.InvariantCulture, $" {read.Count(t => t.IsActive)} of {read.Count} cost allocation tags are active.");
    }

    private async Task<List<CostAllocationTag>> ListAsync(AwsConnection connection, AwsRequestTally tally, CancellationToken cancel)
    {
        var api = new AwsJsonApi(connection, "ce", connection.HomeRegion, "AWSInsightsIndexService", tally);
        var now = time.GetUtcNow().UtcDateTime;
        var tags = new List<CostAllocationTag>();
        await foreach (var page in api.PagesAsync<ListCostAllocationTagsResponse>(
            "ListCostAllocationTags", t => new ListCostAllocationTagsRequest(t), a => a.NextToken, cancel, AwsRequestTally.CostExplorerPageNanoUsd))
            tags.AddRange(page.CostAllocationTags.Select(t => new CostAllocationTag { Connection = connection.Name, TagKey = t.TagKey, Type = t.Type, IsActive = t.Status == "Active", ReadAt = now }));
        return tags;
    }
}
