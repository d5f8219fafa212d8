using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Both rollups as the writer moves them: calls and requests are booked in and out of cells in memory, and the cells that
/// changed are written once at the end of the transaction. A cell in use is not read again.
/// </summary>
internal sealed class RollupCells(SqliteRollups rows, SqliteSampled sampled, SeriesCache series, PriceFinder prices)
{
    private const int FiveMinutes = 300, Hour = 3600, Day = 86_400;
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    // A cell that is not found here is read again: two to three times the work of writing it.
    private readonly RecentCells<UsageCell> _usage = new(32_000);
    private readonly RecentCells<CostCell> _cost = new(32_000);
    private readonly List<UsageCell> _dirtyUsage = [];
    private readonly List<CostCell> _dirtyCost = [];
    private readonly SampledCells _sampled = new(sampled);

    /// <summary>Adds a call (sign 1) or takes it out again (sign -1), in all cells it belongs to.</summary>
    public void Book(CallRow call, int sign)
    {
        Usage(RollupSpan.Minute5, FiveMinutes, call.StartUnixMs, call.UsageSeriesId).Book(call, sign);
        Usage(RollupSpan.Hour, Hour, call.StartUnixMs, call.UsageSeriesId).Book(call, sign);
        Usage(RollupSpan.Day, Day, call.StartUnixMs, call.UsageSeriesId).Book(call, sign);
        Cost(RollupSpan.Hour, UtcTime.SlotUnixSeconds(call.StartUnixMs, Hour), call.CostSeriesId).Book(call, sign);
        Cost(RollupSpan.Day, UtcTime.SlotUnixSeconds(call.StartUnixMs, Day), call.CostSeriesId).Book(call, sign);
        if (call.KeptOf2Pow56 != 0) _sampled.Book(call, sign);
    }

    /// <summary>Books a request at its start (algorithms §11), or takes it out again.</summary>
    /// <param name="share">With which probability its trace was kept.</param>
    public void BookRequest(int seriesId, long unixMs, SampledShare share, int sign)
    {
        if (share.IsSampled) _sampled.BookRequest(seriesId, unixMs, share, sign);
        Usage(RollupSpan.Minute5, FiveMinutes, unixMs, seriesId).Requests += sign;
        Usage(RollupSpan.Hour, Hour, unixMs, seriesId).Requests += sign;
        Usage(RollupSpan.Day, Day, unixMs, seriesId).Requests += sign;
    }

    /// <summary>Puts what is now due of an hour of summed logs in the place of what was booked under a series.</summary>
    /// <returns>Whether anything moved.</returns>
    public bool PutUsage(long hour, int seriesId, in HourAmounts due)
    {
        // The hour's last five minutes stand for all of it, as with metrics that cover an hour.
        var moved = due - Usage(RollupSpan.Hour, Hour, hour * 1000, seriesId).Amounts;
        if (moved == default) return false;
        Usage(RollupSpan.Hour, Hour, hour * 1000, seriesId).Add(moved);
        Usage(RollupSpan.Day, Day, hour * 1000, seriesId).Add(moved);
        Usage(RollupSpan.Minute5, FiveMinutes, (hour + Hour - FiveMinutes) * 1000, seriesId).Add(moved);
        return true;
    }

    /// <summary>The same under a cost series; the price follows with <see cref="Write()"/>.</summary>
    public bool PutCost(long hour, int seriesId, in HourAmounts due)
    {
        var moved = due - Cost(RollupSpan.Hour, hour, seriesId).Amounts;
        if (moved == default) return false;
        Cost(RollupSpan.Hour, hour, seriesId).Add(moved);
        Cost(RollupSpan.Day, UtcTime.SlotUnixSeconds(hour * 1000, Day), seriesId).Add(moved);
        return true;
    }

    /// <summary>Prices the hours, moves the days by the same, and writes every cell that changed.</summary>
    public void Write()
    {
        for (var i = 0; i < _dirtyCost.Count; i++)
        {
            var cell = _dirtyCost[i];
            if (cell.Key.Span != RollupSpan.Hour) continue;
            var moved = cell.Reprice();
            var day = cell.Key.SlotUnixSeconds - (((cell.Key.SlotUnixSeconds % Day) + Day) % Day);
            Cost(RollupSpan.Day, day, cell.Key.SeriesId).MoveCost(moved);
        }
        // In the order of the tables' trees: neighbours share pages.
        _dirtyCost.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        _dirtyUsage.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        foreach (var cell in _dirtyCost) Write(cell);
        foreach (var cell in _dirtyUsage) Write(cell);
        _sampled.Write();
        _dirtyCost.Clear();
        _dirtyUsage.Clear();
        _cost.Turn();
        _usage.Turn();
    }

    private void Write(CostCell cell)
    {
        cell.IsDirty = false;
        if (!cell.IsEmpty)
        {
            rows.Put(cell);
            return;
        }
        rows.DeleteCost(cell.Key);
        cell.Clear();
    }

    private void Write(UsageCell cell)
    {
        cell.IsDirty = false;
        if (!cell.IsEmpty)
        {
            rows.Put(cell);
            return;
        }
        rows.DeleteUsage(cell.Key);
        cell.Clear();
    }

    /// <summary>Forgets all cells: the store was changed by another hand (retention).</summary>
    public void Forget()
    {
        _usage.Clear();
        _cost.Clear();
        _sampled.Forget();
    }

    private UsageCell Usage(RollupSpan span, int seconds, long unixMs, int seriesId)
    {
        var key = new CellKey(span, UtcTime.SlotUnixSeconds(unixMs, seconds), seriesId);
        if (!_usage.TryGet(key, out var cell))
        {
            cell = rows.FindUsage(key) ?? new UsageCell(key);
            _usage.Keep(key, cell);
        }
        if (cell.IsDirty) return cell;
        cell.IsDirty = true;
        _dirtyUsage.Add(cell);
        return cell;
    }

    private CostCell Cost(RollupSpan span, long slot, int seriesId)
    {
        var key = new CellKey(span, slot, seriesId);
        if (!_cost.TryGet(key, out var cell))
        {
            var of = series.CostKeyOf(seriesId);
            var price = of.IsBillable ? prices.EffectiveId(of, EpochDay + (int)(slot / Day)) : 0;
            cell = new CostCell(key, price == 0 ? null : prices.ById(price), of.IsBillable, price == of.Price ? 0 : price, of.Price == 0 && price != 0);
            rows.Load(cell);
            _cost.Keep(key, cell);
        }
        if (cell.IsDirty) return cell;
        cell.IsDirty = true;
        _dirtyCost.Add(cell);
        return cell;
    }
}
