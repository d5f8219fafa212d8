using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Reads the records of a log group (FilterLogEvents) by their time, an hour at a time, from 15 minutes before what was read.</summary>
internal sealed class LogGroupLogs(FeedCursors cursors, TimeProvider time)
{
    /// <summary>Stream that Bedrock writes to.</summary>
    public const string Stream = "aws/bedrock/modelinvocations";
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(15), Step = TimeSpan.FromHours(1);
    private const int EventsPerPage = 10_000, MostRemembered = 500_000;

    // Events of the overlap come again at each run. They change no number, but they must not be counted as received each time.
    private readonly Dictionary<string, HashSet<string>> _seen = new(StringComparer.Ordinal);

    /// <summary>Reads what is new; null when the region has no such group. The first read goes back to <paramref name="firstFrom"/>.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; what was read until then is kept.</exception>
    public async Task<FeedRange?> ReadNewAsync(AwsConnection connection, string region, string group, DateTime firstFrom, LogIntake intake, AwsRequestTally tally, CancellationToken cancel)
    {
        var place = $"logs:{region}:{group}";
        var now = time.GetUtcNow().UtcDateTime;
        var read = Parse(await cursors.FindAsync(InvocationLogsJob.Feed, connection.Name, place, cancel));
        var from = read is { } range ? range.To - ReadAgain : firstFrom;
        var since = read?.From ?? firstFrom;
        var isThere = await ReadAsync(connection, region, group, from, now, intake, tally, isRemembered: true,
            async to => await cursors.SetAsync(InvocationLogsJob.Feed, connection.Name, place, $"{UtcTime.ToUnixMs(since)} {UtcTime.ToUnixMs(to)}", cancel), cancel);
        return isThere ? new FeedRange(since, now) : null;
    }

    /// <summary>Reads a range again, whatever was read; null when the region has no such group.</summary>
    public async Task<FeedRange?> ReadRangeAsync(
        AwsConnection connection, string region, string group, DateTime from, DateTime to, LogIntake intake, AwsRequestTally tally, CancellationToken cancel) =>
        await ReadAsync(connection, region, group, from, to, intake, tally, isRemembered: false, _ => Task.CompletedTask, cancel) ? new FeedRange(from, to) : null;

    private async Task<bool> ReadAsync(
        AwsConnection connection, string region, string group, DateTime from, DateTime to, LogIntake intake, AwsRequestTally tally, bool isRemembered,
        Func<DateTime, Task> saveAsync, CancellationToken cancel)
    {
        var api = new AwsJsonApi(connection, "logs", region, "Logs_20140328", tally);
        var place = $"{connection.Name}:{region}:{group}";
        for (var start = from; start < to; start += Step)
        {
            var end = start + Step < to ? start + Step : to;
            var taken = new List<string>();
            try
            {
                await foreach (var page in api.PagesAsync<FilterLogEventsResponse>(
                    "FilterLogEvents", token => Request(group, start, end, token), answer => answer.NextToken, cancel))
                    foreach (var found in page.Events)
                    {
                        if (isRemembered && found.EventId.Length > 0 && Remembered(place).Contains(found.EventId)) continue;
                        await intake.TakeAsync(Encoding.UTF8.GetBytes(found.Message.Trim()), cancel);
                        if (end > to - ReadAgain) taken.Add(found.EventId);
                    }
            }
            catch (AwsRefusedException refusal) when (refusal.Code == "ResourceNotFoundException")
            {
                return false;
            }
            await intake.FlushAsync(cancel);
            await saveAsync(end);
            if (isRemembered) Remember(place, taken);
        }
        return true;
    }

    // The end of the range belongs to the next step: CloudWatch takes endTime as inclusive.
    private static FilterLogEventsRequest Request(string group, DateTime from, DateTime to, string? token) => new()
    {
        LogGroupName = group.StartsWith("arn:", StringComparison.Ordinal) ? null : group,
        LogGroupIdentifier = group.StartsWith("arn:", StringComparison.Ordinal) ? group : null,
        LogStreamNamePrefix = Stream, StartTime = UtcTime.ToUnixMs(from), EndTime = UtcTime.ToUnixMs(to) - 1, Limit = EventsPerPage, NextToken = token,
    };

    private HashSet<string> Remembered(string place)
    {
        if (!_seen.TryGetValue(place, out var seen)) _seen[place] = seen = new(StringComparer.Ordinal);
        return seen;
    }

    private void Remember(string place, List<string> taken)
    {
        var seen = Remembered(place);
        if (seen.Count + taken.Count > MostRemembered) seen.Clear();
        seen.UnionWith(taken);
    }

    private static FeedRange? Parse(string? kept)
    {
        var parts = (kept ?? "").Split(' ');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var to) ? new FeedRange(UtcTime.FromUnixMs(from), UtcTime.FromUnixMs(to)) : null;
    }
}

// Named and shaped like the official SDK's types (API model logs 2014-03-28). Times are milliseconds since 1970.

internal sealed record FilterLogEventsRequest
{
    [JsonPropertyName("logGroupName")]
    public string? LogGroupName { get; init; }
    [JsonPropertyName("logGroupIdentifier")]
    public string? LogGroupIdentifier { get; init; }
    [JsonPropertyName("logStreamNamePrefix")]
    public required string LogStreamNamePrefix { get; init; }
    [JsonPropertyName("startTime")]
    public required long StartTime { get; init; }
    [JsonPropertyName("endTime")]
    public required long EndTime { get; init; }
    [JsonPropertyName("limit")]
    public required int Limit { get; init; }
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }
}

internal sealed record FilterLogEventsResponse
{
    [JsonPropertyName("events")]
    public IReadOnlyList<FilteredLogEvent> Events { get; init; } = [];
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }
}

internal sealed record FilteredLogEvent
{
    [JsonPropertyName("message")]
    public string Message { get; init; } = "";
    [JsonPropertyName("eventId")]
    public string EventId { get; init; } = "";
}
