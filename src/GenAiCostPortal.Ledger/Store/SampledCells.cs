using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A row of the roll-up of sampled calls while the writer works on it.</summary>
internal sealed class SampledUsageCell(CellKey key)
{
    public CellKey Key { get; } = key;
    public bool IsDirty;
    public long Calls;
    public TokenCounts Tokens, Unrecorded;

    public bool IsEmpty => Calls <= 0;

    public void Clear() => (Calls, Tokens, Unrecorded) = (0, default, default);

    public void Book(CallRow call, int sign)
    {
        var (tokens, unrecorded) = (call.Tokens with { Reasoning = 0 }, call.Sampled.Unrecorded(call.Tokens));
        Calls += sign;
        Tokens = sign > 0 ? Tokens + tokens : Tokens - tokens;
        Unrecorded = sign > 0 ? Unrecorded + unrecorded : Unrecorded - unrecorded;
    }
}

/// <summary>A row of the roll-up of requests of sampled traces while the writer works on it.</summary>
internal sealed class SampledRequestsCell(CellKey key)
{
    public CellKey Key { get; } = key;
    public bool IsDirty;
    public long Requests, UnrecordedMillionths;

    public bool IsEmpty => Requests <= 0;

    public void Clear() => (Requests, UnrecordedMillionths) = (0, 0);

    public void Book(SampledShare share, int sign) => (Requests, UnrecordedMillionths) = (Requests + sign, UnrecordedMillionths + sign * share.UnrecordedMillionths);
}

/// <summary>What sampled calls and requests stand for beside themselves, as the writer moves it: by hour and by day.</summary>
internal sealed class SampledCells(SqliteSampled rows)
{
    private const int Hour = 3600, Day = 86_400;
    private readonly RecentCells<SampledUsageCell> _usage = new(4_000);
    private readonly RecentCells<SampledRequestsCell> _requests = new(4_000);
    private readonly List<SampledUsageCell> _dirtyUsage = [];
    private readonly List<SampledRequestsCell> _dirtyRequests = [];

    /// <summary>Adds a sampled call (sign 1) or takes it out again (sign -1).</summary>
    public void Book(CallRow call, int sign)
    {
        Usage(RollupSpan.Hour, Hour, call).Book(call, sign);
        Usage(RollupSpan.Day, Day, call).Book(call, sign);
    }

    /// <summary>Adds a request of a sampled trace, or takes it out again.</summary>
    public void BookRequest(int seriesId, long unixMs, SampledShare share, int sign)
    {
        Requests(RollupSpan.Hour, Hour, unixMs, seriesId).Book(share, sign);
        Requests(RollupSpan.Day, Day, unixMs, seriesId).Book(share, sign);
    }

    /// <summary>Writes what changed.</summary>
    public void Write()
    {
        foreach (var cell in _dirtyUsage)
        {
            cell.IsDirty = false;
            if (!cell.IsEmpty)
            {
                rows.Put(cell);
                continue;
            }
            rows.DeleteUsage(cell.Key);
            cell.Clear();
        }
        foreach (var cell in _dirtyRequests)
        {
            cell.IsDirty = false;
            if (!cell.IsEmpty)
            {
                rows.Put(cell);
                continue;
            }
            rows.DeleteRequests(cell.Key);
            cell.Clear();
        }
        _dirtyUsage.Clear();
        _dirtyRequests.Clear();
        _usage.Turn();
        _requests.Turn();
    }

    /// <summary>Forgets all cells: the store was changed by another hand.</summary>
    public void Forget()
    {
        _usage.Clear();
        _requests.Clear();
    }

    private SampledUsageCell Usage(RollupSpan span, int seconds, CallRow call)
    {
        var key = new CellKey(span, UtcTime.SlotUnixSeconds(call.StartUnixMs, seconds), call.CostSeriesId);
        if (!_usage.TryGet(key, out var cell))
        {
            cell = new SampledUsageCell(key);
            rows.Load(cell);
            _usage.Keep(key, cell);
        }
        if (cell.IsDirty) return cell;
        cell.IsDirty = true;
        _dirtyUsage.Add(cell);
        return cell;
    }

    private SampledRequestsCell Requests(RollupSpan span, int seconds, long unixMs, int seriesId)
    {
        var key = new CellKey(span, UtcTime.SlotUnixSeconds(unixMs, seconds), seriesId);
        if (!_requests.TryGet(key, out var cell))
        {
            cell = new SampledRequestsCell(key);
            rows.Load(cell);
            _requests.Keep(key, cell);
        }
        if (cell.IsDirty) return cell;
        cell.IsDirty = true;
        _dirtyRequests.Add(cell);
        return cell;
    }
}
