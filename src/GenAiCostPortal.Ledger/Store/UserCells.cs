using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>What a trace with a user adds to the roll-up of users; kept on the trace's row, so that it can be taken out again.</summary>
internal readonly record struct UserBooking(int SeriesId, long UnixMs, long UserHash, long EstimatedCostNanoUsd, bool IsWithoutCost)
{
    /// <summary>Of a trace as its row says; null without a request or a user.</summary>
    public static UserBooking? Of(TraceRow row) => !row.IsRequest || row.UserHash == 0 ? null : new(
        row.RequestSeriesId, row.RequestUnixMs, row.UserHash, row.EstimatedCostNanoUsd, row.CostState is CostState.PartiallyPriced or CostState.Unpriced or CostState.NoTokens);
}

/// <summary>A row of the roll-up of users while the writer works on it.</summary>
internal sealed class UserCell(CellKey key)
{
    public CellKey Key { get; } = key;
    public bool IsDirty;
    public long Requests, RequestsWithoutCost, EstimatedCostNanoUsd;
    public DistinctUsers Users = new();

    /// <summary>Nothing left in it: the row goes, and with it users that a full sketch could not let go.</summary>
    public bool IsEmpty => Requests <= 0;

    public void Clear() => (Requests, RequestsWithoutCost, EstimatedCostNanoUsd, Users) = (0, 0, 0, new());

    public void Book(in UserBooking of, int sign)
    {
        Requests += sign;
        if (of.IsWithoutCost) RequestsWithoutCost += sign;
        EstimatedCostNanoUsd += sign * of.EstimatedCostNanoUsd;
        if (sign > 0) Users.Add(of.UserHash);
        else Users.Remove(of.UserHash);
    }
}

/// <summary>The roll-up of users as the writer moves it: by the difference of what a trace said before and says now.</summary>
internal sealed class UserCells(SqliteUsers rows)
{
    private const int Day = 86_400;
    private readonly RecentCells<UserCell> _cells = new(1_000);
    private readonly List<UserCell> _dirty = [];

    /// <summary>Takes out what a trace added and adds what it says now; nothing where both are the same.</summary>
    public void Move(UserBooking? was, UserBooking? now)
    {
        if (was == now) return;
        if (was is { } before) At(before).Book(before, -1);
        if (now is { } after) At(after).Book(after, 1);
    }

    /// <summary>Writes what changed.</summary>
    public void Write()
    {
        if (_dirty.Count == 0) return;
        _dirty.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        foreach (var cell in _dirty)
        {
            cell.IsDirty = false;
            if (!cell.IsEmpty)
            {
                rows.Put(cell);
                continue;
            }
            rows.Delete(cell.Key);
            cell.Clear();
        }
        _dirty.Clear();
        _cells.Turn();
    }

    private UserCell At(in UserBooking booking)
    {
        var key = new CellKey(RollupSpan.Day, UtcTime.SlotUnixSeconds(booking.UnixMs, Day), booking.SeriesId);
        if (!_cells.TryGet(key, out var cell))
        {
            cell = rows.Find(key) ?? new UserCell(key);
            _cells.Keep(key, cell);
        }
        if (cell.IsDirty) return cell;
        cell.IsDirty = true;
        _dirty.Add(cell);
        return cell;
    }
}
