using System.Globalization;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp.Wire;
using Xunit;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>A call as a reader of the raw body sees it.</summary>
internal sealed record SentCall(
    string Trace, string Feature, string Release, string Account, string Region, string Model, string Name, DateTime Start, string Error,
    long Input, long CacheRead, long CacheWrite, long Output)
{
    public long Prompt => Input + CacheRead + CacheWrite;
}

/// <summary>A group of a Cost Explorer answer.</summary>
internal sealed record BilledGroup(DateOnly Day, string Key1, string Key2, decimal Usd, decimal Quantity, bool IsEstimated);

/// <summary>
/// The raw inputs of the sample organisation, read with nothing of the generator: bodies by their attributes, answers by their
/// JSON. All with Saturday 21 November 2026, 14:20 as the end, the day of the mock-ups.
/// </summary>
internal static class MadeInputs
{
    public static readonly DateTime Now = new(2026, 11, 21, 14, 20, 0, DateTimeKind.Utc);
    public static readonly DateOnly StoryDay = new(2026, 11, 17);
    private static readonly ShapeValidator CostExplorerShapes = new("ce"), CloudWatchShapes = new("cloudwatch");
    private static readonly Lazy<SampleOrganisation> Made = new(() => SampleOrganisation.Make(new SampleOptions { Now = Now }, Now));
    private static readonly Lazy<IReadOnlyList<byte[]>> AllBodies = new(() => [.. Made.Value.OtlpBodies()]);
    private static readonly Lazy<IReadOnlyList<SentCall>> AllCalls = new(() => [.. AllBodies.Value.SelectMany(Calls)]);

    public static SampleOrganisation Organisation => Made.Value;
    public static IReadOnlyList<byte[]> Bodies => AllBodies.Value;
    public static IReadOnlyList<SentCall> SentCalls => AllCalls.Value;
    public static string Payer => Organisation.Accounts[0].Id;

    /// <summary>All pages of a GetCostAndUsage over whole days; <paramref name="to"/> exclusive.</summary>
    public static async Task<(List<BilledGroup> Groups, int Pages)> BillAsync(DateOnly from, DateOnly to, string key1, string key2, string? filter = null, DateTime? at = null)
    {
        var groups = new List<BilledGroup>();
        string? token = null;
        var pages = 0;
        do
        {
            var body = $$"""
                {"TimePeriod":{"Start":"{{from:yyyy-MM-dd}}","End":"{{to:yyyy-MM-dd}}"},"Granularity":"DAILY","Metrics":["UnblendedCost","UsageQuantity"],
                "GroupBy":[{{Group(key1)}},{{Group(key2)}}]{{(filter is null ? "" : ",\"Filter\":" + filter)}}{{(token is null ? "" : $",\"NextPageToken\":\"{token}\"")}}}
                """;
            using var answer = JsonDocument.Parse(await AskAsync("ce", "us-east-1", "AWSInsightsIndexService.GetCostAndUsage", body, Payer, at));
            foreach (var day in answer.RootElement.GetProperty("ResultsByTime").EnumerateArray())
                foreach (var group in day.GetProperty("Groups").EnumerateArray())
                    groups.Add(new BilledGroup(
                        DateOnly.ParseExact(day.GetProperty("TimePeriod").GetProperty("Start").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                        group.GetProperty("Keys")[0].GetString()!, group.GetProperty("Keys")[1].GetString()!,
                        Amount(group, "UnblendedCost"), Amount(group, "UsageQuantity"), day.GetProperty("Estimated").GetBoolean()));
            token = answer.RootElement.TryGetProperty("NextPageToken", out var next) ? next.GetString() : null;
            pages++;
        }
        while (token is not null);
        return (groups, pages);
    }

    /// <summary>Asks as a reader would. Question and answer are held against the shapes of AWS's own API models.</summary>
    public static async Task<byte[]> AskAsync(string service, string region, string target, string body, string account, DateTime? at = null)
    {
        var shapes = service == "ce" ? CostExplorerShapes : CloudWatchShapes;
        var operation = target[(target.LastIndexOf('.') + 1)..];
        using var question = JsonDocument.Parse(body);
        Assert.Empty(shapes.Request(operation, question.RootElement));
        var bytes = await Organisation.Aws(account, new FixedClock(at ?? Now)).CallAsync(new AwsCall(service, region, target, "application/x-amz-json-1.1", Encoding.UTF8.GetBytes(body)));
        using var answer = JsonDocument.Parse(bytes);
        Assert.Empty(shapes.Answer(operation, answer.RootElement));
        return bytes;
    }

    /// <summary>Calls of a body: spans with a model that are neither agents nor wrappers.</summary>
    private static IEnumerable<SentCall> Calls(byte[] body)
    {
        foreach (var resource in ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans)
        {
            var spans = resource.ScopeSpans.SelectMany(s => s.Spans).ToList();
            var roots = spans.Where(s => s.ParentSpanId.IsEmpty).ToDictionary(s => s.TraceId, s => Text(s.Attributes, "app.feature"));
            foreach (var span in spans)
            {
                var model = First(span, "gen_ai.request.model", "llm.model_name");
                if (model.Length == 0 || Text(span.Attributes, "gen_ai.operation.name") == "invoke_agent") continue;
                yield return new SentCall(
                    span.TraceId.ToBase64(), roots[span.TraceId], Text(resource.Resource.Attributes, "service.version"),
                    Text(resource.Resource.Attributes, "cloud.account.id"), Text(resource.Resource.Attributes, "cloud.region"), model, span.Name,
                    DateTime.UnixEpoch.AddTicks((long)(span.StartTimeUnixNano / 100)), Text(span.Attributes, "error.type"),
                    Count(span, "gen_ai.usage.input_tokens", "llm.token_count.prompt"),
                    Count(span, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
                    Count(span, "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write_input_tokens"),
                    Count(span, "gen_ai.usage.output_tokens", "llm.token_count.completion"));
            }
        }
    }

    private static string Text(IEnumerable<KeyValue> attributes, string key) => attributes.FirstOrDefault(a => a.Key == key)?.Value.StringValue ?? "";
    private static string First(WireSpan span, params string[] keys) => keys.Select(k => Text(span.Attributes, k)).FirstOrDefault(v => v.Length > 0) ?? "";
    private static long Count(WireSpan span, params string[] keys) => span.Attributes.FirstOrDefault(a => keys.Contains(a.Key))?.Value.IntValue ?? 0;
    private static decimal Amount(JsonElement group, string metric) => decimal.Parse(group.GetProperty("Metrics").GetProperty(metric).GetProperty("Amount").GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Group(string key) => key.StartsWith("tag:", StringComparison.Ordinal)
        ? $$"""{"Type":"TAG","Key":"{{key[4..]}}"}""" : $$"""{"Type":"DIMENSION","Key":"{{key}}"}""";

    private sealed class FixedClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now);
    }
}
