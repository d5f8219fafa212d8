using System.Globalization;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp.Wire;
using GenAiCostPortal.Sources.Sample;

namespace GenAiCostPortal.Browser;

/// <summary>A call as a plain reader of an OTLP body sees it.</summary>
internal sealed record RawCall(
    string Trace, string Feature, string Team, string Release, string Environment, string Account, string Region, string Model, DateTime Start, string Error,
    long Input, long CacheRead, long CacheWrite, long Output)
{
    public DateOnly Day => DateOnly.FromDateTime(Start);
    public long Prompt => Input + CacheRead + CacheWrite;
    public bool IsBillable => Error != "ThrottlingException";
    public long this[string kind] => kind switch { "input" => Input, "cacheRead" => CacheRead, "cacheWrite" => CacheWrite, _ => Output };
}

/// <summary>A group of a Cost Explorer answer.</summary>
internal sealed record RawGroup(DateOnly Day, string Key1, string Key2, decimal Usd, decimal Quantity);

/// <summary>
/// The sample organisation's raw inputs and what plain arithmetic makes of them: bodies by their attributes, AWS's answers by
/// their JSON. Nothing of the portal's normaliser, price book or ledger is used.
/// </summary>
internal sealed class RawSample
{
    private static readonly Lazy<RawSample> Made = new(() => new RawSample());
    private readonly SampleOrganisation _organisation = SampleOrganisation.Make(new SampleOptions { Now = SamplePortal.Now }, SamplePortal.Now);
    private readonly Lazy<IReadOnlyList<RawCall>> _calls;

    private RawSample() => _calls = new(() => [.. _organisation.OtlpBodies().SelectMany(Calls)]);

    public static RawSample Of => Made.Value;

    public IReadOnlyList<RawCall> AllCalls => _calls.Value;
    public IReadOnlyList<string> Accounts => [.. _organisation.Accounts.Select(a => a.Id)];

    /// <summary>
    /// What is in scope of a day: every line of the GenAI services, and of other services the lines with a feature tag. Each line
    /// is rounded to the nano-USD, as a store of nano-USD must.
    /// </summary>
    public async Task<decimal> BilledUsdAsync(DateOnly from, DateOnly to)
    {
        var sum = 0m;
        foreach (var service in (await BillAsync(from, to, "SERVICE", "RECORD_TYPE")).Select(g => g.Key1).Distinct())
        {
            var isGenAi = IsGenAi(service);
            var filter = Json("Dimensions", "SERVICE", service);
            var lines = isGenAi
                ? await BillAsync(from, to, "LINKED_ACCOUNT", "USAGE_TYPE", $$"""{"And":[{{filter}},{{Json("Dimensions", "RECORD_TYPE", "Usage")}}]}""")
                : (await BillAsync(from, to, "tag:GenAI:Workload", "USAGE_TYPE", $$"""{"And":[{{filter}},{{Json("Dimensions", "RECORD_TYPE", "Usage")}}]}""")).Where(g => g.Key1 != "GenAI:Workload$");
            sum += lines.Sum(l => decimal.Round(l.Usd, 9));
            if (isGenAi)
                sum += (await BillAsync(from, to, "LINKED_ACCOUNT", "RECORD_TYPE", $$$"""{"And":[{{{filter}}},{"Not":{{{Json("Dimensions", "RECORD_TYPE", "Usage")}}} }]}""")).Sum(l => decimal.Round(l.Usd, 9));
        }
        return sum;
    }

    /// <summary>Tagged dollars that no token stands for, by feature: guardrails, the endpoint, the vector store.</summary>
    public async Task<Dictionary<string, decimal>> TaggedWithoutTokensAsync(DateOnly from, DateOnly to) =>
        (await BillAsync(from, to, "tag:GenAI:Workload", "USAGE_TYPE", Json("Dimensions", "RECORD_TYPE", "Usage")))
            .Where(g => g.Key1 != "GenAI:Workload$" && (g.Key2.Contains("Guardrail", StringComparison.Ordinal) || g.Key2.Contains("Host:", StringComparison.Ordinal) || g.Key2.EndsWith("OCU", StringComparison.Ordinal)))
            .GroupBy(g => g.Key1[(g.Key1.IndexOf('$', StringComparison.Ordinal) + 1)..]).ToDictionary(g => g.Key, g => g.Sum(l => l.Usd));

