using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A run of slots of one width. Seconds since 1970; <paramref name="To"/> exclusive.</summary>
internal readonly record struct SlotRun(RollupSpan Span, long From, long To);

/// <summary>
/// Which slots of the usage rollup answer a question: the widest that fit, and none that retention has taken away. Bounds inside a
/// slot are widened to it.
/// </summary>
internal sealed record UsageSlots(Granularity Step, IReadOnlyList<SlotRun> Runs)
{
    private const long FiveMinutes = 300, Hour = 3600, Day = 86_400;

    public DateTime From => UtcTime.FromUnixSeconds(Runs.Count == 0 ? 0 : Runs[0].From);
    public DateTime To => UtcTime.FromUnixSeconds(Runs.Count == 0 ? 0 : Runs[^1].To);

    public static UsageSlots Of(UsageQuery query, DateOnly today, RetentionOptions kept)
    {
        var (from, to) = (UtcTime.ToUnixSeconds(query.From), Math.Max(UtcTime.ToUnixSeconds(query.From), UtcTime.ToUnixSeconds(query.To)));
        if (UtcTime.FromUnixSeconds(to) < query.To) to++;
        var oldestHour = UtcTime.ToUnixSeconds(today.AddDays(-Math.Max(kept.HourDays, kept.CallDays)));
        var step = query.Granularity;
        if (step == Granularity.Minute5)
        {
            if (from >= UtcTime.ToUnixSeconds(today.AddDays(-kept.Minute5Days))) return Whole(step, RollupSpan.Minute5, from, to, FiveMinutes);
            step = Granularity.Hour;
        }
        if (step == Granularity.Hour)
        {
            if (from >= oldestHour) return Whole(step, RollupSpan.Hour, from, to, Hour);
            step = Granularity.Day;
        }
        if (from < oldestHour) from = Floor(from, Day);
        if (to < oldestHour) to = Ceiling(to, Day);
        var (firstWhole, endOfWhole) = (Ceiling(from, Day), Floor(to, Day));
        if (firstWhole >= endOfWhole && (from != firstWhole || to != endOfWhole)) return Whole(step, RollupSpan.Hour, from, to, Hour);
        var runs = new List<SlotRun>();
        if (from < firstWhole) runs.Add(new(RollupSpan.Hour, Floor(from, Hour), firstWhole));
        if (firstWhole < endOfWhole) runs.Add(new(RollupSpan.Day, firstWhole, endOfWhole));
        if (endOfWhole < to) runs.Add(new(RollupSpan.Hour, endOfWhole, Ceiling(to, Hour)));
        return new UsageSlots(step, runs);
    }

    private static UsageSlots Whole(Granularity step, RollupSpan span, long from, long to, long width) => new(step, [new(span, Floor(from, width), Ceiling(to, width))]);

    private static long Floor(long seconds, long width) => seconds - ((seconds % width) + width) % width;
    private static long Ceiling(long seconds, long width) => Floor(seconds + width - 1, width);
}
