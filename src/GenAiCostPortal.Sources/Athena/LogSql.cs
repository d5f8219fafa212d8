using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Sources.InvocationLogs;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// The query that sums invocation logs to the ledger's grain where they lie: hour, account, region, model, owners, tier, how the call
/// ended. One pass over the records also picks the dearest and longest of each group. What it reads of a record, and in which order,
/// is what <see cref="LogRecordReader"/> reads (facts/bedrock-invocation-logs.md §2). Names of tables are checked at start; metadata
/// keys are letters and digits only.
/// </summary>
internal sealed class LogSql(OwnerKeys owners)
{
    /// <summary>Objects arrive late: so many hours' folders behind the asked ones are scanned too.</summary>
    public const int LateHours = 2;

    /// <summary>Columns of the answer.</summary>
    public static readonly string[] Columns =
    [
        "hour", "account", "region", "model", "answered", "error", "tier", "latency_mode", "metadata", "principal", "is_counted", "band",
        "calls", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "top_prompt", "dearest", "longest",
    ];

    private const int Keys = 12;
    private const string MostTokens = "10000000000";

    /// <summary>Prompts beyond which some model costs more, smallest first.</summary>
    private static readonly int[] Bands = [.. PriceBookReader.LongBandStarts().Values.Distinct().Order()];

    /// <summary>The text for the calls made from an hour to an hour (exclusive).</summary>
    public string Of(string database, string table, DateTime from, DateTime to) => $"""
        WITH lines AS (
          SELECT try(json_parse("{LogTable.Record}")) AS j
          FROM "{database}"."{table}"
          WHERE "{LogTable.Hour}" >= '{LogTable.Folder(from)}' AND "{LogTable.Hour}" < '{LogTable.Folder(to.AddHours(LateHours))}'
            AND "$path" NOT LIKE '%/data/%'
        ),
        parts AS (
          SELECT j, try(from_iso8601_timestamp({Text("$.timestamp")})) AS made_at,
            coalesce(try(CAST(json_extract(j, '$.output.outputBodyJson') AS array(json))), ARRAY[json_extract(j, '$.output.outputBodyJson')]) AS body,
            coalesce({Word("$.errorCode")}, CASE WHEN try_cast({Text("$.status")} AS integer) >= 400 THEN {Text("$.status")} WHEN regexp_like(lower({Text("$.status")}), '^(fail|err)') THEN 'error' END, '') AS error
          FROM lines
          WHERE {Word("$.modelId")} IS NOT NULL
        ),
        counted AS (
          SELECT made_at, {Word("$.requestId")} AS request_id, coalesce({Text("$.accountId")}, '') AS account, coalesce({Text("$.region")}, '') AS region, {Text("$.modelId")} AS model,
            coalesce(CASE WHEN {Text("$.modelId")} LIKE '%:application-inference-profile/%' THEN {First("$.message.model", "$.model")} END, '') AS answered, error,
            coalesce({Word("$.serviceTier")}, {Word("$.serviceTier.type")}, {First("$.serviceTier.type", "$.serviceTier", "$.message.serviceTier.type", "$.metadata.serviceTier.type")}, {Word("$.input.inputBodyJson.serviceTier")}, {Word("$.input.inputBodyJson.serviceTier.type")}, '') AS tier,
            coalesce({Word("$.performanceConfig")}, {Word("$.performanceConfig.latency")}, {First("$.performanceConfig.latency", "$.metadata.performanceConfig.latency")}, {Word("$.input.inputBodyJson.performanceConfig.latency")}, '') AS latency_mode,
            {Metadata()} AS metadata,
            coalesce({Text("$.identity.arn")}, {Text("$.identity.arn[0]")}, '') AS caller, coalesce({Text("$.operation")}, '') AS operation,
            {Tokens("$.input.inputTokenCount", "inputTokens", "input_tokens", "inputTokenCount")} AS input,
            {Tokens("$.output.outputTokenCount", "outputTokens", "output_tokens", "outputTokenCount")} AS output,
            {Tokens("$.input.cacheReadInputTokenCount", "cacheReadInputTokens", "cache_read_input_tokens", "cacheReadInputTokenCount")} AS cache_read,
            {Tokens("$.input.cacheWriteInputTokenCount", "cacheWriteInputTokens", "cache_creation_input_tokens", "cacheWriteInputTokenCount")} AS cache_write,
            {Lifetime("5m")} AS write_5m,
            {Lifetime("1h")} AS write_1h,
            {Largest("double", "$.metrics.latencyMs", "$.metadata.metrics.latencyMs", "$.message.metrics.latencyMs", "$[\"amazon-bedrock-invocationMetrics\"].invocationLatency")} AS latency_ms,
            {Largest("double", "$[\"amazon-bedrock-invocationMetrics\"].firstByteLatency")} AS first_ms
          FROM parts
          WHERE made_at >= {Time(from)} AND made_at < {Time(to)}
        ),
        once AS (
          SELECT *, row_number() OVER (PARTITION BY request_id ORDER BY made_at) AS delivery,
            {Possible("input", "output", "cache_read", "cache_write", "write_5m", "write_1h")} AS is_counted,
            greatest(coalesce(cache_write, 0), coalesce(write_5m, 0) + coalesce(write_1h, 0)) AS written
          FROM counted
        ),
        calls AS (
          SELECT *, coalesce(input, 0) + coalesce(cache_read, 0) + written AS prompt,
            coalesce(input, 0) + 0.1 * coalesce(cache_read, 0) + 1.25 * written + 5 * coalesce(output, 0) AS weight,
            json_format(CAST(MAP(ARRAY['id', 'at', 'caller', 'operation', 'input', 'cacheRead', 'cacheWrite', 'write1h', 'output', 'latencyMs', 'firstMs'],
              ARRAY[request_id, to_iso8601(made_at), caller, operation, CAST(coalesce(input, 0) AS varchar), CAST(coalesce(cache_read, 0) AS varchar), CAST(written AS varchar),
                CAST(coalesce(write_1h, 0) AS varchar), CAST(coalesce(output, 0) AS varchar), CAST(latency_ms AS varchar), CAST(first_ms AS varchar)]) AS JSON)) AS pick
          FROM once
          WHERE request_id IS NULL OR delivery = 1
        )
        SELECT substr(to_iso8601(made_at AT TIME ZONE 'UTC'), 1, 13) AS "hour", account AS "account", region AS "region", model AS "model", answered AS "answered", error AS "error", tier AS "tier",
          latency_mode AS "latency_mode", metadata AS "metadata", {(NeedsCaller ? "caller" : "''")} AS "principal", is_counted AS "is_counted", {Band()} AS "band",
          count(*) AS "calls", {Sum("coalesce(input, 0)")} AS "input", {Sum("coalesce(cache_read, 0)")} AS "cache_read", {Sum("written - coalesce(write_1h, 0)")} AS "cache_write_5m",
          {Sum("coalesce(write_1h, 0)")} AS "cache_write_1h", {Sum("coalesce(output, 0)")} AS "output", max(prompt) FILTER (WHERE is_counted) AS "top_prompt",
          json_format(CAST(max_by(pick, weight, {LogPicks.Dearest}) FILTER (WHERE is_counted AND request_id IS NOT NULL) AS JSON)) AS "dearest",
          json_format(CAST(max_by(pick, latency_ms, {LogPicks.Longest}) FILTER (WHERE is_counted AND request_id IS NOT NULL AND latency_ms IS NOT NULL) AS JSON)) AS "longest"
        FROM calls
        GROUP BY {string.Join(", ", Enumerable.Range(1, Keys))}
        """;

