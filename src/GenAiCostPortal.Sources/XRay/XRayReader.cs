using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>A range of one region to read.</summary>
/// <param name="Done">Told the end of each part once its spans are on disk.</param>
internal sealed record XRayRange(AwsConnection Connection, string Region, DateTime From, DateTime To, Func<DateTime, Task> Done);

/// <summary>
/// Reads a range of one region in slices and stores its spans: from X-Ray, or from <c>aws/spans</c> where Transaction Search
/// keeps them. Traces without anything of GenAI are left out, unless a filter expression says which are wanted.
/// </summary>
internal sealed class XRayReader(SegmentDecoder decoder, TraceWriter writer, KnownTraces known, TimeProvider time)
{
    /// <summary>Name of the feed in the contract.</summary>
    public const string Feed = "XRay";
    /// <summary>Signal under which its spans are counted.</summary>
    public const string Signal = "xray";
    private const int SpansPerWrite = 2_000, MostHeldSpans = 200_000;
    private static readonly TimeSpan SummarySlice = TimeSpan.FromHours(1), EventSlice = TimeSpan.FromMinutes(10);

    public async Task ReadAsync(XRayRange range, XRayReading reading, AwsRequestTally tally, CancellationToken cancel)
    {
        var client = new XRayClient(range.Connection, range.Region, tally, time);
        var destination = await client.DestinationAsync(cancel);
        reading.InRegion(range.Region, destination);
        if (destination is { Destination: "CloudWatchLogs", Status: not "PENDING" }) await ReadEventsAsync(client, range, reading, cancel);
        else await ReadSegmentsAsync(client, range, reading, cancel);
    }

    private async Task ReadSegmentsAsync(XRayClient client, XRayRange range, XRayReading reading, CancellationToken cancel)
    {
        var filter = range.Connection.Options.XRay.Filter;
        var home = Home(range);
        var unprocessed = new List<string>();
        HashSet<string> before = [];
        foreach (var (from, to) in Slices(range, SummarySlice))
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var page in SummariesAsync(client, from, to, filter, cancel)) ids.UnionWith(page);
            var found = ids.ToHashSet(StringComparer.Ordinal);
            // A trace over the border of two slices was fetched whole with the first.
            ids.ExceptWith(before);
            before = found;
            var waiting = new Batch();
            await foreach (var trace in client.TracesAsync(ids.Order(StringComparer.Ordinal), unprocessed, cancel))
            {
                if (trace.LimitExceeded == true) reading.Cut++;
                var read = decoder.DecodeSegments(trace.Id, (trace.Segments ?? []).Select(s => s.Document ?? ""), home);
                reading.Refuse(read);
                waiting.Add(read);
                if (waiting.Spans.Count >= SpansPerWrite) await StoreAsync(waiting, filter is not null, reading, cancel);
            }
            await StoreAsync(waiting, filter is not null, reading, cancel);
            // What was not given is asked for again by the next run: the cursor stays before it.
            if (unprocessed.Count == 0) await range.Done(to);
        }
        reading.Unprocessed += unprocessed.Count;
    }

    private static async IAsyncEnumerable<IReadOnlyList<string>> SummariesAsync(
        XRayClient client, DateTime from, DateTime to, string? filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var pages = client.SummariesAsync(from, to, filter, cancel).GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await pages.MoveNextAsync()) yield break;
            }
            catch (AwsRefusedException refusal) when (filter is not null && refusal.Code == "InvalidRequestException")
            {
                throw new CannotRunException("X-Ray does not understand the filter expression.",
                    "Correct Aws:Connections:N:XRay:FilterExpression, such as annotation.gen_ai_system = \"aws.bedrock\", or leave it empty.");
            }
            yield return pages.Current;
        }
    }

    private async Task ReadEventsAsync(XRayClient client, XRayRange range, XRayReading reading, CancellationToken cancel)
    {
        var home = Home(range);
        var held = new HeldTraces();
        foreach (var (from, to) in Slices(range, EventSlice))
        {
            try
            {
                await foreach (var page in client.SpansAsync(from, to, cancel))
                {
                    var read = decoder.DecodeEvents(page.Select(e => (e.Message ?? "", e.Timestamp ?? 0)), home);
                    reading.Refuse(read);
                    var ready = new Batch { Refused = read.Refused };
                    ready.Spans.AddRange(held.Take(read.Spans, MostHeldSpans));
                    await StoreAsync(ready, isWanted: true, reading, cancel);
                }
            }
            catch (AwsRefusedException refusal) when (refusal.Code == "ResourceNotFoundException")
            {
                reading.WithoutGroup(range.Region);
            }
            var ours = new Batch();
            ours.Spans.AddRange(held.Release(await known.AmongAsync(held.Ids, cancel)));
            await StoreAsync(ours, isWanted: true, reading, cancel);
            // Kept for one slice more: the part that tells what the trace is may come after its first spans.
            held.NextSlice();
            await range.Done(to);
        }
        reading.Traces += held.Stored;
        reading.LeftOut += held.LeftOut;
    }

    /// <summary>Stores whole traces and returns once they are on disk.</summary>
    private async Task StoreAsync(Batch batch, bool isWanted, XRayReading reading, CancellationToken cancel)
    {
        var spans = batch.Spans;
        if (!isWanted && spans.Count > 0)
        {
            var traces = spans.Select(s => s.TraceId).Distinct().ToList();
            var ours = spans.Where(s => FoldedNames.TellsOfGenAi(s.Attributes)).Select(s => s.TraceId).ToHashSet();
            ours.UnionWith(await known.AmongAsync(traces.Where(t => !ours.Contains(t)), cancel));
            spans = [.. spans.Where(s => ours.Contains(s.TraceId))];
            reading.LeftOut += traces.Count - ours.Count;
            reading.Traces += ours.Count;
        }
        else if (batch.CountsTraces) reading.Traces += spans.Select(s => s.TraceId).Distinct().Count();
        if (spans.Count > 0 || batch.Refused > 0) await writer.WriteAsync([writer.Prepare(spans, batch.Refused, Signal)], cancel);
        reading.Spans += spans.Count;
        batch.Clear();
    }

    private static IEnumerable<(DateTime From, DateTime To)> Slices(XRayRange range, TimeSpan length)
    {
        for (var from = range.From; from < range.To; from += length) yield return (from, from + length < range.To ? from + length : range.To);
    }

    private static XRayHome Home(XRayRange range) => new(range.Connection.Options.AccountId, range.Region);

    private sealed class Batch
    {
        public List<Span> Spans { get; } = [];
        public int Refused { get; set; }
        /// <summary>Segments come as whole traces, events do not.</summary>
        public bool CountsTraces { get; private set; }

        public void Add(XRaySpans read)
        {
            CountsTraces = true;
            Spans.AddRange(read.Spans);
            Refused += read.Refused;
        }

        public void Clear()
        {
            Spans.Clear();
            Refused = 0;
        }
    }
}
