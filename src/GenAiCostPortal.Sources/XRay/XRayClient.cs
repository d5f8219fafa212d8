using System.Runtime.CompilerServices;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>X-Ray's operations and the one of CloudWatch Logs that reads <c>aws/spans</c>, all pages of each. Requests are counted.</summary>
internal sealed class XRayClient(AwsConnection connection, string region, AwsRequestTally tally, TimeProvider time)
{
    /// <summary>Traces a request of BatchGetTraces may name.</summary>
    public const int TracesPerRequest = 5;
    /// <summary>Price of a trace looked at or fetched, nano-USD ($0.50 per million; the first million of a month is free).</summary>
    public const long TraceNanoUsd = 500;
    private const string SpansGroup = "aws/spans";
    private const int MostPages = 5000, MostTries = 5;
    private readonly AwsJsonApi _logs = new(connection, "logs", region, "Logs_20140328", tally);

    /// <summary>Where segments go in this region.</summary>
    public async Task<GetTraceSegmentDestinationResult> DestinationAsync(CancellationToken cancel)
    {
        try
        {
            return await CallAsync<GetTraceSegmentDestinationResult>("GetTraceSegmentDestination", "/GetTraceSegmentDestination", new { }, cancel);
        }
        // Regions without Transaction Search do not know the question.
        catch (AwsRefusedException refusal) when (!refusal.IsAccessDenied && (refusal.Status == 404 || refusal.Code == "UnknownOperationException"))
        {
            return new GetTraceSegmentDestinationResult("XRay", "ACTIVE");
        }
    }

    /// <summary>Ids of the traces of a range, page by page.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> SummariesAsync(DateTime from, DateTime to, string? filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new GetTraceSummariesRequest { StartTime = Seconds(from), EndTime = Seconds(to), FilterExpression = filter };
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await CallAsync<GetTraceSummariesResult>("GetTraceSummaries", "/TraceSummaries", request, cancel);
            tally.AddCost((answer.TracesProcessedCount ?? 0) * TraceNanoUsd);
            yield return [.. (answer.TraceSummaries ?? []).Select(s => s.Id ?? "").Where(id => id.Length > 0)];
            if (string.IsNullOrEmpty(answer.NextToken)) yield break;
            if (answer.NextToken == request.NextToken) break;
            request = request with { NextToken = answer.NextToken };
        }
        throw Endless();
    }

    /// <summary>The traces of these ids, each whole. What AWS leaves unprocessed is asked for again; what stays so is noted.</summary>
    public async IAsyncEnumerable<XRayTrace> TracesAsync(IEnumerable<string> ids, ICollection<string> unprocessed, [EnumeratorCancellation] CancellationToken cancel)
    {
        var waiting = new Queue<(string Id, int Tries)>(ids.Select(id => (id, 0)));
        while (waiting.Count > 0)
        {
            var batch = new List<(string Id, int Tries)>();
            while (batch.Count < TracesPerRequest && waiting.TryDequeue(out var next)) batch.Add(next);
            var (traces, left) = await BatchAsync([.. batch.Select(b => b.Id)], cancel);
            foreach (var trace in traces) yield return trace;
            var again = batch.Where(b => left.Contains(b.Id)).ToList();
            foreach (var (id, tries) in again)
                if (tries + 1 < MostTries) waiting.Enqueue((id, tries + 1));
                else unprocessed.Add(id);
            if (again.Count == batch.Count) await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, again.Min(a => a.Tries))), time, cancel);
        }
    }

    /// <summary>Spans of Transaction Search, page by page; pages may be empty.</summary>
    public async IAsyncEnumerable<IReadOnlyList<FilteredLogEvent>> SpansAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pages = _logs.PagesAsync<FilterLogEventsResponse>(
            "FilterLogEvents", token => new FilterLogEventsRequest(SpansGroup, Milliseconds(from), Milliseconds(to) - 1, token), answer => answer.NextToken, cancel);
        await foreach (var page in pages) yield return page.Events ?? [];
    }

    private async Task<(IReadOnlyCollection<XRayTrace> Traces, HashSet<string> Left)> BatchAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        // A page may hold part of a trace.
        var traces = new Dictionary<string, XRayTrace>(StringComparer.Ordinal);
        var left = new HashSet<string>(StringComparer.Ordinal);
        var request = new BatchGetTracesRequest(ids);
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await CallAsync<BatchGetTracesResult>("BatchGetTraces", "/Traces", request, cancel);
            foreach (var part in answer.Traces ?? [])
                traces[part.Id] = !traces.TryGetValue(part.Id, out var known) ? part
                    : known with { Segments = [.. known.Segments ?? [], .. part.Segments ?? []], LimitExceeded = known.LimitExceeded == true || part.LimitExceeded == true };
            left.UnionWith(answer.UnprocessedTraceIds ?? []);
            if (string.IsNullOrEmpty(answer.NextToken))
            {
                tally.AddCost(traces.Count * TraceNanoUsd);
                return (traces.Values, left);
            }
            if (answer.NextToken == request.NextToken) break;
            request = request with { NextToken = answer.NextToken };
        }
        throw Endless();
    }

    private async Task<TAnswer> CallAsync<TAnswer>(string operation, string path, object request, CancellationToken cancel)
    {
        var answer = await connection.Api.CallAsync(AwsCall.Rest("xray", region, "POST", path, "xray:" + operation, AwsJson.Write(request)), cancel);
        tally.Add(0);
        return AwsJson.Read<TAnswer>(answer);
    }

    private static long Seconds(DateTime at) => new DateTimeOffset(at).ToUnixTimeSeconds();
    private static long Milliseconds(DateTime at) => new DateTimeOffset(at).ToUnixTimeMilliseconds();
    private static AwsRefusedException Endless() => new(AwsErrors.UnexpectedAnswer, "The pages of the answer do not end.", 200);
}