    // Who called is told apart only where it names an owner: with it every session would be a row of its own.
    private bool NeedsCaller => owners.FeatureAttributes.Concat(owners.TeamAttributes).Concat(owners.ApplicationAttributes).Concat(owners.EnvironmentAttributes).Contains("aws.iam.principal");

    private string Metadata()
    {
        var keys = new MetadataOwners(owners).Keys.Order(StringComparer.Ordinal).Select(k => $"'{k}'");
        return $$"""coalesce(json_format(CAST(map_filter(try(CAST(json_extract(j, '$.requestMetadata') AS map(varchar, varchar))), (k, v) -> regexp_replace(lower(k), '[^\p{L}\p{Nd}]', '') IN ({{string.Join(", ", keys)}})) AS JSON)), '{}')""";
    }

    private static string Band() => "CASE " + string.Concat(Bands.Select((start, i) => (start, i)).Reverse().Select(b => string.Create(CultureInfo.InvariantCulture, $"WHEN prompt > {b.start} THEN {b.i + 1} "))) + "ELSE 0 END";

    private static string Time(DateTime at) => $"from_iso8601_timestamp('{at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}')";

    private static string Text(string path) => $"json_extract_scalar(j, '{path}')";

    private static string Word(string path) => $"nullif({Text(path)}, '')";

    private static string Sum(string of) => $"coalesce(sum({of}) FILTER (WHERE is_counted), 0)";

    // The first chunk of the answer that has it.
    private static string First(params string[] paths) =>
        $"element_at(filter(flatten(transform(body, p -> ARRAY[{string.Join(", ", paths.Select(path => $"json_extract_scalar(p, '{path}')"))}])), t -> t <> ''), 1)";

    // Counts of chunks grow: the largest is the last word.
    private static string Largest(string type, params string[] paths) =>
        $"array_max(filter(flatten(transform(body, p -> ARRAY[{string.Join(", ", paths.Select(path => $"try_cast(json_extract_scalar(p, '{path}') AS {type})"))}])), n -> n IS NOT NULL))";

    // What the record counts itself; else, of a call that did not fail, what the answer's body says.
    private static string Tokens(string path, string converse, string messages, string metrics)
    {
        string[] paths = [.. ((string[])["$.usage", "$.message.usage", "$.metadata.usage"]).SelectMany(u => new[] { $"{u}.{converse}", $"{u}.{messages}" }), $"$[\"amazon-bedrock-invocationMetrics\"].{metrics}"];
        return $"coalesce(try_cast({Text(path)} AS bigint), CASE WHEN error = '' THEN {Largest("bigint", paths)} END)";
    }

    private static string Lifetime(string time) =>
        $"greatest(coalesce({Largest("bigint", [.. ((string[])["$.usage", "$.message.usage", "$.metadata.usage"]).Select(u => $"{u}.cache_creation.ephemeral_{time}_input_tokens")])}, 0), "
        + $"array_max(transform(body, p -> coalesce(reduce(filter(try(CAST(coalesce(json_extract(p, '$.usage.cacheDetails'), json_extract(p, '$.message.usage.cacheDetails'), json_extract(p, '$.metadata.usage.cacheDetails')) AS array(json))), d -> json_extract_scalar(d, '$.ttl') = '{time}'), CAST(0 AS bigint), (s, d) -> s + coalesce(try_cast(json_extract_scalar(d, '$.inputTokens') AS bigint), 0), s -> s), 0))))";

    // Without a count, or with an impossible one, the tokens of a call are not known, which is not zero.
    private static string Possible(params string[] counts) =>
        $"{string.Join(" AND ", counts.Select(c => $"coalesce({c}, 0) BETWEEN 0 AND {MostTokens}"))} AND {string.Join(" + ", counts.Select(c => $"coalesce({c}, 0)"))} > 0";
}
