using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Records in the shape of the public samples; the two of <c>Data/invocation-logs/records.jsonl</c> among them.</summary>
internal static class MadeRecord
{
    public const string Account = "111122223333";

    /// <summary>The sample records: Anthropic stream through an application inference profile with a cache write; Converse stream.</summary>
    public static string[] Samples => [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "invocation-logs", "records.jsonl")).Where(l => l.Length > 0)];

    /// <summary>A Converse record; <paramref name="also"/> changes what differs.</summary>
    public static string Line(DateTime at, string requestId, long input = 100, long output = 10, Action<JsonObject>? also = null)
    {
        var record = new JsonObject
        {
            ["schemaType"] = "ModelInvocationLog", ["schemaVersion"] = "1.0", ["timestamp"] = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["accountId"] = Account, ["region"] = "us-east-1", ["requestId"] = requestId, ["operation"] = "Converse", ["modelId"] = "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ["identity"] = new JsonObject { ["arn"] = $"arn:aws:sts::{Account}:assumed-role/support-bot-task/ecs-1" },
            ["input"] = new JsonObject { ["inputContentType"] = "application/json", ["inputTokenCount"] = input },
            ["output"] = new JsonObject { ["outputContentType"] = "application/json", ["outputTokenCount"] = output },
        };
        also?.Invoke(record);
        return record.ToJsonString();
    }

    public static byte[] Gzip(params string[] lines)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        return packed.ToArray();
    }

    /// <summary>Key as Bedrock makes it.</summary>
    public static string Key(DateTime hour, string file, string region = "us-east-1", string prefix = "") =>
        $"{prefix}AWSLogs/{Account}/BedrockModelInvocationLogs/{region}/{hour.ToString("yyyy'/'MM'/'dd'/'HH", CultureInfo.InvariantCulture)}/{file}.json.gz";
}
