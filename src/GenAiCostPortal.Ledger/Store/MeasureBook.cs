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

/// <summary>
/// One transaction's points. A running total counts by its difference to the point before it of the same start; a total that
/// fell has begun anew. A point that comes in between takes the difference of its neighbours out and puts its own two in.
/// </summary>
internal sealed class MeasureBook(SqliteMeasures store, Dimensions dimensions)
{
    private const int SlotSeconds = 300, LongestReach = 4_032;
    private readonly List<DimensionValue> _added = [];
    private readonly Dictionary<MeasuredCell, double> _moved = [];

    /// <summary>Names first seen in this transaction; taken back if it fails.</summary>
    public IReadOnlyCollection<DimensionValue> Added => _added;

    public void Write(MeasuredReading reading)
    {
        var series = SeriesOf(reading);
        var stream = store.Stream(reading, series);
        var point = new PointRow(reading.TimeUnixMs, reading.StartUnixMs, reading.Value);
        if (store.Point(stream, point.TimeUnixMs) is { } known)
        {
            // Which of two points of one moment holds must not depend on which came first.
            if (known == point || (known.StartUnixMs, known.Sum).CompareTo((point.StartUnixMs, point.Sum)) > 0) return;
            Book(reading, series, stream, known, -1);
        }
        store.Put(stream, point, reading.Count);
        Book(reading, series, stream, point, 1);
    }

    /// <summary>Writes the cells that moved, and new names.</summary>
    public void Finish()
    {
        foreach (var (cell, value) in _moved)
            if (value != 0) store.Move(cell, value);
        foreach (var value in _added) store.Insert(value);
    }

    // What the point adds, beside its neighbours: the same whether it is stored last or first.
    private void Book(MeasuredReading reading, int series, int stream, PointRow point, int sign)
    {
        if (!reading.IsCumulative)
        {
            Move(reading, series, point, point.StartUnixMs is > 0 and var start && start < point.TimeUnixMs ? start : point.TimeUnixMs, point.Sum * sign);
            return;
        }
        var before = store.Before(stream, point);
        if (store.After(stream, point) is { } after)
        {
            Difference(reading, series, before, after, -sign);
            Difference(reading, series, point, after, sign);
        }
        Difference(reading, series, before, point, sign);
    }

    private void Difference(MeasuredReading reading, int series, PointRow? before, PointRow point, int sign)
    {
        if (before is { } earlier) Move(reading, series, point, earlier.TimeUnixMs, (point.Sum >= earlier.Sum ? point.Sum - earlier.Sum : point.Sum) * sign);
        // A total of unknown start says nothing of when; it only is the base of the next.
        else if (point.StartUnixMs > 0 && point.StartUnixMs < point.TimeUnixMs) Move(reading, series, point, point.StartUnixMs, point.Sum * sign);
    }

    private void Move(MeasuredReading reading, int series, PointRow point, long fromUnixMs, double value)
    {
        var slot = UtcTime.SlotUnixSeconds(point.TimeUnixMs, SlotSeconds);
        var reach = (int)Math.Min((slot - UtcTime.SlotUnixSeconds(fromUnixMs, SlotSeconds)) / SlotSeconds, LongestReach);
        ref var moved = ref CollectionsMarshal.GetValueRefOrAddDefault(_moved, new MeasuredCell(slot, series, reading.Measure, reach <= 1 ? 0 : reach), out _);
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
