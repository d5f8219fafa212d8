using System.Text.Json.Serialization;

namespace GenAiCostPortal.Sources.XRay;

// Named and shaped like the official SDK's types (API models xray 2016-04-12 and logs 2014-03-28), so that AWSSDK.XRay and
// AWSSDK.CloudWatchLogs can take their place.

/// <summary>Times are seconds since 1970.</summary>
internal sealed record GetTraceSummariesRequest
{
    public required long StartTime { get; init; }
    public required long EndTime { get; init; }
    /// <summary>By the time of their events: a trace whose segments come late is found again.</summary>
    public string TimeRangeType { get; init; } = "Event";
    public bool Sampling { get; init; }
    public string? FilterExpression { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record GetTraceSummariesResult
{
    public IReadOnlyList<TraceSummary>? TraceSummaries { get; init; }
    /// <summary>Traces looked at, whether or not they matched: what AWS charges as scanned.</summary>
    public long? TracesProcessedCount { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record TraceSummary(string? Id);

internal sealed record BatchGetTracesRequest(IReadOnlyList<string> TraceIds, string? NextToken = null);

internal sealed record BatchGetTracesResult
{
    public IReadOnlyList<XRayTrace>? Traces { get; init; }
    public IReadOnlyList<string>? UnprocessedTraceIds { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record XRayTrace
{
    public string Id { get; init; } = "";
    /// <summary>The trace was too large: AWS kept a part.</summary>
    public bool? LimitExceeded { get; init; }
    public IReadOnlyList<XRaySegment>? Segments { get; init; }
}

/// <summary>The document is JSON in a text.</summary>
internal sealed record XRaySegment(string? Id, string? Document);

/// <param name="Destination"><c>XRay</c>, or <c>CloudWatchLogs</c> where Transaction Search is on.</param>
/// <param name="Status"><c>PENDING</c> or <c>ACTIVE</c>.</param>
internal sealed record GetTraceSegmentDestinationResult(string? Destination, string? Status);

/// <summary>Times are milliseconds since 1970.</summary>
internal sealed record FilterLogEventsRequest(
    [property: JsonPropertyName("logGroupName")] string LogGroupName, [property: JsonPropertyName("startTime")] long StartTime,
    [property: JsonPropertyName("endTime")] long EndTime, [property: JsonPropertyName("nextToken")] string? NextToken);

internal sealed record FilterLogEventsResponse
{
    [JsonPropertyName("events")]
    public IReadOnlyList<FilteredLogEvent>? Events { get; init; }
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }
}

internal sealed record FilteredLogEvent([property: JsonPropertyName("timestamp")] long? Timestamp, [property: JsonPropertyName("message")] string? Message);
