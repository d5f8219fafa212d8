using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class MeasuredBeyondCallsTests
{
    private const int Slot = MeasuredBeyondCalls.SlotSeconds;

    [Fact]
    public void Without_calls_all_of_it_is_beyond() =>
        Assert.Equal([100, 0, 7], MeasuredBeyondCalls.Of([At(0, 100), At(1, 0), At(9, 7)], []));

    [Fact]
    public void With_all_calls_recorded_nothing_is() =>
        Assert.Equal([0, 0, 0], MeasuredBeyondCalls.Of([At(0, 100), At(1, 50), At(9, 7)], [Call(0, 100), Call(1, 50), Call(9, 7)]));

    [Fact]
    public void With_half_of_the_calls_the_other_half_is() =>
        Assert.Equal(75, MeasuredBeyondCalls.Of([At(0, 100), At(1, 50)], [Call(0, 50), Call(1, 25)]).Sum());

    [Fact]
    public void Calls_that_begin_in_the_slot_before_their_metric_are_the_same_calls() =>
        // Slots of calls and of metrics are one apart, and every second call crosses the border of its slot.
        Assert.Equal([0, 0, 0, 0], MeasuredBeyondCalls.Of([At(1, 60), At(2, 100), At(3, 100), At(4, 40)], [Call(0, 30), Call(1, 80), Call(2, 100), Call(3, 90)]));

    [Theory]
    [InlineData(-3, 100)]
    [InlineData(-2, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 100)]
    public void Two_slots_apart_is_near_enough(int call, double rest) =>
        Assert.Equal([rest], MeasuredBeyondCalls.Of([At(10, 100)], [Call(10 + call, 100)]));

    [Theory]
    [InlineData(-14, 0)]
    [InlineData(-15, 100)]
    public void A_point_that_covers_an_hour_may_be_of_any_call_of_that_hour(int call, double rest) =>
        Assert.Equal([rest], MeasuredBeyondCalls.Of([new MeasuredSlot(20 * Slot, 12, 100)], [Call(20 + call, 100)]));

    [Fact]
    public void A_call_goes_to_the_usage_that_closes_first() =>
        // Given to the wide one, the call of slot 0 would leave the narrow one without any.
        Assert.Equal([0, 0], MeasuredBeyondCalls.Of([new MeasuredSlot(20 * Slot, 20, 100), At(0, 100)], [Call(0, 100), Call(18, 100)]));

    [Fact]
    public void No_other_matching_leaves_less_and_none_gives_more_than_there_is()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var measured = Enumerable.Range(0, random.Next(1, 9)).Select(_ => new MeasuredSlot(random.Next(0, 25) * Slot, random.Next(4) == 0 ? random.Next(2, 12) : 0, random.Next(0, 6))).ToArray();
            var calls = Enumerable.Range(0, 25).Where(_ => random.Next(3) > 0).Select(i => Call(i, random.Next(0, 5))).ToArray();
            var rest = MeasuredBeyondCalls.Of(measured, calls);
            Assert.All(rest.Zip(measured), r => Assert.InRange(r.First, 0, r.Second.Value));
            Assert.Equal(measured.Sum(m => m.Value) - MostMatched(measured, calls), rest.Sum());
        }
    }

    // Another way to the same: unit by unit, a path that frees what is taken is looked for (Kuhn's algorithm).
    private static double MostMatched(MeasuredSlot[] measured, RecordedSlot[] calls)
    {
        var units = measured.SelectMany((m, i) => Enumerable.Repeat(i, (int)m.Value)).ToArray();
        var room = calls.SelectMany(c => Enumerable.Repeat(c.SlotUnixSeconds, (int)c.Value)).ToArray();
        var holder = Enumerable.Repeat(-1, room.Length).ToArray();
        bool Place(int unit, bool[] seen)
        {
            for (var r = 0; r < room.Length; r++)
            {
                var of = measured[units[unit]];
                if (seen[r] || room[r] < of.SlotUnixSeconds - (of.ReachSlots + 2) * Slot || room[r] > of.SlotUnixSeconds + 2 * Slot) continue;
                seen[r] = true;
                if (holder[r] >= 0 && !Place(holder[r], seen)) continue;
                holder[r] = unit;
                return true;
            }
            return false;
        }
        return Enumerable.Range(0, units.Length).Count(unit => Place(unit, new bool[room.Length]));
    }

    private static MeasuredSlot At(int slot, double value) => new(slot * Slot, 0, value);

    private static RecordedSlot Call(int slot, double value) => new(slot * Slot, value);
}
