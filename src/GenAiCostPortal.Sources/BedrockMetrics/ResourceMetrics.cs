using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>What the resources' part of a run brought.</summary>
internal sealed record ResourcesRead(int Rows, int Series, int Refused);

/// <summary>
/// The part of the CloudWatch feed that is about resources. Its values are sums of hours, so it is read once an hour, whatever the
/// feed's trigger; how far it came is noted apart from the feed's coverage.
/// </summary>
internal sealed class ResourceMetrics(ResourceMetricsReader reader, ResourceMeterWriter writer, FeedCursors cursors, TimeProvider time)
{
    private const string Place = "resources";
    private const int FirstDays = 14;
    private const int StepDays = 31;
    private const int KeptDays = 455;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(55);
    private static readonly TimeSpan ReadAgain = TimeSpan.FromHours(3);
    private static readonly ResourcesRead Nothing = new(0, 0, 0);

    /// <summary>Reads what is due: since the last read and three hours before; the whole range when days were asked for.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; what was read before that is kept.</exception>
    public async Task<ResourcesRead> ReadAsync(AwsConnection connection, JobRun run, DateTime from, DateTime to, CancellationToken cancel)
    {
        var isAsked = run.Request.Days is not null;
        if (!isAsked)
        {
            var now = time.GetUtcNow().UtcDateTime;
            var noted = await cursors.FindAsync(BedrockMetricsReader.Feed, connection.Name, Place, cancel);
            var readTo = noted is null ? (DateTime?)null : UtcTime.FromUnixSeconds(long.Parse(noted, CultureInfo.InvariantCulture));
            if (run.Request.IsScheduled && now - readTo < Every) return Nothing;
            from = (readTo - ReadAgain) ?? now.AddDays(-FirstDays);
            if (from < now.AddDays(-KeptDays)) from = now.AddDays(-KeptDays);
        }
        int rows = 0, series = 0, refused = 0;
        for (var stepFrom = from; stepFrom < to && refused == 0; stepFrom = stepFrom.AddDays(StepDays))
        {
            var stepTo = stepFrom.AddDays(StepDays) < to ? stepFrom.AddDays(StepDays) : to;
            foreach (var region in connection.Options.Regions)
            {
                var read = await reader.ReadAsync(connection, region, stepFrom, stepTo, run.Tally, null, cancel);
                if (read.IsForbidden) throw new AwsRefusedException("AccessDenied", "A series is forbidden.", 403, "cloudwatch:GetMetricData");
                rows += await writer.WriteAsync(read.Rows, cancel);
                (series, refused) = (Math.Max(series, read.Series), refused + read.Refused);
            }
            if (refused == 0 && !isAsked) await cursors.SetAsync(BedrockMetricsReader.Feed, connection.Name, Place, UtcTime.ToUnixSeconds(stepTo).ToString(CultureInfo.InvariantCulture), cancel);
        }
        run.Rows += rows;
        return new ResourcesRead(rows, series, refused);
    }
}
