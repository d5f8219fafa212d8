namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What senders measured, booked in the slot where the data point ends.</summary>
/// <param name="ReachSlots">How many slots before it the usage may have begun.</param>
public readonly record struct MeasuredSlot(long SlotUnixSeconds, int ReachSlots, double Value);

/// <summary>The same measure of the calls recorded in a slot.</summary>
public readonly record struct RecordedSlot(long SlotUnixSeconds, double Value);

/// <summary>
/// Measured usage that no recorded call stands for, so that metrics feed usage when no spans come and never twice. A call is booked
/// where it starts, its metric where the export ends: so measured usage may meet calls from two slots before all it reaches to two
/// slots after, and each call goes to the usage whose window closes first. That order leaves as little unmatched as any can.
/// </summary>
public static class MeasuredBeyondCalls
{
    /// <summary>Seconds of a slot.</summary>
    public const int SlotSeconds = 300;

    /// <summary>Slots that calls and their metrics may lie apart.</summary>
    public const int ToleranceSlots = 2;

    /// <summary>The rest of each measured slot, in the order given; 0 where calls stand for all of it.</summary>
    /// <param name="measured">Of one application, environment, model and measure.</param>
    /// <param name="recorded">Of the same; one value per slot.</param>
    public static double[] Of(IReadOnlyList<MeasuredSlot> measured, IReadOnlyList<RecordedSlot> recorded)
    {
        var rest = new double[measured.Count];
        for (var i = 0; i < rest.Length; i++) rest[i] = Math.Max(0, measured[i].Value);
        var byOpening = Enumerable.Range(0, rest.Length).OrderBy(i => Opens(measured[i])).ToArray();
        var open = new PriorityQueue<int, (long Closes, int Index)>();
        var next = 0;
        foreach (var call in recorded.OrderBy(r => r.SlotUnixSeconds))
        {
            for (; next < byOpening.Length && Opens(measured[byOpening[next]]) <= call.SlotUnixSeconds; next++)
                open.Enqueue(byOpening[next], (Closes(measured[byOpening[next]]), byOpening[next]));
            var left = call.Value;
            while (left > 0 && open.TryPeek(out var first, out var window))
            {
                if (window.Closes >= call.SlotUnixSeconds)
                {
                    var taken = Math.Min(left, rest[first]);
                    rest[first] -= taken;
                    left -= taken;
                    if (rest[first] > 0) break;
                }
                open.Dequeue();
            }
        }
        return rest;
    }

    /// <summary>The first slot whose calls it may stand for.</summary>
    public static long Opens(MeasuredSlot slot) => slot.SlotUnixSeconds - (long)(slot.ReachSlots + ToleranceSlots) * SlotSeconds;

    /// <summary>The last slot whose calls it may stand for.</summary>
    public static long Closes(MeasuredSlot slot) => slot.SlotUnixSeconds + (long)ToleranceSlots * SlotSeconds;
}
