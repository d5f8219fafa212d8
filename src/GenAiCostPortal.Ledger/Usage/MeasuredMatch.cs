using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A row of measured usage and what of it no recorded call stands for.</summary>
internal sealed record MatchedMeasure(long SlotUnixSeconds, int SeriesId, Measure Measure, int ReachSlots, double Value, double Rest);

/// <summary>
/// Measured usage of five-minute slots against the calls recorded in them. Slots before the settled border are done with: their
/// calls were given out, and what was left is kept per hour.
/// </summary>
internal static class MeasuredMatch
{
    /// <summary>Fact of the store: slots before it are settled; seconds since 1970.</summary>
    public const string SettledFact = "measured-settled-until";

    // Calls known from the invocation log alone name no application: they stand for what is left of any, once the named ones are given out.
    private const string OfNobody = "CASE WHEN s.\"ApplicationId\"=0 AND s.\"Doors\"=4 THEN 1 ELSE 0 END";

    /// <summary>Matches what is not settled yet with the calls before a border; usage that no such call can stand for is left out.</summary>
    /// <param name="settled">Calls before it were given out before.</param>
    public static async Task<List<MatchedMeasure>> ReadAsync(LedgerDb db, long settled, long callsBefore, CancellationToken cancel)
    {
        var senders = new Dictionary<int, (long Application, long Environment, long Model)>();
        var groups = new Dictionary<(long Application, long Environment, long Model, Measure Measure), (List<MatchedMeasure> Measured, List<RecordedSlot> Recorded)>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT u."SlotUnixSeconds",u."SeriesId",u."Measure",u."ReachSlots",u."Value",s."ApplicationId",s."EnvironmentId",s."ModelId"
            FROM measured_usage u JOIN usage_series s ON s."Id"=u."SeriesId" WHERE u."ReachSlots">=0 AND u."Measure"<>{(int)Measure.DurationMs}
            AND u."SlotUnixSeconds"-(u."ReachSlots"+{MeasuredBeyondCalls.ToleranceSlots})*{MeasuredBeyondCalls.SlotSeconds}<{callsBefore}
            ORDER BY u."SlotUnixSeconds",u."SeriesId",u."ReachSlots"
            """), row =>
        {
            var measure = (Measure)row.GetInt32(2);
            var key = (row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), measure);
            senders[row.GetInt32(1)] = (key.Item1, key.Item2, key.Item3);
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = ([], []));
            group.Measured.Add(new(row.GetInt64(0), row.GetInt32(1), measure, row.GetInt32(3), row.GetDouble(4), 0));
        }, cancel);
        if (groups.Count == 0) return [];

        var nobodys = new Dictionary<(long Model, Measure Measure), List<RecordedSlot>>();
        var models = string.Join(',', groups.Keys.Select(k => k.Model).Distinct().Select(m => m.ToString(CultureInfo.InvariantCulture)));
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds",s."ApplicationId",s."EnvironmentId",s."ModelId",SUM(r."Input"),SUM(r."Output"),SUM(r."CacheRead"),
            SUM(r."CacheWrite5m"+r."CacheWrite30m"+r."CacheWrite1h"),SUM(r."Reasoning"),SUM(r."Calls"),{OfNobody}
            FROM usage_rollup r JOIN usage_series s ON s."Id"=r."SeriesId"
            WHERE r."Span"={(int)RollupSpan.Minute5} AND r."SlotUnixSeconds">={settled} AND r."SlotUnixSeconds"<{callsBefore} AND r."Calls">0 AND (s."Doors" & {(int)Doors.Summed})=0 AND s."ModelId" IN ({models})
            GROUP BY r."SlotUnixSeconds",s."ApplicationId",s."EnvironmentId",s."ModelId",{OfNobody}
            """), row =>
        {
            var isOfNobody = row.GetInt64(10) != 0;
            foreach (var measure in Enum.GetValues<Measure>())
            {
                var slot = new RecordedSlot(row.GetInt64(0), Count(row, measure));
                if (isOfNobody) (nobodys.TryGetValue((row.GetInt64(3), measure), out var some) ? some : nobodys[(row.GetInt64(3), measure)] = []).Add(slot);
                else if (groups.TryGetValue((row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), measure), out var group)) group.Recorded.Add(slot);
            }
        }, cancel);
        var matched = groups.GroupBy(g => (g.Key.Model, g.Key.Measure), g => g.Value).SelectMany(g => Match([.. g], nobodys.GetValueOrDefault(g.Key)));
        return await LoggedHoursLessAsync(db, settled, callsBefore, models, [.. matched], senders, cancel);
    }

    // Hours of summed logs stand for measured usage as calls do, first of their own sender, those of nobody for any; when within the hour is not known.
    private static async Task<List<MatchedMeasure>> LoggedHoursLessAsync(
        LedgerDb db, long settled, long callsBefore, string models, List<MatchedMeasure> matched, Dictionary<int, (long Application, long Environment, long Model)> senders, CancellationToken cancel)
    {
        var sums = new Dictionary<((long Application, long Environment, long Model) Of, Measure Measure, long Hour), double>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds",s."ApplicationId",CASE WHEN s."ApplicationId"=0 THEN 0 ELSE s."EnvironmentId" END,s."ModelId",SUM(r."Input"),SUM(r."Output"),SUM(r."CacheRead"),
            SUM(r."CacheWrite5m"+r."CacheWrite30m"+r."CacheWrite1h"),SUM(r."Reasoning"),SUM(r."Calls")
            FROM usage_rollup r JOIN usage_series s ON s."Id"=r."SeriesId"
            WHERE r."Span"={(int)RollupSpan.Hour} AND r."SlotUnixSeconds">={settled} AND r."SlotUnixSeconds"<{callsBefore} AND (s."Doors" & {(int)Doors.Summed})<>0 AND s."ModelId" IN ({models})
            GROUP BY 1,2,3,4
            """), row =>
        {
            foreach (var measure in Enum.GetValues<Measure>()) sums[((row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), measure, row.GetInt64(0))] = Count(row, measure);
        }, cancel);
        if (sums.Count == 0) return matched;
        for (var own = 1; own >= 0; own--)
            for (var i = 0; i < matched.Count; i++)
            {
                var slot = new MeasuredSlot(matched[i].SlotUnixSeconds, matched[i].ReachSlots, matched[i].Rest);
                var of = senders[matched[i].SeriesId];
                var first = MeasuredBeyondCalls.Opens(slot);
                for (var hour = first - (first % 3_600); hour <= MeasuredBeyondCalls.Closes(slot) && matched[i].Rest > 0; hour += 3_600)
                {
                    var key = (own == 1 ? of : (0, 0, of.Model), matched[i].Measure, hour);
                    if (!sums.TryGetValue(key, out var left) || left <= 0) continue;
                    var taken = Math.Min(left, matched[i].Rest);
                    sums[key] = left - taken;
                    matched[i] = matched[i] with { Rest = matched[i].Rest - taken };
                }
            }
        return matched;
    }

    private static IEnumerable<MatchedMeasure> Match(List<(List<MatchedMeasure> Measured, List<RecordedSlot> Recorded)> senders, List<RecordedSlot>? nobodys)
    {
        // With one sender of a model nobody's calls are as good as its own; of several, each first gets its own.
        if (senders is [var only] && nobodys is not null) return Match(only.Measured, OnePerSlot([.. only.Recorded, .. nobodys]));
        var matched = senders.SelectMany(s => Match(s.Measured, s.Recorded));
        return nobodys is null ? matched : MatchRest([.. matched], OnePerSlot(nobodys));
    }

    private static List<RecordedSlot> OnePerSlot(IEnumerable<RecordedSlot> calls) =>
        [.. calls.GroupBy(c => c.SlotUnixSeconds, (slot, of) => new RecordedSlot(slot, of.Sum(c => c.Value)))];

    private static double Count(System.Data.Common.DbDataReader row, Measure measure)
    {
        double Of(int column) => Convert.ToDouble(row.GetValue(column), CultureInfo.InvariantCulture);
        return measure switch
        {
            Measure.InputTokens => Of(4) + Of(6) + Of(7),
            Measure.UncachedInputTokens => Of(4),
            Measure.OutputTokens => Of(5),
            Measure.CacheReadTokens => Of(6),
            Measure.CacheWriteTokens => Of(7),
            Measure.ReasoningTokens => Of(8),
            _ => Of(9),
        };
    }

    private static IEnumerable<MatchedMeasure> MatchRest(List<MatchedMeasure> matched, List<RecordedSlot> calls)
    {
        var rest = MeasuredBeyondCalls.Of([.. matched.Select(m => new MeasuredSlot(m.SlotUnixSeconds, m.ReachSlots, m.Rest))], calls);
        return matched.Select((m, i) => m with { Rest = rest[i] });
    }

    private static IEnumerable<MatchedMeasure> Match(List<MatchedMeasure> measured, List<RecordedSlot> recorded)
    {
        var rest = MeasuredBeyondCalls.Of([.. measured.Select(m => new MeasuredSlot(m.SlotUnixSeconds, m.ReachSlots, m.Value))], recorded);
        return measured.Select((m, i) => m with { Rest = rest[i] });
    }
}
