using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// A table over invocation logs as Athena would answer for it: its own few lines of LINQ over the records stand for the query, of
/// which only the hours, the metadata keys and the folders are looked at.
/// </summary>
internal sealed class MadeLogTable
{
    public List<string> Records { get; } = [];
    public List<string> Sql { get; } = [];
    public long BytesPerHour { get; set; } = 1_000_000_000;
    public int RowsPerPage { get; set; } = 7;
    public string State { get; set; } = "SUCCEEDED";
    public string Column { get; set; } = "record";

    public static readonly string[] Columns =
    [
        "hour", "account", "region", "model", "answered", "error", "tier", "latency_mode", "metadata", "principal", "is_counted", "band",
        "calls", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "top_prompt", "dearest", "longest",
    ];

    public void Answer(AwsTestServer server)
    {
        server.Answers["GetTableMetadata"] = _ => new JsonObject { ["TableMetadata"] = new JsonObject
        {
            ["Name"] = "bedrock_invocations", ["Columns"] = new JsonArray(new JsonObject { ["Name"] = Column, ["Type"] = "string" }),
            ["PartitionKeys"] = new JsonArray([.. ((string[])["account", "region", "hour"]).Select(k => (JsonNode)new JsonObject { ["Name"] = k, ["Type"] = "string" })]),
        } };
        server.Answers["StartQueryExecution"] = call =>
        {
            Sql.Add(call.Body.GetProperty("QueryString").GetString()!);
            return new JsonObject { ["QueryExecutionId"] = $"query-{Sql.Count}" };
        };
        server.Answers["GetQueryExecution"] = call => new JsonObject { ["QueryExecution"] = new JsonObject
        {
            ["QueryExecutionId"] = call.Body.GetProperty("QueryExecutionId").GetString(), ["Status"] = new JsonObject { ["State"] = State, ["StateChangeReason"] = "" },
            ["Statistics"] = new JsonObject { ["DataScannedInBytes"] = (long)(Folders(SqlOf(call)).Hours * BytesPerHour) },
        } };
        server.Answers["StopQueryExecution"] = _ => [];
        server.Answers["GetQueryResults"] = call =>
        {
            var rows = Rows(SqlOf(call)).Select(r => Columns.Select(c => r.GetValueOrDefault(c))).Prepend(Columns).ToList();
            var from = call.Body.TryGetProperty("NextToken", out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
            var answer = new JsonObject { ["ResultSet"] = new JsonObject { ["Rows"] = new JsonArray([.. rows.Skip(from).Take(RowsPerPage).Select(r => (JsonNode)new JsonObject
            {
                ["Data"] = new JsonArray([.. r.Select(v => v is null ? new JsonObject() : (JsonNode)new JsonObject { ["VarCharValue"] = v })]),
            })]) } };
            if (from + RowsPerPage < rows.Count) answer["NextToken"] = (from + RowsPerPage).ToString(CultureInfo.InvariantCulture);
            return answer;
        };
    }

    /// <summary>Hours of the calls that a query asks for.</summary>
    public static (DateTime From, DateTime To) Asked(string sql)
    {
        var times = Regex.Matches(sql, "from_iso8601_timestamp\\('(.*?)'\\)").Select(m => DateTime.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)).ToList();
        return (times[0], times[1]);
    }

    /// <summary>Folders that it scans.</summary>
    public static (string From, string To, double Hours) Folders(string sql)
    {
        var match = Regex.Match(sql, "\"hour\" >= '(.*?)' AND \"hour\" < '(.*?)'");
        var (from, to) = (match.Groups[1].Value, match.Groups[2].Value);
        DateTime At(string folder) => DateTime.ParseExact(folder, "yyyy'/'MM'/'dd'/'HH", CultureInfo.InvariantCulture);
        return (from, to, (At(to) - At(from)).TotalHours);
    }

    private string SqlOf(TestCall call) => Sql[int.Parse(call.Body.GetProperty("QueryExecutionId").GetString()!["query-".Length..], CultureInfo.InvariantCulture) - 1];

