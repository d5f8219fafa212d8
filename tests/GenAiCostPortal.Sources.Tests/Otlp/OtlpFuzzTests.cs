using System.Globalization;
using System.Text;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Damaged bodies, made from captured ones with fixed seeds: whatever comes, the decoder answers with items or with "not OTLP", and
/// what it answers can be read. 200,000 in all.
/// </summary>
public sealed class OtlpFuzzTests
{
    private static readonly OtlpDecoder Decoder = new(new OtlpOptions(), new TestClock(CapturedBody.Now), PromptHashKey.Random());
    private static readonly OwnerKeys Owners = new();
    // Only what needs no store is used of it.
    private static readonly MeasureWriter Measures = new(new StoreOptions(), new WriteGate(), new Dimensions(null!), Owners, new LedgerChanges(), TimeProvider.System);
    private static readonly string[] OddNumbers = ["-1", "0", "1e400", "-0.0", "18446744073709551616", "9223372036854775808", "\"NaN\"", "\"\"", "null", "true", "[]", "{}", "[[[[]]]]", "0.1"];
    private static readonly string[] OddTexts = ["\\ud800", "\\u0000", "\\\\", "\\n", "portal.", "gen_ai.", "input", "é", "\\\"", "00000000000000000000000000000000"];

    public static TheoryData<OtlpSignal, bool, int> Kinds => new()
    {
        { OtlpSignal.Traces, false, 90_000 }, { OtlpSignal.Traces, true, 30_000 },
        { OtlpSignal.Logs, false, 20_000 }, { OtlpSignal.Logs, true, 20_000 },
        { OtlpSignal.Metrics, false, 20_000 }, { OtlpSignal.Metrics, true, 20_000 },
    };

    [Fact]
    public void There_are_200_000_of_them() => Assert.Equal(200_000, Kinds.Sum(row => (int)row[2]));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_body_is_read_or_refused(OtlpSignal signal, bool isJson, int bodies)
    {
        var whole = Whole(signal, isJson);
        int read = 0, refused = 0;
        Parallel.For(0, bodies, seed =>
        {
            var random = new Random(seed * 31 + (int)signal * 7 + (isJson ? 1 : 0));
            var body = Damage(whole[random.Next(whole.Count)], whole, random, isJson);
            try
            {
                Decode(signal, body, isJson);
                Interlocked.Increment(ref read);
            }
            catch (OtlpFormatException)
            {
                Interlocked.Increment(ref refused);
            }
            catch (Exception e)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{signal} {(isJson ? "json" : "protobuf")} seed {seed}: {e}"));
            }
        });
        Assert.Equal(bodies, read + refused);
        // Both ends are really exercised.
        Assert.True(read > bodies / 50 && refused > bodies / 50, $"{read} read, {refused} refused");
    }

    private static void Decode(OtlpSignal signal, byte[] body, bool isJson)
    {
        switch (signal)
        {
            case OtlpSignal.Metrics:
                var decoded = Decoder.DecodeMetrics(body, isJson);
                if (decoded.Points.Any(p => p.TimeUnixMs <= 0 || !(p.Value >= 0))) throw new InvalidDataException("A point that cannot be.");
                Measures.Prepare(decoded.Points);
                break;
            case OtlpSignal.Logs: Read(Decoder.DecodeLogs(body, isJson)); break;
            default: Read(Decoder.DecodeTraces(body, isJson)); break;
        }
    }

    // As the intake does with what was decoded: an exception here would be the sender's 500.
    private static void Read(DecodedSpans decoded)
    {
        foreach (var trace in decoded.Spans.GroupBy(s => s.TraceId)) TraceReader.Read([.. trace], Owners);
        foreach (var span in decoded.Spans) span.Attributes.ToUtf8();
    }

    private static List<byte[]> Whole(OtlpSignal signal, bool isJson)
    {
        var files = Directory.GetFiles(CapturedBody.Folder).Select(f => Path.GetFileName(f)!).Where(f => f != "expected.json" && CapturedBody.Signal(f) == signal).Order(StringComparer.Ordinal);
        var json = files.Where(f => f.EndsWith(".json", StringComparison.Ordinal)).ToList();
        var bodies = isJson ? json.Select(CapturedBody.Bytes)
            : json.Select(CapturedBody.ToProtobuf).Concat(files.Where(f => f.EndsWith(".pb", StringComparison.Ordinal)).Select(CapturedBody.Bytes));
        // Small ones: a damaged byte is then likelier to matter.
        return [.. bodies.Where(b => b.Length < 12_000)];
    }

    private static byte[] Damage(byte[] body, List<byte[]> others, Random random, bool isJson)
    {
        for (var times = random.Next(1, 4); times > 0; times--)
            body = isJson && random.Next(2) == 0 ? Reword(body, random) : Break(body, others[random.Next(others.Count)], random);
        return body;
    }

    private static byte[] Break(byte[] body, byte[] other, Random random)
    {
        if (body.Length == 0) return other;
        var at = random.Next(body.Length);
        switch (random.Next(6))
        {
            case 0:
                var flipped = (byte[])body.Clone();
                for (var i = random.Next(1, 5); i > 0; i--) flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1: return body[..at];
            case 2: return [.. body[..at], .. other[random.Next(other.Length)..]];
            case 3: return [.. body[..at], .. body[Math.Min(body.Length, at + random.Next(1, 40))..]];
            case 4:
                var from = random.Next(other.Length);
                return [.. body[..at], .. other[from..Math.Min(other.Length, from + random.Next(1, 200))], .. body[at..]];
            default:
                var set = (byte[])body.Clone();
                set[at] = (byte)(random.Next(4) switch { 0 => 0xFF, 1 => 0x00, 2 => 0x80, _ => 0x7F });
                return set;
        }
    }

    // A value becomes another kind of value, a text gets what texts should not hold: the JSON stays JSON more often than not.
    private static byte[] Reword(byte[] body, Random random)
    {
        var text = Encoding.UTF8.GetString(body);
        var at = random.Next(text.Length + 1);
        if (random.Next(2) == 0)
        {
            var quote = text.IndexOf('"', Math.Min(at, text.Length));
            return quote < 0 ? body : Encoding.UTF8.GetBytes(text.Insert(quote + 1, OddTexts[random.Next(OddTexts.Length)]));
        }
        var colon = text.IndexOf(':', Math.Min(at, text.Length));
        if (colon < 0) return body;
        var end = text.AsSpan(colon + 1).IndexOfAny(",}]");
        return end < 0 ? body : Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, colon + 1), OddNumbers[random.Next(OddNumbers.Length)], text.AsSpan(colon + 1 + end)));
    }
}
