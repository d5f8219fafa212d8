using System.Globalization;
using System.Text.Json.Nodes;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;
using GenAiCostPortal.Sources.XRay;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>
/// A feed goes on after a kill: the portal is killed twice while it reads invocation logs and X-Ray, and in the end each record of
/// the source is stored once and every total is exact.
/// </summary>
public sealed class FeedCrashTests
{
    private const string Bucket = "acme-bedrock-logs";
    private const int Objects = 60, RecordsPerObject = 30, Traces = 240;
    private static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Each_record_of_logs_and_X_Ray_is_stored_once_after_kills_in_the_middle_of_reading()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var clock = new TestClock(now);
        await using var aws = await AwsTestServer.StartAsync(clock);
        var (records, input) = Fill(aws, now);
        await using var portal = new KilledPortal();
        using var client = new HttpClient { BaseAddress = portal.Pages };

        foreach (var killAt in (int[])[6, 14])
        {
            using var reading = new CountdownEvent(2);
            using var never = new ManualResetEventSlim();
            var (objects, batches) = (0, 0);
            aws.Fault = call =>
            {
                if (call.Operation == "GetObject" && Interlocked.Increment(ref objects) == killAt || call.Operation == "BatchGetTraces" && Interlocked.Increment(ref batches) == killAt) reading.Signal();
                // A source that takes its time: the kill falls between its answers.
                never.Wait(20);
                return null;
            };
            clock.Now = TimeProvider.System.GetUtcNow().UtcDateTime;
            await portal.StartAsync(Settings(aws));
            await AskAsync(client);
            Assert.True(reading.Wait(LongestRead), $"{objects} objects and {batches} batches of traces were read");
            await portal.KillAsync();
            Assert.InRange(Number(portal, "SELECT COUNT(*) FROM call"), 1, records - 1);
        }

        aws.Fault = _ => null;
        clock.Now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await portal.StartAsync(Settings(aws));
        await AskAsync(client);
        await UntilAsync(() => Number(portal, "SELECT COUNT(*) FROM call") >= records && Running(portal) == 0);
        AssertWhole(portal, records, input);
        // The kills fell into runs of both feeds, and what they left open is closed with its reason.
        foreach (var feed in (string[])["InvocationLogs", "XRay"])
            Assert.InRange(Number(portal, $"SELECT COUNT(*) FROM feed_run WHERE Feed='{feed}' AND Message='The portal stopped while this ran.'"), 1, 2);

        // Reading all of it again changes nothing.
        await AskAsync(client);
        await UntilAsync(() => Running(portal) == 0);
        AssertWhole(portal, records, input);
        await portal.KillAsync();
    }

    private static void AssertWhole(KilledPortal portal, long records, long input)
    {
        Assert.Equal(records, Number(portal, "SELECT COUNT(*) FROM call"));
        Assert.Equal(records, Number(portal, "SELECT COUNT(DISTINCT RequestId) FROM call"));
        Assert.Equal(Objects * RecordsPerObject, Number(portal, "SELECT COUNT(*) FROM call WHERE Doors=4"));
        Assert.Equal(Traces * 2, Number(portal, "SELECT COUNT(*) FROM span WHERE Doors<>4"));
        Assert.Equal(input, Number(portal, "SELECT SUM(Input) FROM call"));
        for (var span = 0; span <= 2; span++) Assert.Equal((input, records), (Number(portal, $"SELECT SUM(Input) FROM usage_rollup WHERE Span={span}"), Number(portal, $"SELECT SUM(Calls) FROM usage_rollup WHERE Span={span}")));
        Assert.Equal(Traces, Number(portal, "SELECT SUM(Requests) FROM usage_rollup WHERE Span=2"));
        Assert.Equal(Number(portal, "SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=1"), Number(portal, "SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=2"));
    }

    // Every record has a number of tokens of its own, so that one for another cannot give the same sum by chance.
    private static (long Records, long Input) Fill(AwsTestServer aws, DateTime now)
    {
        var input = 0L;
        for (var i = 0; i < Objects; i++)
        {
            var at = now.AddMinutes(-10 * (i + 1));
            var file = i;
            string[] lines = [.. Enumerable.Range(0, RecordsPerObject).Select(n => MadeRecord.Line(at, $"log-{file}-{n}", Tokens(file * RecordsPerObject + n)))];
            aws.Buckets.Put(Bucket, MadeRecord.Key(at, $"o{i:000}"), MadeRecord.Gzip(lines), now);
        }
        var traces = new TestTraces(aws);
        for (var i = 1; i <= Traces; i++) traces.Traces.Add(TestTraces.Call(i, now.AddMinutes(-5 * i), Tokens(Objects * RecordsPerObject + i)));
        aws.Answers["GetModelInvocationLoggingConfiguration"] = _ => new JsonObject
        {
            ["loggingConfig"] = new JsonObject { ["s3Config"] = new JsonObject { ["bucketName"] = Bucket }, ["textDataDeliveryEnabled"] = true },
        };
        return (Objects * RecordsPerObject + Traces, input);

        long Tokens(int number)
        {
            var tokens = 1_000L + number * 7;
            input += tokens;
            return tokens;
        }
    }

    private static string[] Settings(AwsTestServer aws)
    {
        var connection = new Dictionary<string, string>
        {
            ["Name"] = "Prod", ["AccountId"] = MadeRecord.Account, ["Regions:0"] = "us-east-1", ["AccessKeyId"] = AwsTestServer.AccessKey, ["SecretAccessKey"] = AwsTestServer.Secret,
            ["ServiceUrl"] = aws.Url, ["InvocationLogs:Enabled"] = "true", ["InvocationLogs:Bucket"] = Bucket, ["XRay:Enabled"] = "true",
        };
        string[] off = ["CostExplorer", "CloudWatch", "InferenceProfiles", "Accounts", "Inventory", "PriceList", "Retention"];
        return [.. connection.Select(c => $"--Aws:Connections:0:{c.Key}={c.Value}"), .. off.Select(job => $"--Schedule:{job}=Off")];
    }

    // A run that the start has begun already is as good.
    private static async Task AskAsync(HttpClient client)
    {
        foreach (var feed in (string[])["InvocationLogs", "XRay"])
            using (await client.PostAsync($"/api/v1/feeds/{feed}/run", null)) { }
    }

    private static async Task UntilAsync(Func<bool> isDone)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!isDone() && TimeProvider.System.GetElapsedTime(since) < LongestRead) await Task.Delay(100);
    }

    private static long Running(KilledPortal portal) => Number(portal, "SELECT COUNT(*) FROM feed_run WHERE Feed IN ('InvocationLogs','XRay') AND \"End\" IS NULL");

    private static long Number(KilledPortal portal, string sql) => long.TryParse(portal.Read(sql)[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : 0;
}
