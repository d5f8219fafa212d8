using System.Runtime.InteropServices;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A stored data point.</summary>
internal readonly record struct PointRow(long TimeUnixMs, long StartUnixMs, double Sum);

/// <summary>Where a difference is booked.</summary>
internal readonly record struct MeasuredCell(long SlotUnixSeconds, int SeriesId, Measure Measure, int ReachSlots);

/// <summary>A time series and where its points are booked.</summary>
internal readonly record struct MeasuredSource(int Stream, int SeriesId, Measure Measure, bool IsCumulative);

/// <summary>
/// One transaction's points. A running total counts by its difference to the point before it of the same start; a total that
/// fell has begun anew. A point that comes in between takes the difference of its neighbours out and puts its own two in.
/// A point under an old name is silent, stored but not booked, where its sender tells of that moment under the coming name too.
/// </summary>
/// <param name="settledBefore">Milliseconds since 1970; what was booked before may be settled and is not touched.</param>
internal sealed class MeasureBook(SqliteMeasures store, Dimensions dimensions, long settledBefore)
{
    // One export reads its instruments one after the other; the next export of any sender is further away.
    private const int SlotSeconds = 300, LongestReach = 4_032, OneExportMs = 1_000;
    private readonly List<DimensionValue> _added = [];
    private readonly Dictionary<MeasuredCell, double> _moved = [];

    /// <summary>Names first seen in this transaction; taken back if it fails.</summary>
    public IReadOnlyCollection<DimensionValue> Added => _added;

    public void Write(MeasuredReading reading)
    {
        var series = SeriesOf(reading);
        var source = new MeasuredSource(store.Stream(reading, series), series, reading.Measure, reading.IsCumulative);
        var point = new PointRow(reading.TimeUnixMs, reading.StartUnixMs, reading.Value);
        var known = store.Point(source.Stream, point.TimeUnixMs);
        // Which of two points of one moment holds must not depend on which came first.
        if (known == point || known is { } was && (was.StartUnixMs, was.Sum).CompareTo((point.StartUnixMs, point.Sum)) > 0) return;
        var (coming, old) = (store.Twins(reading.Told, true), reading.IsComing ? store.Twins(reading.Told, false) : []);
        var repeated = old.Count == 0 ? [] : Repeated(source, known, point, old, coming);
        var silencers = reading.IsComing ? [] : coming;
        if (known is { } before) Book(source, silencers, before, -1);
        store.Put(source.Stream, point, reading.Count);
        Book(source, silencers, point, 1);
        foreach (var (of, at, wasSilent) in repeated)
            if (IsSilent(coming, at) != wasSilent) BookAlone(of, at, wasSilent ? 1 : -1);
    }

    /// <summary>Writes the cells that moved, and new names.</summary>
    public void Finish()
    {
        foreach (var (cell, value) in _moved)
            if (value != 0) store.Move(cell, value);
        foreach (var value in _added) store.Insert(value);
    }

    // Points under the old name that may fall silent, or speak again, by a point under the coming one.
    private List<(MeasuredSource Of, PointRow At, bool WasSilent)> Repeated(MeasuredSource source, PointRow? known, PointRow point, IReadOnlyList<MeasuredSource> old, IReadOnlyList<MeasuredSource> coming)
    {
        // What a running total told before, its point before has covered.
        var from = source.IsCumulative && known is null && store.Before(source.Stream, point) is { } before ? before.TimeUnixMs
            : Math.Min(point.TimeUnixMs - OneExportMs, new[] { point.StartUnixMs, known?.StartUnixMs ?? 0 }.Where(s => s > 0).DefaultIfEmpty(long.MaxValue).Min());
        return [.. old.SelectMany(o => store.Within(o.Stream, Math.Max(from, settledBefore), point.TimeUnixMs + OneExportMs).Select(p => (o, p, IsSilent(coming, p))))];
    }

    private bool IsSilent(IReadOnlyList<MeasuredSource> coming, PointRow point)
    {
        foreach (var source in coming)
            if (store.Covers(source.Stream, point.TimeUnixMs, OneExportMs)) return true;
        return false;
    }

    // What the point adds, beside its neighbours: the same whether it is stored last or first.
    private void Book(MeasuredSource source, IReadOnlyList<MeasuredSource> silencers, PointRow point, int sign)
    {
        if (source.IsCumulative && store.After(source.Stream, point) is { } after && !IsSilent(silencers, after))
        {
            Difference(source, store.Before(source.Stream, point), after, -sign);
            Difference(source, point, after, sign);
        }
        if (!IsSilent(silencers, point)) BookAlone(source, point, sign);
    }

    // Without what it changes of the point after it.
    private void BookAlone(MeasuredSource source, PointRow point, int sign)
    {
        if (source.IsCumulative) Difference(source, store.Before(source.Stream, point), point, sign);
        else Move(source, point, point.StartUnixMs is > 0 and var start && start < point.TimeUnixMs ? start : point.TimeUnixMs, point.Sum * sign);
    }

    private void Difference(MeasuredSource source, PointRow? before, PointRow point, int sign)
    {
        if (before is { } earlier) Move(source, point, earlier.TimeUnixMs, (point.Sum >= earlier.Sum ? point.Sum - earlier.Sum : point.Sum) * sign);
        // A total of unknown start says nothing of when; it only is the base of the next.
        else if (point.StartUnixMs > 0 && point.StartUnixMs < point.TimeUnixMs) Move(source, point, point.StartUnixMs, point.Sum * sign);
    }

    private void Move(MeasuredSource source, PointRow point, long fromUnixMs, double value)
    {
        var slot = UtcTime.SlotUnixSeconds(point.TimeUnixMs, SlotSeconds);
        var reach = (int)Math.Min((slot - UtcTime.SlotUnixSeconds(fromUnixMs, SlotSeconds)) / SlotSeconds, LongestReach);
        ref var moved = ref CollectionsMarshal.GetValueRefOrAddDefault(_moved, new MeasuredCell(slot, source.SeriesId, source.Measure, reach <= 1 ? 0 : reach), out _);
        moved += value;
    }

    private int SeriesOf(MeasuredReading reading)
    {
        var (call, owners) = (reading.About, reading.About.Owners);
        int Id(DimensionKind kind, string name, string? label = null) => dimensions.GetOrAdd(kind, name, _added, label == name ? null : label);
        // No door: no call came by it, so no call is ever booked under this series.
        return store.Series(new UsageKey(
            Id(DimensionKind.Account, call.AccountId), Id(DimensionKind.Region, call.Region), Id(DimensionKind.Provider, call.Model.Provider),
            Id(DimensionKind.Model, call.Model.Canonical, call.Model.Display), ServiceTier.Standard, call.Model.Scope, ContextBand.Normal,
            Id(DimensionKind.Feature, owners.Feature), Id(DimensionKind.Team, owners.Team), Id(DimensionKind.Application, owners.Application),
            Id(DimensionKind.Environment, owners.Environment), Id(DimensionKind.Release, owners.Release), 0, 0, call.IsOffBill, Doors.None));
    }
}