    /// <summary>
    /// What is used but not billed yet of a day: per account, region, model and kind the larger of what was recorded and what was
    /// metered, less what was billed; recorded calls at the public list price, metered usage at the account's billed rate.
    /// </summary>
    public async Task<decimal> NotBilledUsdAsync(DateOnly day)
    {
        var sum = 0m;
        foreach (var account in Accounts)
        {
            var billed = (await BillAsync(day, day.AddDays(1), "SERVICE", "USAGE_TYPE", $$"""{"And":[{{Json("Dimensions", "LINKED_ACCOUNT", account)}},{{Json("Dimensions", "RECORD_TYPE", "Usage")}}]}""")).ToList();
            foreach (var (region, prefix) in new[] { ("us-east-1", "USE1"), ("eu-west-1", "EUW1"), ("us-west-2", "USW2") })
                foreach (var model in RawPrices.Billed)
                    foreach (var kind in RawPrices.Kinds)
                    {
                        var recorded = AllCalls.Where(c => c.Day == day && c.Account == account && c.Region == region && c.Model == model.Id && c.IsBillable).Sum(c => c[kind]);
                        var metered = await MeteredAsync(account, region, model.Id, kind, day);
                        var onBill = billed.Where(b => b.Key1 == model.Service && b.Key2 == model.UsageType(prefix, kind) && model.IsOf(region)).Sum(b => b.Quantity * model.TokensPerUnit);
                        // Calls were priced before any bill, at the list; what is only metered at the rate that the account's bills have shown.
                        sum += Math.Max(0, recorded - onBill) * model.ListUsd(kind) / 1_000_000m;
                        sum += Math.Max(0, metered - Math.Max(recorded, onBill)) * model.ListUsd(kind) * model.BilledShare / 1_000_000m;
                    }
        }
        return sum;
    }

