using GenAiCostPortal.Ledger.Feeds;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>What a check found of one action.</summary>
public enum PermissionState
{
    Allowed,
    /// <summary>AWS denied it.</summary>
    Missing,
    /// <summary>Only a run that really reads can tell.</summary>
    NotTried,
    /// <summary>No answer that tells: no credentials, no connection.</summary>
    Unknown,
}

/// <summary>One IAM action of a feed, tried.</summary>
/// <param name="Region">Where it was denied; empty elsewhere.</param>
/// <param name="Words">What to do about it; empty when allowed.</param>
public sealed record PermissionResult(string Action, PermissionState State, string Region, string Words);

/// <summary>
/// Tries the IAM actions of a feed live, one small read each, in every region of the connection. Kept as a run of its own
/// (<see cref="Feed"/>), so that what it costs is counted.
/// </summary>
public sealed class PermissionCheck(AwsConnections connections, FeedPlans plans, FeedRuns runs, TimeProvider time)
{
    /// <summary>Name under which checks stand among the runs.</summary>
    public const string Feed = "PermissionCheck";

    /// <summary>Tries every action the feed needs; empty when there is no such feed with AWS actions.</summary>
    public async Task<IReadOnlyList<PermissionResult>> RunAsync(string feed, string connection, string who, CancellationToken cancel = default)
    {
        var needs = plans.All.FirstOrDefault(p => p.Feed == feed && p.Connection == connection)?.Needs ?? [];
        if (needs.Count == 0 || connections.All.All(c => c.Name != connection)) return [];
        var aws = connections.Get(connection);
        var run = await runs.StartAsync(Feed, connection, "RunNow", who, cancel);
        var tally = new AwsRequestTally();
        var results = new List<PermissionResult>();
        try
        {
            foreach (var action in needs) results.Add(await TryAsync(feed, action, aws, tally, cancel));
        }
        finally
        {
            var missing = results.Where(r => r.State == PermissionState.Missing).Select(r => r.Action).ToList();
            await run.EndAsync(new RunOutcome(missing.Count > 0 ? FeedOutcome.Partial : FeedOutcome.Succeeded,
                missing.Count > 0 ? $"{feed} lacks {string.Join(", ", missing)}." : $"{feed}: {results.Count(r => r.State == PermissionState.Allowed)} of {needs.Count} actions were tried and are allowed.",
                Rows: results.Count, Requests: tally.Requests, RequestCostNanoUsd: tally.CostNanoUsd), CancellationToken.None);
        }
        return results;
    }

    private async Task<PermissionResult> TryAsync(string feed, string action, AwsConnection aws, AwsRequestTally tally, CancellationToken cancel)
    {
        var regions = PermissionProbes.IsRegional(action) && aws.Options.Regions.Count > 0 ? aws.Options.Regions : [aws.HomeRegion];
        foreach (var region in regions)
        {
            if (PermissionProbes.Of(action, region, aws.Options, time.GetUtcNow(), feed) is not { } call)
                return new PermissionResult(action, PermissionState.NotTried, "", "Shown by the feed's next run.");
            try
            {
                await aws.Api.CallAsync(call, cancel);
                tally.Add(PermissionProbes.CostNanoUsd(action));
            }
            catch (AwsRefusedException refusal) when (refusal.IsAccessDenied)
            {
                return new PermissionResult(action, PermissionState.Missing, region, AwsErrors.Words(refusal, aws.Options).Cure);
            }
            catch (AwsRefusedException refusal) when (IsSilent(refusal))
            {
                var (message, cure) = AwsErrors.Words(refusal, aws.Options);
                return new PermissionResult(action, PermissionState.Unknown, region, $"{message} {cure}");
            }
            // What the probe names is not there by intent: AWS looked for it, so the right was given.
            catch (AwsRefusedException refusal) when (IsNotFound(refusal)) { tally.Add(0); }
            catch (AwsRefusedException refusal)
            {
                return new PermissionResult(action, PermissionState.Unknown, region, $"AWS refused the probe itself ({refusal.Code}); the feed's next run shows it.");
            }
        }
        return new PermissionResult(action, PermissionState.Allowed, "", "");
    }

    private static bool IsNotFound(AwsRefusedException refusal) =>
        refusal.Code != "NoSuchBucket" && (refusal.Status == 404 || refusal.Code.Contains("NotFound", StringComparison.Ordinal) || refusal.Code == "NoSuchKey");

    private static bool IsSilent(AwsRefusedException refusal) =>
        refusal.Code is AwsErrors.ConnectionFailed or AwsErrors.NoCredentials or AwsErrors.UnexpectedAnswer || refusal.Status >= 500
        || AwsErrors.IsThrottle(refusal) || AwsErrors.IsExpired(refusal) || AwsErrors.IsSkewed(refusal) || refusal.Status is 401 or 403;
}