    private IEnumerable<Dictionary<string, string?>> Rows(string sql)
    {
        var (from, to) = Asked(sql);
        var keys = Regex.Matches(Regex.Match(sql, @"IN \(([^)]*)\)\) AS JSON").Groups[1].Value, "'(.*?)'").Select(m => m.Groups[1].Value).ToHashSet();
        return Records.Select(line => JsonNode.Parse(line)!).DistinctBy(r => (string)r["requestId"]!)
            .Select(r => (Record: r, At: (DateTime)r["timestamp"]!)).Where(r => r.At.ToUniversalTime() >= from && r.At.ToUniversalTime() < to)
            .GroupBy(r => string.Join('|', r.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture), r.Record["accountId"], r.Record["region"], r.Record["modelId"], r.Record["errorCode"],
                r.Record["serviceTier"], Metadata(r.Record, keys), Total(r.Record) > 0, Prompt(r.Record) > 200_000, Answered(r.Record)))
            .Select(g =>
            {
                var (one, isCounted) = (g.First().Record, Total(g.First().Record) > 0);
                string Sum(Func<JsonNode, long> of) => g.Sum(r => of(r.Record)).ToString(CultureInfo.InvariantCulture);
                return new Dictionary<string, string?>
                {
                    ["hour"] = g.First().At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture), ["account"] = (string?)one["accountId"], ["region"] = (string?)one["region"], ["model"] = (string?)one["modelId"],
                    ["answered"] = Answered(one), ["error"] = (string?)one["errorCode"] ?? "", ["tier"] = (string?)one["serviceTier"] ?? "", ["latency_mode"] = "", ["metadata"] = Metadata(one, keys), ["principal"] = "",
                    ["is_counted"] = isCounted ? "true" : "false", ["band"] = Prompt(one) > 200_000 ? "1" : "0", ["calls"] = g.Count().ToString(CultureInfo.InvariantCulture),
                    ["input"] = Sum(Input), ["cache_read"] = Sum(Read), ["cache_write_5m"] = Sum(r => Write(r) - OneHour(r)), ["cache_write_1h"] = Sum(OneHour), ["output"] = Sum(Output),
                    ["top_prompt"] = isCounted ? g.Max(r => Prompt(r.Record)).ToString(CultureInfo.InvariantCulture) : null,
                    ["dearest"] = isCounted ? Picks(g.Select(r => r.Record).OrderByDescending(r => Input(r) + (0.1 * Read(r)) + (1.25 * Write(r)) + (5 * Output(r))).Take(2)) : null,
                    ["longest"] = isCounted && g.Any(r => Latency(r.Record) is not null) ? Picks(g.Select(r => r.Record).OrderByDescending(Latency).Take(1)) : null,
                };
            });
    }

    private static string Picks(IEnumerable<JsonNode> records) => new JsonArray([.. records.Select(r => (JsonNode)new JsonObject
    {
        ["id"] = (string?)r["requestId"], ["at"] = (string?)r["timestamp"], ["caller"] = (string?)r["identity"]?["arn"], ["operation"] = (string?)r["operation"], ["input"] = Input(r).ToString(CultureInfo.InvariantCulture),
        ["cacheRead"] = Read(r).ToString(CultureInfo.InvariantCulture), ["cacheWrite"] = Write(r).ToString(CultureInfo.InvariantCulture), ["write1h"] = OneHour(r).ToString(CultureInfo.InvariantCulture),
        ["output"] = Output(r).ToString(CultureInfo.InvariantCulture), ["latencyMs"] = Latency(r)?.ToString("E", CultureInfo.InvariantCulture), ["firstMs"] = null,
    }.ToJsonString())]).ToJsonString();

    private static string Metadata(JsonNode record, HashSet<string> keys) => new JsonObject(
        (record["requestMetadata"]?.AsObject() ?? []).Where(m => keys.Contains(string.Concat(m.Key.Where(char.IsLetterOrDigit)).ToLowerInvariant())).OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => KeyValuePair.Create(m.Key, (JsonNode?)(string)m.Value!))).ToJsonString();

    private static string Answered(JsonNode record) => ((string)record["modelId"]!).Contains(":application-inference-profile/", StringComparison.Ordinal)
        ? (record["output"]?["outputBodyJson"] as JsonArray)?.Select(c => (string?)c?["message"]?["model"]).FirstOrDefault(m => m is not null) ?? "" : "";

    private static long Input(JsonNode r) => (long?)r["input"]?["inputTokenCount"] ?? 0;
    private static long Read(JsonNode r) => (long?)r["input"]?["cacheReadInputTokenCount"] ?? 0;
    private static long Write(JsonNode r) => (long?)r["input"]?["cacheWriteInputTokenCount"] ?? 0;
    private static long OneHour(JsonNode r) => r["output"]?["outputBodyJson"] is JsonObject body ? (long?)body["usage"]?["cache_creation"]?["ephemeral_1h_input_tokens"] ?? 0 : 0;
    private static long Output(JsonNode r) => (long?)r["output"]?["outputTokenCount"] ?? 0;
    private static long Prompt(JsonNode r) => Input(r) + Read(r) + Write(r);
    private static long Total(JsonNode r) => Prompt(r) + Output(r);
    private static double? Latency(JsonNode r) => r["output"]?["outputBodyJson"] is JsonObject body ? (double?)body["metrics"]?["latencyMs"] : null;
}
