using System.Text.Json;
using System.Text.RegularExpressions;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Bodies captured from real SDKs (Data/otlp), as they were sent and in the other wire forms.</summary>
internal static partial class CapturedBody
{
    /// <summary>The bodies were captured on 21 November 2026.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "otlp");

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    public static JsonDocument Expected() => JsonDocument.Parse(Bytes("expected.json"));

    public static OtlpSignal Signal(string file) =>
        file.Contains(".metrics.", StringComparison.Ordinal) ? OtlpSignal.Metrics : file.Contains(".logs.", StringComparison.Ordinal) ? OtlpSignal.Logs : OtlpSignal.Traces;

    /// <summary>A captured JSON body as protobuf, made by Google's own JSON reader and not by the portal's.</summary>
    public static byte[] ToProtobuf(string file)
    {
        // Ids are hex in OTLP's JSON, and base64 in protobuf's.
        var json = Ids().Replace(File.ReadAllText(Path.Combine(Folder, file)), id => $"\"{id.Groups[1].Value}\":\"{Convert.ToBase64String(Convert.FromHexString(id.Groups[2].Value))}\"");
        var parser = new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
        IMessage message = Signal(file) switch
        {
            OtlpSignal.Metrics => parser.Parse<ExportMetricsServiceRequest>(json),
            OtlpSignal.Logs => parser.Parse<ExportLogsServiceRequest>(json),
            _ => parser.Parse<ExportTraceServiceRequest>(json),
        };
        return message.ToByteArray();
    }

    [GeneratedRegex("\"(traceId|spanId|parentSpanId)\":\"([0-9a-fA-F]+)\"")]
    private static partial Regex Ids();
}
