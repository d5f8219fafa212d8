using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The one answer to "why did it change": for a spike, a brushed range, a period against another, and the API.</summary>
public sealed class ChangeReport(
    IDbContextFactory<LedgerDb> stores, Dimensions dimensions, LedgerDays ledgerDays, OpenDays openDays, DayHours hours, LedgerDayReader reader, TraceSearch traces, TimeProvider clock)
{
    private static readonly TimeSpan LeadIn = TimeSpan.FromHours(48);

    /// <summary>Takes the difference of two windows apart. Bounds are widened to whole hours; the later window ends now at the latest.</summary>
    public async Task<ChangeAnswer> ReadAsync(ChangeQuery query, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var filter = new ChangeFilter(query.Filter, new SpendWords(dimensions));
        var to = Ceiling(query.To < Now ? query.To : Now);
        var from = Floor(query.From);
        var later = ChangeWindow.Of(from, to);
        var earlier = await BaselineAsync(db, query, from, to, cancel);

        var (moneyNow, now) = await SideAsync(db, filter, later, cancel);
        var (moneyBefore, before) = await SideAsync(db, filter, earlier, cancel);
        var lead = new RecordedUse(reader, filter, ChangeWindow.Of(from - LeadIn, from));
        await lead.ReadAsync(db, cancel);

        var assembly = new ChangeAssembly(moneyBefore, before, moneyNow, now);
        var inputs = assembly.Put(filter.KnowsRequests);
        var (c0, c1) = ((long)Math.Round(inputs.BeforeNanoUsd), (long)Math.Round(inputs.NanoUsd));
        var releases = new ReleaseChange(lead, now);
        var effects = ChangeEffects.Of(inputs, c1 - c0).Select(e => e with { Since = dimensions.Name(releases.Of(e)) }).ToList();
        var leading = effects.Where(e => e.Cell is not null).OrderByDescending(e => Math.Abs(e.NanoUsd)).FirstOrDefault();
        var release = leading is null ? 0 : releases.Of(leading);
        var waste = await LoopWaste.ReadAsync(db, filter, from, to, leading?.FeatureId ?? 0, cancel);

        string Feature(int id) => id == 0 ? "calls without a feature" : dimensions.Label(id);
        var sentence = Explanation.Sentence(c0, c1, effects, Feature, dimensions.Label, f => f == leading?.FeatureId && waste.AreLoopsNew);
        return new ChangeAnswer(
            from, to, query.BaselineFrom, query.BaselineTo, BaselineText(query, earlier), BasisOf(moneyNow),
            Money.ToUsd(c0), Money.ToUsd(c1), Money.ToUsd(c1 - c0), sentence, Lines(effects, c1 - c0, Feature, waste.AreLoopsNew ? leading?.FeatureId ?? -1 : -1),
            new ChangeTable(inputs, before, now, dimensions).Lines(c0, c1), dimensions.Name(release),
            release == 0 || leading is null ? null : await ReleaseChange.FirstSeenAsync(db, leading.Cell!.Key, release, from - LeadIn, to, cancel),
            Waste(inputs, waste), ChangeLimits.Of(dimensions, filter, assembly, earlier, moneyBefore, moneyNow, inputs, now))
        {
            LeadingFeatureId = leading?.FeatureId ?? 0, LeadingModelId = leading?.Cell?.Key.ModelId ?? 0, LeadingReleaseId = release,
        };
    }

    /// <summary>Traces that show a change, chosen now and not pinned.</summary>
    public async Task<IReadOnlyList<ExemplarItem>> ExemplarsAsync(ChangeAnswer change, SpendFilter filter, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var picked = await ExemplarPick.PickAsync(db, dimensions, filter, change, cancel);
        var items = (await traces.ByKeysAsync([.. picked.Select(p => p.TraceKey)], cancel)).ToDictionary(t => t.Key, t => t.Item);
        return [.. picked.Where(p => items.ContainsKey(p.TraceKey)).Select(p => new ExemplarItem(p.Role, items[p.TraceKey]))];
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private async Task<(WindowMoney, RecordedUse)> SideAsync(LedgerDb db, ChangeFilter filter, ChangeWindow window, CancellationToken cancel)
    {
        var (money, use) = (new WindowMoney(filter, window), new RecordedUse(reader, filter, window));
        var states = await money.ReadAsync(db, ledgerDays, openDays, hours, cancel);
        await use.ReadAsync(db, states, money.AddPlain, money.ByDay.Count > 0, cancel);
        return (money, use);
    }

    private static async Task<ChangeWindow> BaselineAsync(LedgerDb db, ChangeQuery query, DateTime from, DateTime to, CancellationToken cancel)
    {
        if (query is { BaselineFrom: { } first, BaselineTo: { } last })
        {
            var (start, end) = (Floor(first), Ceiling(last));
            return end <= start ? new ChangeWindow() : ChangeWindow.Of(start, end, (to - from) / (end - start));
        }
        var calls = await StoredRows.NumberAsync(db, "SELECT MIN(\"SlotUnixSeconds\") FROM cost_rollup WHERE \"Span\" = 1", cancel);
        var bill = await StoredRows.NumberAsync(db, "SELECT MIN(\"Day\") FROM billed_day", cancel);
        var known = calls is { } c && UtcTime.FromUnixSeconds(c) < from ? c : bill is { } day ? UtcTime.ToUnixSeconds(DateOnly.FromDayNumber((int)day)) : long.MaxValue;
        var left = new List<(long From, long To)>();
        // By hand: the first such query of a process takes EF longer than the whole explanation.
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Start", "End" FROM spike WHERE NOT "IsWithdrawn" AND "PartOfId" IS NULL AND "Kind" = {(int)SpikeKind.Spike} AND "Status" <> {(int)SpikeStatus.Expected}
                AND "Id" <> {query.ForSpike ?? 0} AND "Start" < {UtcTime.ToUnixMs(to)}
            """), row => left.Add((row.GetInt64(0) / 1000, row.GetInt64(1) / 1000)), cancel);
        return ChangeWindow.Usual(from, to, known, hour => left.Exists(s => hour >= s.From && hour < s.To));
    }

    private List<EffectLine> Lines(IReadOnlyList<ChangeEffect> effects, long change, Func<int, string> feature, int looped) =>
    [
        .. effects.OrderByDescending(e => Math.Abs(e.NanoUsd)).Select(e => new EffectLine(
            Word(e.Factor), e.Name, e.Usd, change == 0 ? null : (double)e.NanoUsd / change, Finite(e.From), Finite(e.To), Word(e.Unit), e.FeatureId >= 0 ? feature(e.FeatureId) : "",
            e.Cell is { } cell ? dimensions.Label(cell.Key.ModelId) : "", e.Since, Explanation.Words(e, [], feature, dimensions.Label, f => f == looped))),
    ];

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? v : null;

    private static WasteLine Waste(ChangeInputs inputs, LoopWaste loops)
    {
        var retried = inputs.Cells.Where(c => c.Now.Calls > 0).Select(c => (Calls: c.Now.Calls - c.Now.FirstCalls, Cost: c.Now.CostNanoUsd * (c.Now.Calls - c.Now.FirstCalls) / c.Now.Calls)).ToList();
        return new WasteLine(Money.ToUsd((long)retried.Sum(r => r.Cost)), retried.Sum(r => r.Calls), loops.LoopUsd, loops.LoopedRequests);
    }

    private static string BaselineText(ChangeQuery query, ChangeWindow earlier) => query.BaselineFrom is { } from && query.BaselineTo is { } to
        ? string.Create(CultureInfo.InvariantCulture, $"{from:d MMM yyyy HH:mm} to {to:d MMM yyyy HH:mm} (UTC), per hour")
        : earlier.IsEmpty ? "nothing earlier is known" : "mean of the same hours of the weeks before, other spikes left out";

    private static string BasisOf(WindowMoney money) => (money.HasBill, money.HasEstimates) switch
    {
        (true, false) => nameof(Basis.Billed),
        (true, true) => nameof(Basis.Mixed),
        _ => nameof(Basis.Estimated),
    };

    /// <summary>A word of the API.</summary>
    internal static string Word<T>(T value) where T : struct, Enum => char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..];

    private static DateTime Floor(DateTime time) => new(time.Ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, DateTimeKind.Utc);
    private static DateTime Ceiling(DateTime time) => Floor(time.AddTicks(TimeSpan.TicksPerHour - 1));
}
