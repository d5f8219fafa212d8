using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class TokenReadingTests
{
    private static TokenReading Of(SentCounts sent, string scope = "", string version = "", string? language = null, string provider = "", string name = "") =>
        TokenReading.Of(sent, SenderTable.Find(scope, version, language, name), provider);

    [Fact]
    public void What_is_certain_comes_before_the_table()
    {
        // The table says inside, but 210 cannot hold 2,560.
        var reading = Of(new() { Input = 210, Output = 33, CacheRead = 2048, CacheWrite = 512 }, "openinference.instrumentation.anthropic", language: "python");
        Assert.Equal(new TokenCounts(210, 2048, 512, 0, 0, 33), reading.Counts);
        Assert.Contains("certain", reading.Text, StringComparison.Ordinal);
        Assert.Equal(CallFlags.None, reading.Flags);
    }

    [Fact]
    public void The_table_comes_before_total_and_spelling()
    {
        // Spelled outside, and a total that would fit outside; Python OpenLLMetry Anthropic counts inside.
        var sent = new SentCounts { Input = 1000, Output = 50, CacheRead = 400, SpelledOutside = true };
        Assert.Equal(new TokenCounts(600, 400, 0, 0, 0, 50), Of(sent, "opentelemetry.instrumentation.anthropic", "0.50.1", "python").Counts);
        var exclusive = Of(new() { Input = 1000, Output = 50, CacheRead = 400, Total = 1050 }, "opentelemetry.instrumentation.bedrock", "0.50.1", "python");
        Assert.Equal(new TokenCounts(1000, 400, 0, 0, 0, 50), exclusive.Counts);
        Assert.Equal(CallFlags.None, exclusive.Flags);
    }

    [Theory]
    [InlineData("0.27.0", null, 1000)]
    [InlineData("0.27.9", "nodejs", 1000)]
    // Other versions and languages are not in the table: the dotted spelling says inside.
    [InlineData("0.26.9", "nodejs", 600)]
    [InlineData("0.28.0", "nodejs", 600)]
    [InlineData("0.27.0", "python", 600)]
    public void The_table_holds_for_its_versions_and_language(string version, string? language, long uncached)
    {
        var reading = Of(new() { Input = 1000, Output = 50, CacheRead = 400 }, "@traceloop/instrumentation-anthropic", version, language);
        Assert.Equal(uncached, reading.Input);
        Assert.Equal(uncached == 600, reading.Flags.HasFlag(CallFlags.Assumed));
    }

    [Fact]
    public void One_scope_may_hold_two_senders()
    {
        var sent = new SentCounts { Input = 1000, Output = 50, CacheRead = 400 };
        Assert.Equal(600, Of(sent, "openinference.instrumentation.bedrock", name: "bedrock.invoke_model").Input);
        Assert.Equal(1000, Of(sent, "openinference.instrumentation.bedrock", name: "bedrock.converse").Input);
    }

    [Fact]
    public void A_total_that_needs_the_cache_shows_it_is_outside()
    {
        var reading = Of(new() { Input = 1000, Output = 50, CacheRead = 400, Total = 1450 });
        Assert.Equal(new TokenCounts(1000, 400, 0, 0, 0, 50), reading.Counts);
        Assert.Equal(CallFlags.None, reading.Flags);
    }

    [Fact]
    public void A_total_that_a_sender_may_have_added_itself_is_believed_only_with_the_spelling()
    {
        Assert.Equal(CallFlags.None, Of(new() { Input = 1000, Output = 50, CacheRead = 400, Total = 1050 }).Flags);
        var doubtful = Of(new() { Input = 1000, Output = 50, CacheRead = 400, Total = 1050, SpelledOutside = true });
        Assert.Equal(600, doubtful.Input);
        Assert.Equal(CallFlags.Assumed, doubtful.Flags);
    }

    [Theory]
    [InlineData(false, 600)]
    [InlineData(true, 1000)]
    public void Spelling_alone_is_marked_as_assumed(bool outside, long uncached)
    {
        var reading = Of(new() { Input = 1000, Output = 50, CacheRead = 400, SpelledOutside = outside });
        Assert.Equal(uncached, reading.Input);
        Assert.Equal(CallFlags.Assumed, reading.Flags);
    }

    [Fact]
    public void A_total_that_nothing_fits_is_flagged_with_the_missing_amount()
    {
        var reading = Of(new() { Input = 100, Output = 50, Total = 190 });
        Assert.Equal(new TokenCounts(100, 0, 0, 0, 0, 50), reading.Counts);
        Assert.Equal(CallFlags.TokensInconsistent, reading.Flags);
        Assert.Contains("by 40", reading.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cache_writes_keep_the_lifetime_that_was_named()
    {
        var reading = Of(new() { Input = 10, Output = 1, CacheWrite = 500, CacheWrite5m = 200, CacheWrite1h = 300 });
        Assert.Equal(new TokenCounts(10, 0, 200, 0, 300, 1), reading.Counts);
        // Only the hour's part named: the rest is five minutes, as nothing else was said.
        Assert.Equal(new TokenCounts(10, 0, 200, 0, 300, 1), Of(new() { Input = 10, Output = 1, CacheWrite = 500, CacheWrite1h = 300 }).Counts);
        Assert.Equal(new TokenCounts(10, 0, 0, 0, 300, 1), Of(new() { Input = 10, Output = 1, CacheWrite1h = 300 }).Counts);
    }

    [Fact]
    public void Reasoning_counted_beside_the_output_is_added()
    {
        var reading = Of(new() { Input = 100, Output = 10, Reasoning = 90, Total = 200 }, provider: "gcp.vertex_ai");
        Assert.Equal(new TokenCounts(100, 0, 0, 0, 0, 100, 90), reading.Counts);
        Assert.Equal(new TokenCounts(100, 0, 0, 0, 0, 57, 20), Of(new() { Input = 100, Output = 57, Reasoning = 20, Total = 157 }).Counts);
        Assert.Equal(CallFlags.TokensInconsistent, Of(new() { Input = 100, Output = 10, Reasoning = 90 }).Flags);
    }

    [Fact]
    public void Nothing_and_zeros_are_unknown_not_zero()
    {
        Assert.True(Of(new()).IsUnknown);
        Assert.True(Of(new() { Input = 0, Output = 0 }).IsUnknown);
        Assert.False(Of(new() { Input = 9, Output = 0 }).IsUnknown);
    }

    [Fact]
    public void Impossible_counts_are_left_out_and_flagged()
    {
        var call = SpanMaker.Read(SpanMaker.Chat(1, 0, 0, 10, input: -5, output: long.MaxValue, read: 7)).Calls.Single();
        Assert.Equal(new TokenCounts(0, 7, 0, 0, 0, 0), call.Tokens);
        Assert.True(call.Flags.HasFlag(CallFlags.TokensInconsistent));
        Assert.Contains("-5", call.Reading, StringComparison.Ordinal);
        Assert.Contains("9223372036854775807", call.Reading, StringComparison.Ordinal);
        var unknown = SpanMaker.Read(SpanMaker.Chat(1, 0, 0, 10, input: -5, output: -1)).Calls.Single();
        Assert.Equal(TokenState.Unknown, unknown.TokenState);
        Assert.True(unknown.Flags.HasFlag(CallFlags.TokensInconsistent));
    }

    [Fact]
    public void The_kinds_add_up_to_what_was_sent_under_the_convention_and_are_never_negative()
    {
        var count = Gen.OneOf(Gen.Constant((long?)null), Gen.Choose(0, 3000).Select(n => (long?)n));
        var sent = from input in count
                   from output in count
                   from read in count
                   from write in count
                   from total in count
                   from reasoning in count
                   from outside in Gen.Elements(true, false)
                   select new SentCounts
                   {
                       Input = input, Output = output, CacheRead = read, CacheWrite = write, Total = total, Reasoning = reasoning, SpelledOutside = outside,
                   };
        Prop.ForAll(sent.ToArbitrary(), s =>
        {
            var reading = Of(s);
            var counts = reading.Counts;
            Assert.All(TokenCounts.Kinds, kind => Assert.True(counts[kind] >= 0));
            Assert.InRange(counts.Reasoning, 0, Math.Max(counts.Output, 0));
            if (reading.IsUnknown) return;
            var caches = (s.CacheRead ?? 0) + (s.CacheWrite ?? 0);
            Assert.Equal(reading.Convention == CacheConvention.Inside ? s.Input ?? 0 : (s.Input ?? 0) + caches, counts.Prompt);
            if (!reading.Text.Contains("added", StringComparison.Ordinal) && s.Output is { } output) Assert.Equal(output, counts.Output);
        }).Holds();
    }

    [Fact]
    public void Versions_compare_number_by_number()
    {
        Assert.True(SenderTable.Compare("0.9.0", "0.27") < 0);
        Assert.True(SenderTable.Compare("0.27.0-beta.1", "0.27") >= 0);
        Assert.Equal(0, SenderTable.Compare("1.12", "1.12.0"));
        Assert.True(SenderTable.Compare("", "0.1") < 0);
    }
}
