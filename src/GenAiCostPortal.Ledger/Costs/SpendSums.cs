using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Rows of an answer while they grow, in whole nano-USD; also the totals beside them.</summary>
internal sealed class SpendSums
{
    private sealed class Row
    {
        public long Billed, Preliminary, Estimated, OffBill, Calls, Requests, CallsWithoutCost, BillableCalls;
        public TokenCounts Tokens;
        public readonly long[] Methods = new long[Enum.GetValues<AllocationMethod>().Length];
        public readonly long[] Reasons = new long[Enum.GetValues<UnattributedReason>().Length];
    }

    private readonly SpendQuery _query;
    private readonly SpendWords _words;
    private readonly SpendDimension _first, _second;
    private readonly List<(SpendDimension Dimension, HashSet<int> Keys)> _filters = [];
    private readonly List<(SpendDimension Dimension, HashSet<int> Keys)> _callFilters = [];
    private readonly List<SpendDimension> _callGroups;
    private readonly Dictionary<(long Time, int First, int Second), Row> _rows = [];
    private long _usage, _measured, _declared, _unattributed, _billedUnattributed, _notKnown;

    public SpendSums(SpendQuery query, SpendWords words)
    {
        (_query, _words) = (query, words);
        if (query.GroupBy.Count > 2) throw new ArgumentException("At most two groupings.", nameof(query));
        _first = query.GroupBy.Count > 0 ? query.GroupBy[0] : default;
        _second = query.GroupBy.Count > 1 ? query.GroupBy[1] : default;
        foreach (var (dimension, values) in query.Filter.Values.Where(v => v.Value.Count > 0))
            (IsOfCalls(dimension) ? _callFilters : _filters).Add((dimension, values.Select(v => words.Key(dimension, v)).ToHashSet()));
        _callGroups = [.. query.GroupBy.Where(IsOfCalls)];
        Needed = NeededBy(query);
    }

    /// <summary>Dimensions that rows must carry to be filtered and grouped.</summary>
    public IReadOnlyList<SpendDimension> Needed { get; }

    private static SpendDimension[] NeededBy(SpendQuery query)
    {
        var asked = query.GroupBy.Concat(query.Filter.Values.Where(v => v.Value.Count > 0).Select(v => v.Key)).ToHashSet();
        // Workflows are found by all that names a call, services by the model, the method of a call by its feature.
        if (asked.Overlaps([SpendDimension.Workflow, SpendDimension.Agent])) asked.UnionWith(Enum.GetValues<SpendDimension>());
        if (asked.Contains(SpendDimension.Service)) asked.Add(SpendDimension.Model);
        if (asked.Contains(SpendDimension.Method)) asked.Add(SpendDimension.Feature);
        return [.. asked.Order()];
    }

    /// <summary>Whether token kind or component is asked for: then usage, too, is told apart by kind.</summary>
    public bool AsksKind => _query.GroupBy.Concat(_query.Filter.Values.Where(v => v.Value.Count > 0).Select(v => v.Key))
        .Any(d => d is SpendDimension.TokenKind or SpendDimension.Component);

    /// <summary>Whether workflow or agent is asked for.</summary>
    public bool AsksWorkflow => Needed.Contains(SpendDimension.Workflow);

    /// <summary>Known only where calls decided the money (algorithms §4).</summary>
    public static bool IsOfCalls(SpendDimension dimension) => dimension is SpendDimension.Release or SpendDimension.Workflow or SpendDimension.Agent;

    /// <summary>Splits money by workflow and agent, where these are asked for.</summary>
    public WorkflowShares? Workflows { get; init; }

    /// <summary>Which AWS service bills a model, where services are asked for: calls do not say it.</summary>
    public IReadOnlyDictionary<int, int>? ServiceOfModel { get; init; }

    /// <summary>Whether money of a key can be in the answer; release, workflow and agent aside.</summary>
    public bool Wants(in SpendKey key) => Passes(_filters, WithService(key));

    /// <summary>Adds money at a time.</summary>
    public void AddMoney(DateTime time, in LedgerMoney money)
    {
        if (Workflows is null)
        {
            AddPart(time, money);
            return;
        }
        foreach (var part in Workflows.Split(money)) AddPart(time, part);
    }

    private void AddPart(DateTime time, in LedgerMoney money)
    {
        var (key, basis, nanoUsd, method, reason) = (WithService(money.Key), money.Basis, money.NanoUsd, money.Method, money.Reason);
        if (nanoUsd == 0 || !Passes(_filters, key)) return;
        var isCost = basis != Basis.OffBill || _query.View == SpendView.Estimated;
        if (isCost && IsBlindTo(key)) _notKnown += nanoUsd;
        if (!Passes(_callFilters, key)) return;
        var row = RowOf(time, key);
        if (basis == Basis.Billed) row.Billed += nanoUsd;
        else if (basis == Basis.BilledPreliminary) row.Preliminary += nanoUsd;
        else if (basis == Basis.OffBill) row.OffBill += nanoUsd;
        else row.Estimated += nanoUsd;
        if (!isCost) return;
        row.Methods[(int)method] += nanoUsd;
        if (method == AllocationMethod.Unattributed)
        {
            row.Reasons[(int)reason] += nanoUsd;
            _unattributed += nanoUsd;
            if (basis is Basis.Billed or Basis.BilledPreliminary) _billedUnattributed += nanoUsd;
        }
        if (!money.IsUsage || basis is not (Basis.Billed or Basis.BilledPreliminary)) return;
        _usage += nanoUsd;
        if (method is AllocationMethod.Rule or AllocationMethod.Shared) _declared += nanoUsd;
        else if (method != AllocationMethod.Unattributed) _measured += nanoUsd;
    }

