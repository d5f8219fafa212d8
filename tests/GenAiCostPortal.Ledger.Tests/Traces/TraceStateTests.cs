using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>
/// The trace state as OpenTelemetry specifies it ("TraceState: Probability Sampling", "TraceState Handling", and for p and r the
/// experimental specification before). Kept parts are 2^56 − threshold, by hand.
/// </summary>
public sealed class TraceStateTests
{
    [Theory]
    // 8 and thirteen zeros reject half.
    [InlineData("ot=th:8", 1L << 55)]
    // c rejects three quarters.
    [InlineData("ot=th:c", 1L << 54)]
    [InlineData("ot=th:c000", 1L << 54)]
    // The specification's example of 1 %: 0xfd70a400000000 is rejected; 2^56 = 0x100000000000000.
    [InlineData("ot=th:fd70a4", 0x28F5C00000000)]
    [InlineData("ot=th:FD70A4", 0x28F5C00000000)]
    [InlineData("ot=rv:ffffffffffffff;th:c", 1L << 54)]
    [InlineData("vendor=x:1;y:2, ot=foo:bar;th:8;k1:13\t,other=th:c", 1L << 55)]
    // Randomness equal to the threshold is kept; what is no randomness does not matter.
    [InlineData("ot=th:c;rv:c0000000000000", 1L << 54)]
    [InlineData("ot=th:c;rv:7", 1L << 54)]
    // The threshold goes before the older p.
    [InlineData("ot=p:3;th:8", 1L << 55)]
    // Older: 2^-p, decimal.
    [InlineData("ot=r:3;p:2", 1L << 54)]
    [InlineData("ot=p:8;r:62", 1L << 48)]
    [InlineData("ot=p:20", 1L << 36)]
    public void What_a_sender_says_is_read(string traceState, long kept)
    {
        Assert.Equal(kept, TraceState.ShareOf(traceState)!.Value.KeptOf2Pow56);
        Assert.Equal(kept / 72057594037927936.0, TraceState.ShareOf(traceState)!.Value.Probability);
    }

    [Theory]
    [InlineData("ot=th:0")]
    [InlineData("ot=th:00000000000000;rv:00000000000000")]
    [InlineData("ot=p:0")]
    public void A_sender_that_keeps_all_says_so(string traceState)
    {
        var share = TraceState.ShareOf(traceState);
        Assert.Equal((SampledShare.None, 1.0, 0L), (share!.Value, share.Value.Probability, share.Value.Unrecorded(1_000)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vendor=th:8")]
    [InlineData("tenant@ot=th:8")]
    [InlineData("ot=")]
    [InlineData("ot=th:")]
    [InlineData("ot=th")]
    [InlineData("ot=th:g")]
    [InlineData("ot=th:-8")]
    [InlineData("ot=th: 8")]
    [InlineData("ot=th:0x8")]
    // Fifteen digits.
    [InlineData("ot=th:c00000000000000")]
    [InlineData("ot=th:8;th:8")]
    [InlineData("ot=th:8,ot=th:8")]
    // An invalid threshold is not made up for by a p.
    [InlineData("ot=th:zz;p:2")]
    // A span with this randomness would not have been kept.
    [InlineData("ot=th:c;rv:bfffffffffffff")]
    // One in 2^56 and one in 2^21: no call stands for more than a million others.
    [InlineData("ot=th:ffffffffffffff")]
    [InlineData("ot=p:21")]
    // 63 says: here for another reason; 73 and r = 100 are the specification's examples of corrupt values.
    [InlineData("ot=p:63;r:62")]
    [InlineData("ot=r:4;p:73")]
    [InlineData("ot=r:100;p:10")]
    [InlineData("ot=r:1;p:2")]
    [InlineData("ot=p:+2")]
    [InlineData("ot=p:002")]
    public void What_is_not_valid_is_not_known_and_never_one(string traceState) => Assert.Null(TraceState.ShareOf(traceState));

    [Fact]
    public void A_list_beyond_256_characters_is_not_read() => Assert.Null(TraceState.ShareOf("ot=th:8;x:" + new string('a', 250)));

    [Theory]
    // 1/4: three more of each.
    [InlineData("ot=th:c", 200, 600)]
    // 1 %, cut after six digits: p = 0x28F5C / 2^24 = 167,772 / 16,777,216, so 1/p − 1 = 99.000095: 99,000.095.
    [InlineData("ot=th:fd70a4", 1_000, 99_000)]
    // 3/4: a third more; 10 → 3.33, 11 → 3.67.
    [InlineData("ot=th:4", 10, 3)]
    [InlineData("ot=th:4", 11, 4)]
    [InlineData("ot=th:8", 1, 1)]
    [InlineData("ot=th:c", 0, 0)]
    // No more than 10^12 a call, so that no sum leaves 64 bits.
    [InlineData("ot=p:20", 10_000_000_000, 1_000_000_000_000)]
    public void What_was_not_recorded_is_the_count_times_one_over_p_less_one(string traceState, long count, long unrecorded) =>
        Assert.Equal(unrecorded, TraceState.ShareOf(traceState)!.Value.Unrecorded(count));

    [Theory]
    // p = 2/4: 1 request; 1/4: 3; 3/4: 1/3.
    [InlineData("ot=th:8", 1_000_000)]
    [InlineData("ot=th:c", 3_000_000)]
    [InlineData("ot=th:4", 333_333)]
    public void A_request_stands_for_others_in_millionths(string traceState, long millionths) =>
        Assert.Equal(millionths, TraceState.ShareOf(traceState)!.Value.UnrecordedMillionths);
}
