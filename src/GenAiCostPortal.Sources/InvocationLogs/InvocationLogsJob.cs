using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Reads the model invocation logs of each region of a connection: what is new, or again the days that were asked for.</summary>
internal sealed class InvocationLogsJob(
    AwsConnections connections, AwsOptions options, BucketLogs buckets, LogGroupLogs groups, LoggingState logging, LogIntakes intakes, AwsCostMeter meter, TimeProvider time)
    : IScheduledJob
{
    public const string Feed = "InvocationLogs";
    private const int FirstDays = 7;

    public string Name => Feed;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.InvocationLogs.Enabled).Select(c => c.Name)];
    /// <summary>Logs lie in a bucket for as long as its owner wants; calls are kept for 90 days unless said otherwise.</summary>
    public TimeSpan? Reach => TimeSpan.FromDays(90);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OrNone.Select(c => new FeedPlan(
        Name, c.Name, "Bedrock invocation logs", "AWS's own record of every Bedrock call: exact tokens, caller, model and request metadata, also of services that send no traces",
        c.InvocationLogs.LogGroup is { Length: > 0 } ? "Nothing: reading log events is free"
            : "$0.005 per 1,000 listings and $0.0004 per 1,000 objects: every 5 minutes, about $0.05 a month per region and $0.40 per million objects",
        Needs(c.InvocationLogs), c.InvocationLogs.Enabled, c.InvocationLogs.Enabled ? when : "off", TimeSpan.FromHours(1), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        if (connection.Options.AccountId is "" || connection.Options.Regions.Count == 0)
            throw new CannotRunException($"Connection {run.Connection} has no {(connection.Options.AccountId is "" ? "AccountId" : "Regions")}.",
                "Invocation logs lie per account and region: set both in Aws:Connections:N.");
        if (run.Request.IsScheduled && await meter.ReadAsync(cancel) is { State: AwsBudgetState.Reached } spent)
        {
            (run.Outcome, run.Message, run.Cure) = (FeedOutcome.NothingToDo, $"{spent.Words} Nothing is read until next month.", "Raise Aws:MonthlyApiBudgetUsd, or run it now by hand.");
            return;
        }
        var told = new LogRunWords(connection.Options);
        var ranges = new List<FeedRange>();
        for (var i = 0; i < connection.Options.Regions.Count; i++)
        {
            var region = connection.Options.Regions[i];
            using var intake = intakes.Open(connection, region, run.Tally);
            try
            {
                if (await ReadAsync(run, connection, region, intake.Intake, told, cancel) is { } range) ranges.Add(range);
            }
            // One region that refuses must not keep the others unread.
            catch (AwsRefusedException refusal)
            {
                told.Refused(region, refusal);
            }
            finally
            {
                run.Rows += intake.Intake.Records;
                told.Read(region, intake.Intake);
            }
            run.Progress.Report((i + 1.0) / connection.Options.Regions.Count);
        }
        // Covered is what every region has given.
        if (!told.HasRefusals && ranges.Count > 0) run.Cover(ranges.Max(r => r.From), ranges.Min(r => r.To));
        told.End(run);
    }

    private async Task<FeedRange?> ReadAsync(JobRun run, AwsConnection connection, string region, LogIntake intake, LogRunWords told, CancellationToken cancel)
    {
        var own = connection.Options.InvocationLogs;
        var setup = await logging.OfAsync(connection, region, run.Tally, cancel);
        var (bucket, prefix) = own.IsFound ? (setup.Bucket?.BucketName ?? "", setup.Bucket?.KeyPrefix ?? "") : (own.Bucket ?? "", own.Prefix ?? "");
        var group = own.IsFound ? bucket.Length == 0 ? setup.LogGroup : null : own.LogGroup;
        if (own.IsFound && setup.Refusal is { } refusal) throw refusal;
        told.Setup(region, setup, bucket, group);

        var now = time.GetUtcNow().UtcDateTime;
        var firstFrom = UtcTime.Start(DateOnly.FromDateTime(now).AddDays(-FirstDays));
        var asked = run.Request.Days is { } days ? new FeedRange(UtcTime.Start(days.From), UtcTime.Start(days.To) < now ? UtcTime.Start(days.To) : now) : null;
        if (bucket.Length > 0)
        {
            var place = new BucketPlace(bucket, prefix, connection.Options.AccountId, region);
            var store = new S3Bucket(connection, region, bucket, run.Tally);
            var pass = asked is null ? await buckets.ReadNewAsync(store, place, run.Connection, firstFrom, intake, cancel)
                : await buckets.ReadRangeAsync(store, place, asked.From, asked.To, intake, cancel);
            told.Objects(pass);
            return asked ?? new FeedRange(pass.Since, now);
        }
        if (group is not { Length: > 0 }) return asked ?? new FeedRange(firstFrom, now);
        var range = asked is null ? await groups.ReadNewAsync(connection, region, group, firstFrom, intake, run.Tally, cancel)
            : await groups.ReadRangeAsync(connection, region, group, asked.From, asked.To, intake, run.Tally, cancel);
        if (range is null) told.NoGroup(region, group);
        return range ?? asked ?? new FeedRange(firstFrom, now);
    }

    private static IReadOnlyList<string> Needs(InvocationLogsOptions own) =>
    [
        .. own.LogGroup is { Length: > 0 } ? ["logs:FilterLogEvents"] : own.IsFound ? ["s3:ListBucket", "s3:GetObject", "logs:FilterLogEvents"] : (string[])["s3:ListBucket", "s3:GetObject"],
        LoggingState.Action, ModelProfiles.ProfileResolver.Action,
    ];
}
