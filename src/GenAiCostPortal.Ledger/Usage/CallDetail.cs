using System.Buffers;
using System.Text.Json;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What is kept of a call for people to read, beside its numbers: <see cref="CallRow.Detail"/>.</summary>
/// <param name="Sender">Instrumentation scope and version.</param>
/// <param name="Reading">How the counts were understood, in words.</param>
/// <param name="Operation"><c>chat</c>, <c>embeddings</c> …; empty when not sent.</param>
/// <param name="Service">OTel <c>service.name</c>.</param>
/// <param name="SenderReportedCostUsd">Cost the sender itself reported, USD; shown, never used.</param>
/// <param name="PromptHash">Keyed hash of the prompt; null when none was sent.</param>
/// <param name="HiddenRetries">Attempts an SDK made inside the call beyond the first.</param>
public sealed record CallDetail(
    string Sender = "", string Reading = "", string Operation = "", string Service = "", decimal? SenderReportedCostUsd = null,
    long? PromptHash = null, int HiddenRetries = 0)
{
    [ThreadStatic] private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>One compact JSON object; what is empty is left out.</summary>
    public string ToJson()
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(256);
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            if (Sender.Length > 0) json.WriteString("sender"u8, Sender);
            if (Reading.Length > 0) json.WriteString("reading"u8, Reading);
            if (Operation.Length > 0) json.WriteString("operation"u8, Operation);
            if (Service.Length > 0) json.WriteString("service"u8, Service);
            if (SenderReportedCostUsd is { } usd) json.WriteNumber("reportedCostUsd"u8, usd);
            if (PromptHash is { } hash) json.WriteNumber("promptHash"u8, hash);
            if (HiddenRetries > 0) json.WriteNumber("hiddenRetries"u8, HiddenRetries);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static CallDetail FromJson(string? text)
    {
        if (string.IsNullOrEmpty(text) || text == "{}") return new CallDetail();
        using var json = JsonDocument.Parse(text);
        var all = json.RootElement;
        string Word(string name) => all.TryGetProperty(name, out var v) ? v.GetString() ?? "" : "";
        return new CallDetail(
            Word("sender"), Word("reading"), Word("operation"), Word("service"),
            all.TryGetProperty("reportedCostUsd", out var usd) ? usd.GetDecimal() : null,
            all.TryGetProperty("promptHash", out var hash) ? hash.GetInt64() : null,
            all.TryGetProperty("hiddenRetries", out var retries) ? retries.GetInt32() : 0);
    }
}
