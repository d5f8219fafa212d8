using System.Security.Cryptography;
using System.Text;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A data point of an OTLP metric, as sent.</summary>
/// <param name="Instrument">Name of the metric.</param>
/// <param name="IsCumulative">The value is a running total since <paramref name="StartUnixMs"/>.</param>
/// <param name="StartUnixMs">Milliseconds since 1970; 0 when not stated.</param>
/// <param name="Value">Sum of a histogram, value of a counter; never negative.</param>
/// <param name="Count">Observations of a histogram, else 0.</param>
public sealed record MeasuredPointRead(
    string Instrument, string Unit, SpanResource Resource, SpanScope Scope, SpanAttributes Attributes, bool IsCumulative,
    long StartUnixMs, long TimeUnixMs, double Value, long Count);

/// <summary>What a data point says of one measure, and of whom.</summary>
/// <param name="Hash">What makes it one series with others; begins with <see cref="MeasuredReader.Twins"/> of its name's age.</param>
/// <param name="Told">What old and coming names of one sender tell alike: the same usage under either name.</param>
/// <param name="IsComing">Told under a coming name.</param>
/// <param name="About">A call as it would be booked: its model, owners, account and region.</param>
internal sealed record MeasuredReading(
    string Hash, string Told, bool IsComing, Measure Measure, bool IsCumulative, bool IsError, Call About, long StartUnixMs, long TimeUnixMs, double Value, long Count);

/// <summary>
/// The GenAI metrics of the conventions (facts/otlp-genai.md §3–4): old and coming names to measures. Model and owners are read by
/// the same reader as those of spans, so that measured usage and recorded calls meet under the same names.
/// </summary>
public static class MeasuredReader
{
    private const string TokenUsage = "gen_ai.client.token.usage", TokenType = "gen_ai.token.type";

    // Half of a SHA-256 in hex: enough to tell series apart.
    private const int TwinLength = 32;

    private static readonly Dictionary<string, Measure?> Instruments = new(StringComparer.Ordinal)
    {
        [TokenUsage] = null,
        ["gen_ai.client.inference.usage.input_tokens"] = Measure.InputTokens,
        ["gen_ai.client.inference.usage.output_tokens"] = Measure.OutputTokens,
        ["gen_ai.client.inference.usage.cache_read.input_tokens"] = Measure.CacheReadTokens,
        ["gen_ai.client.inference.usage.cache_write.input_tokens"] = Measure.CacheWriteTokens,
        ["gen_ai.client.inference.usage.reasoning.output_tokens"] = Measure.ReasoningTokens,
        ["gen_ai.client.operation.duration"] = Measure.DurationMs,
        ["gen_ai.client.inference.duration"] = Measure.DurationMs,
    };

    /// <summary>Whether a metric of this name is read; all others are none of the portal's business.</summary>
    public static bool Knows(string instrument) => Instruments.ContainsKey(instrument);

    /// <summary>Whether a metric is one of the coming names, which some senders use beside the old ones of the same measures.</summary>
    internal static bool IsComing(string instrument) => instrument.StartsWith("gen_ai.client.inference.", StringComparison.Ordinal);

    /// <summary>What a point says: nothing (it is about agents, or counts what has no measure), one measure, or calls and their duration.</summary>
    internal static IReadOnlyList<MeasuredReading> Read(MeasuredPointRead point, OwnerKeys owners)
    {
        if (!Instruments.TryGetValue(point.Instrument, out var named) || About(point, owners) is not { } about) return [];
        var isError = point.Attributes.Text("error.type") is not null;
        MeasuredReading Of(Measure measure, double value)
        {
            var (told, isComing) = (Told(point, about, measure, isError), IsComing(point.Instrument));
            var hash = Twins(told, isComing) + Hash(point, measure)[..TwinLength];
            return new(hash, told, isComing, measure, point.IsCumulative, isError, about, point.StartUnixMs, point.TimeUnixMs, Stepped(value), point.Count);
        }
        if (named == Measure.DurationMs)
            return point.Count == 0 && point.Value > 0 ? [] : [Of(Measure.Calls, point.Count), Of(Measure.DurationMs, point.Value * (point.Unit == "ms" ? 1 : 1000))];
        var measure = named ?? ByType(point.Attributes.Text(TokenType));
        if (measure == Measure.InputTokens && LeavesCacheOut(point)) measure = Measure.UncachedInputTokens;
        return measure is { } known ? [Of(known, point.Value)] : [];
    }

    private static Measure? ByType(string? type) => type?.ToLowerInvariant() switch
    {
        "input" or "prompt" => Measure.InputTokens,
        "output" or "completion" => Measure.OutputTokens,
        "cache_read" or "input_cache_read" or "cached_input" => Measure.CacheReadTokens,
        "cache_write" or "cache_creation" or "input_cache_write" => Measure.CacheWriteTokens,
        "reasoning" or "output_reasoning" => Measure.ReasoningTokens,
        _ => null,
    };

    private static bool LeavesCacheOut(MeasuredPointRead point) =>
        SenderTable.Find(point.Scope.Name, point.Scope.Version, point.Resource.Attributes.Text("telemetry.sdk.language"), "")?.Convention == CacheConvention.Outside;

    // Read as the span it would be; usage makes it a call unless the operation says that it is an agent's or a tool's.
    private static Call? About(MeasuredPointRead point, OwnerKeys owners)
    {
        var attributes = new SpanAttributes([.. point.Attributes.Items.Where(a => a.Key != TokenType), new("gen_ai.usage.output_tokens", 1L)]);
        var span = new Span
        {
            TraceId = default, SpanId = new SpanId(1), Name = "", StartUnixNs = point.TimeUnixMs * 1_000_000, EndUnixNs = point.TimeUnixMs * 1_000_000,
            Attributes = attributes, Resource = point.Resource, Scope = point.Scope, Doors = Doors.None,
        };
        return TraceReader.Read([span], owners).Calls is [var call] ? call : null;
    }

    // Steps of 2^-10 (exact for whole numbers): sums of them are exact in a double, so what is taken out leaves no dust.
    private static double Stepped(double value) => Math.Round(value * 1024) / 1024;

    /// <summary>How the hash of every series begins that tells of the same usage under a name of this age.</summary>
    internal static string Twins(string told, bool isComing) => told + (isComing ? "c" : "b");

    private static string Hash(MeasuredPointRead point, Measure measure) =>
        Hash($"{Sorted(point.Resource.Attributes)}\n{point.Scope.Name}\n{point.Scope.Version}\n{point.Instrument}\n{point.Unit}\n{measure}{(point.IsCumulative ? "+" : "")}\n{Sorted(point.Attributes)}\n");

    private static string Told(MeasuredPointRead point, Call about, Measure measure, bool isError) =>
        Hash($"{Sorted(point.Resource.Attributes)}\n{point.Scope.Name}\n{about.Model.Canonical}\n{about.Operation}\n{measure}{(isError ? "!" : "")}")[..TwinLength];

    // Exporters may order attributes as they like.
    private static string Sorted(SpanAttributes attributes) => new SpanAttributes([.. attributes.Items.OrderBy(a => a.Key, StringComparer.Ordinal)]).ToJson();

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