    /// <summary>All pages of a GetCostAndUsage; <paramref name="to"/> exclusive.</summary>
    public async Task<List<RawGroup>> BillAsync(DateOnly from, DateOnly to, string key1, string key2, string? filter = null)
    {
        var groups = new List<RawGroup>();
        string? token = null;
        do
        {
            var body = $$"""
                {"TimePeriod":{"Start":"{{Text(from)}}","End":"{{Text(to)}}"},"Granularity":"DAILY","Metrics":["UnblendedCost","UsageQuantity"],
                "GroupBy":[{{Group(key1)}},{{Group(key2)}}]{{(filter is null ? "" : ",\"Filter\":" + filter)}}{{(token is null ? "" : $",\"NextPageToken\":\"{token}\"")}}}
                """;
            using var answer = JsonDocument.Parse(await AskAsync("ce", "us-east-1", "AWSInsightsIndexService.GetCostAndUsage", body, Accounts[0]));
            foreach (var day in answer.RootElement.GetProperty("ResultsByTime").EnumerateArray())
                foreach (var group in day.GetProperty("Groups").EnumerateArray())
                    groups.Add(new(DateOnly.ParseExact(day.GetProperty("TimePeriod").GetProperty("Start").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                        group.GetProperty("Keys")[0].GetString()!, group.GetProperty("Keys")[1].GetString()!, Amount(group, "UnblendedCost"), Amount(group, "UsageQuantity")));
            token = answer.RootElement.TryGetProperty("NextPageToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return groups;
    }

    /// <summary>All pages of any question to Cost Explorer; the sum of its first metric over the groups that a key passes.</summary>
    public async Task<decimal> SumOfAsync(string question, Func<IReadOnlyList<string>, bool> counts)
    {
        var (sum, asked) = (0m, System.Text.Json.Nodes.JsonNode.Parse(question)!.AsObject());
        var metric = asked["Metrics"]![0]!.GetValue<string>();
        for (string? token = null; ; asked["NextPageToken"] = token)
        {
            using var answer = JsonDocument.Parse(await AskAsync("ce", "us-east-1", "AWSInsightsIndexService.GetCostAndUsage", asked.ToJsonString(), Accounts[0]));
            foreach (var group in answer.RootElement.GetProperty("ResultsByTime").EnumerateArray().SelectMany(d => d.GetProperty("Groups").EnumerateArray()))
                if (counts([.. group.GetProperty("Keys").EnumerateArray().Select(k => k.GetString()!)])) sum += Amount(group, metric);
            token = answer.RootElement.TryGetProperty("NextPageToken", out var next) ? next.GetString() : null;
            if (token is null) return sum;
        }
    }

    private async Task<decimal> MeteredAsync(string account, string region, string model, string kind, DateOnly day)
    {
        var metric = kind switch { "input" => "InputTokenCount", "cacheRead" => "CacheReadInputTokenCount", "cacheWrite" => "CacheWriteInputTokenCount", _ => "OutputTokenCount" };
        var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds();
        using var data = JsonDocument.Parse(await AskAsync("monitoring", region, "GraniteServiceVersion20100801.GetMetricData", $$$"""
            {"StartTime":{{{start}}},"EndTime":{{{start + 86_400}}},"MetricDataQueries":[{"Id":"q","MetricStat":{"Metric":{"Namespace":"AWS/Bedrock","MetricName":"{{{metric}}}",
            "Dimensions":[{"Name":"ModelId","Value":"{{{model}}}"}]},"Period":3600,"Stat":"Sum"}}]}
            """, account));
        return data.RootElement.GetProperty("MetricDataResults").EnumerateArray().Sum(r => r.GetProperty("Values").EnumerateArray().Sum(v => v.GetDecimal()));
    }

    private Task<byte[]> AskAsync(string service, string region, string target, string body, string account) =>
        _organisation.Aws(account, new FixedClock()).CallAsync(new AwsCall(service, region, target, "application/x-amz-json-1.1", Encoding.UTF8.GetBytes(body)));

    /// <summary>Calls of a body: spans with a model that are neither agents nor wrappers.</summary>
    private static IEnumerable<RawCall> Calls(byte[] body)
    {
        foreach (var resource in ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans)
        {
            var spans = resource.ScopeSpans.SelectMany(s => s.Spans).ToList();
            var features = spans.Where(s => s.ParentSpanId.IsEmpty).ToDictionary(s => s.TraceId, s => Word(s.Attributes, "app.feature"));
            string Of(string key) => Word(resource.Resource.Attributes, key);
            foreach (var span in spans)
            {
                var model = Word(span.Attributes, "gen_ai.request.model") is { Length: > 0 } named ? named : Word(span.Attributes, "llm.model_name");
                if (model.Length == 0 || Word(span.Attributes, "gen_ai.operation.name") == "invoke_agent") continue;
                yield return new RawCall(
                    Convert.ToHexStringLower(span.TraceId.ToByteArray()), features[span.TraceId], Of("team"), Of("service.version"), Of("deployment.environment.name"), Of("cloud.account.id"),
                    Of("cloud.region"), model, DateTime.UnixEpoch.AddTicks((long)(span.StartTimeUnixNano / 100)), Word(span.Attributes, "error.type"),
                    // No sender of this organisation counts cached tokens inside its input.
                    Count(span, "gen_ai.usage.input_tokens", "llm.token_count.prompt"),
                    CacheRead(span), CacheWrite(span), Count(span, "gen_ai.usage.output_tokens", "llm.token_count.completion"));
            }
        }
    }

    private static bool IsGenAi(string service) =>
        service.StartsWith("Amazon Bedrock", StringComparison.Ordinal) || service.EndsWith("(Amazon Bedrock Edition)", StringComparison.Ordinal) || service == "Amazon SageMaker";

    private static long CacheRead(WireSpan span) => Count(span, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens");
    private static long CacheWrite(WireSpan span) => Count(span, "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write_input_tokens");
    private static string Word(IEnumerable<KeyValue> attributes, string key) => attributes.FirstOrDefault(a => a.Key == key)?.Value.StringValue ?? "";
    private static long Count(WireSpan span, params string[] keys) => span.Attributes.FirstOrDefault(a => keys.Contains(a.Key))?.Value.IntValue ?? 0;
    private static decimal Amount(JsonElement group, string metric) => decimal.Parse(group.GetProperty("Metrics").GetProperty(metric).GetProperty("Amount").GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static string Json(string kind, string key, string value) => $$$"""{"{{{kind}}}":{"Key":"{{{key}}}","Values":["{{{value}}}"]}}""";

    private static string Group(string key) => key.StartsWith("tag:", StringComparison.Ordinal)
        ? $$"""{"Type":"TAG","Key":"{{key[4..]}}"}""" : $$"""{"Type":"DIMENSION","Key":"{{key}}"}""";

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(SamplePortal.Now);
    }
}
