using System.Globalization;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>The whole feed on a store of its own, against AWS on this machine.</summary>
internal sealed class LogBench : IAsyncDisposable
{
    public const string Bucket = "acme-bedrock-logs";
    public static readonly DateTime Now = new(2026, 11, 21, 12, 18, 0, DateTimeKind.Utc);

    private LogBench(TestClock clock, AwsTestServer server, TestPortal portal) => (Clock, Server, Portal) = (clock, server, portal);

    public TestClock Clock { get; }
    public AwsTestServer Server { get; }
    public TestPortal Portal { get; }
    public LogGroupAnswers Group { get; } = new();
    /// <summary>Logging configuration by region; absent: off.</summary>
    public Dictionary<string, JsonObject> Logging { get; } = [];

    public static async Task<LogBench> OpenAsync(Action<AwsConnectionOptions>? set = null, params string[] regions)
    {
        var clock = new TestClock(Now);
        var server = await AwsTestServer.StartAsync(clock);
        var connection = server.Connection(regions.Length > 0 ? regions : ["us-east-1"]);
        (connection.Name, connection.AccountId, connection.InvocationLogs.Enabled, connection.InvocationLogs.Bucket) = ("Prod", MadeRecord.Account, true, Bucket);
        set?.Invoke(connection);
        var bench = new LogBench(clock, server, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, clock));
        server.Buckets.All.TryAdd(Bucket, new());
        server.Answers["FilterLogEvents"] = bench.Group.Answer;
        server.Answers["GetModelInvocationLoggingConfiguration"] = call =>
            bench.Logging.TryGetValue(call.Region, out var config) ? new JsonObject { ["loggingConfig"] = config.DeepClone() } : [];
        foreach (var region in connection.Regions) bench.Logging[region] = ToBucket(Bucket);
        return bench;
    }

    public static JsonObject ToBucket(string bucket, string? prefix = null)
    {
        var s3 = new JsonObject { ["bucketName"] = bucket };
        if (prefix is not null) s3["keyPrefix"] = prefix;
        return new JsonObject { ["s3Config"] = s3, ["textDataDeliveryEnabled"] = true };
    }

    public static JsonObject ToGroup(string group) =>
        new() { ["cloudWatchConfig"] = new JsonObject { ["logGroupName"] = group, ["roleArn"] = $"arn:aws:iam::{MadeRecord.Account}:role/logs" } };

    public void Put(DateTime hour, string file, params string[] lines) =>
        Server.Buckets.Put(Bucket, MadeRecord.Key(hour, file), MadeRecord.Gzip(lines), Clock.Now);

    public Task<FeedRun> RunAsync(JobRequest? request = null) => Portal.RunAsync("InvocationLogs", request);

    /// <summary>Calls, input, output tokens of every day, as the reports sum them.</summary>
    public async Task<(long Calls, long Input, long Output)> TotalsAsync()
    {
        var rows = await Portal.ReadAsync(db => db.UsageRollups.Where(r => r.Span == Ledger.Usage.RollupSpan.Day).ToListAsync());
        return (rows.Sum(r => r.Calls), rows.Sum(r => r.Input), rows.Sum(r => r.Output));
    }

    public IEnumerable<TestCall> Asked(string operation) => Server.Calls.Where(c => c.Operation == operation);

    public string[] KeysRead => [.. Asked("GetObject").Select(c => Path.GetFileName(c.Body.GetProperty("Key").GetString()!))];

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>FilterLogEvents over events of one group; several pages, some of them empty, as CloudWatch gives them.</summary>
internal sealed class LogGroupAnswers
{
    public string Name { get; set; } = "/aws/bedrock/invocations";
    public List<(DateTime At, string Message, string Id)> Events { get; } = [];
    public int EventsPerPage { get; set; } = 10_000;

    public void Add(DateTime at, string message) => Events.Add((at, message, string.Create(CultureInfo.InvariantCulture, $"event-{Events.Count}")));

    public JsonObject Answer(TestCall call)
    {
        var (from, to) = (call.Body.GetProperty("startTime").GetInt64(), call.Body.GetProperty("endTime").GetInt64());
        var skip = call.Body.TryGetProperty("nextToken", out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : -1;
        // The first page is empty and only leads on: a search that has not reached the stream yet.
        if (skip < 0) return new JsonObject { ["events"] = new JsonArray(), ["nextToken"] = "0" };
        var found = Events.Where(e => Ms(e.At) >= from && Ms(e.At) <= to).OrderBy(e => e.At).ToList();
        var answer = new JsonObject
        {
            ["events"] = new JsonArray([.. found.Skip(skip).Take(EventsPerPage).Select(e => (JsonNode)new JsonObject
            {
                ["logStreamName"] = call.Body.GetProperty("logStreamNamePrefix").GetString(), ["timestamp"] = Ms(e.At), ["message"] = e.Message, ["eventId"] = e.Id,
            })]),
        };
        if (skip + EventsPerPage < found.Count) answer["nextToken"] = (skip + EventsPerPage).ToString(CultureInfo.InvariantCulture);
        return answer;
    }

    private static long Ms(DateTime at) => new DateTimeOffset(at).ToUnixTimeMilliseconds();
}