    /// <summary>Adds recorded usage.</summary>
    public void AddUsage(DateTime time, in SpendKey key, long calls, long requests, in TokenCounts tokens, long callsWithoutCost, AllocationMethod method, long billableCalls = 0)
    {
        var full = WithService(key);
        full[SpendDimension.Method] = 1 + (int)method;
        if (calls == 0 && requests == 0 && callsWithoutCost == 0 && billableCalls == 0 && tokens.Total == 0 || !Passes(_filters, full) || !Passes(_callFilters, full)) return;
        var row = RowOf(time, full);
        row.Calls += calls;
        row.Requests += requests;
        row.Tokens += tokens;
        row.CallsWithoutCost += callsWithoutCost;
        row.BillableCalls += billableCalls;
    }

    public SpendAnswer Answer(DateTime asOf, DateOnly? billedThrough, long outsideScope)
    {
        long billed = 0, estimated = 0, offBill = 0;
        var rows = new List<SpendRow>(_rows.Count);
        foreach (var (key, row) in _rows)
        {
            billed += row.Billed + row.Preliminary;
            estimated += row.Estimated;
            offBill += row.OffBill;
            rows.Add(Shown(key, row));
        }
        rows.Sort(Compare);
        var total = billed + estimated + (_query.View == SpendView.Estimated ? offBill : 0);
        return new SpendAnswer(_query, asOf, billedThrough, Money.ToUsd(total), Money.ToUsd(billed), Money.ToUsd(estimated),
            Money.ToUsd(_unattributed), Share(_measured + _declared), Share(_measured), Share(_declared), Money.ToUsd(outsideScope),
            Money.ToUsd(offBill), Money.ToUsd(_notKnown), rows) { BilledUnattributedUsd = Money.ToUsd(_billedUnattributed) };
    }

    private decimal? Share(long part) => _usage > 0 ? (decimal)part / _usage : null;

    private SpendKey WithService(SpendKey key)
    {
        if (ServiceOfModel is not null && key[SpendDimension.Service] == 0) key[SpendDimension.Service] = ServiceOfModel.GetValueOrDefault(key[SpendDimension.Model]);
        return key;
    }

    private bool IsBlindTo(in SpendKey key)
    {
        foreach (var (dimension, _) in _callFilters)
            if (key[(int)dimension] == 0) return true;
        foreach (var dimension in _callGroups)
            if (key[(int)dimension] == 0) return true;
        return false;
    }

    private static bool Passes(List<(SpendDimension Dimension, HashSet<int> Keys)> filters, in SpendKey key)
    {
        foreach (var (dimension, keys) in filters)
            if (!keys.Contains(key[(int)dimension])) return false;
        return true;
    }

    private Row RowOf(DateTime time, in SpendKey key)
    {
        var at = (StepOf(_query.Granularity, time), _query.GroupBy.Count > 0 ? key[(int)_first] : 0, _query.GroupBy.Count > 1 ? key[(int)_second] : 0);
        if (!_rows.TryGetValue(at, out var row)) _rows[at] = row = new Row();
        return row;
    }

    /// <summary>Start of the step, seconds since 1970; weeks start on Monday.</summary>
    internal static long StepOf(Granularity granularity, DateTime time) => granularity switch
    {
        Granularity.None => 0,
        Granularity.Hour or Granularity.Minute5 => UtcTime.ToUnixSeconds(time) / 3600 * 3600,
        Granularity.Day => UtcTime.ToUnixSeconds(time.Date),
        Granularity.Week => UtcTime.ToUnixSeconds(time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7))),
        _ => UtcTime.ToUnixSeconds(new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc)),
    };

    private SpendRow Shown((long Time, int First, int Second) key, Row row)
    {
        var billed = row.Billed + row.Preliminary;
        var cost = billed + row.Estimated + (_query.View == SpendView.Estimated ? row.OffBill : 0);
        string[] keys = _query.GroupBy.Count switch
        {
            0 => [],
            1 => [_words.Word(_first, key.First)],
            _ => [_words.Word(_first, key.First), _words.Word(_second, key.Second)],
        };
        return new SpendRow(_query.Granularity == Granularity.None ? null : UtcTime.FromUnixSeconds(key.Time), keys, Money.ToUsd(cost),
            Money.ToUsd(billed), Money.ToUsd(row.Estimated), Money.ToUsd(row.OffBill), BasisOf(row), ToUsd<AllocationMethod>(row.Methods), ToUsd<UnattributedReason>(row.Reasons),
            row.Calls, row.Requests, row.Tokens, row.CallsWithoutCost) { BillableCalls = row.BillableCalls };
    }

    private static Basis BasisOf(Row row)
    {
        var isBilled = row.Billed != 0 || row.Preliminary != 0;
        if (row.Estimated != 0) return isBilled ? Basis.Mixed : Basis.Estimated;
        if (isBilled) return row.Preliminary != 0 ? Basis.BilledPreliminary : Basis.Billed;
        return row.OffBill != 0 ? Basis.OffBill : Basis.Estimated;
    }

    private static Dictionary<T, decimal> ToUsd<T>(long[] sums) where T : struct, Enum
    {
        var shown = new Dictionary<T, decimal>();
        foreach (var value in Enum.GetValues<T>())
            if (sums[Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)] is var sum and not 0) shown[value] = Money.ToUsd(sum);
        return shown;
    }

    private static int Compare(SpendRow a, SpendRow b)
    {
        var order = Nullable.Compare(a.Time, b.Time);
        if (order == 0) order = b.CostUsd.CompareTo(a.CostUsd);
        for (var i = 0; order == 0 && i < a.Keys.Count; i++) order = string.CompareOrdinal(a.Keys[i], b.Keys[i]);
        return order;
    }
}
