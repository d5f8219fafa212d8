using System.Data.Common;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Sums of one row while they grow.</summary>
internal sealed class UsageSums
{
    private long _calls, _requests, _errors, _throttles, _retries, _withoutTokens, _tokensByMetrics, _callsByMetrics;
    private TokenCounts _tokens;
    private double _durationMs;
    private LatencyHistogram? _latency, _timeToFirstToken;

    public void AddTokens(in TokenCounts tokens) => _tokens += tokens;

    /// <summary>Adds what only metrics tell of.</summary>
    public void AddMeasured(in TokenCounts tokens, long calls)
    {
        _tokens += tokens;
        _tokensByMetrics += tokens.Total;
        _calls += calls;
        _callsByMetrics += calls;
    }

    /// <summary>Adds slot columns from <c>Input</c> on.</summary>
    public void Add(DbDataReader row, int at, in TokenCounts tokens)
    {
        _tokens += tokens;
        _calls += row.GetInt64(at + 7);
        _requests += row.GetInt64(at + 8);
        _errors += row.GetInt64(at + 9);
        _throttles += row.GetInt64(at + 10);
        _retries += row.GetInt64(at + 11);
        _withoutTokens += row.GetInt64(at + 12);
        _durationMs += row.GetDouble(at + 13);
        if (!row.IsDBNull(at + 14)) (_latency ??= new()).AddBytes(row.GetFieldValue<byte[]>(at + 14));
        if (!row.IsDBNull(at + 15)) (_timeToFirstToken ??= new()).AddBytes(row.GetFieldValue<byte[]>(at + 15));
    }

    public UsageMeasures Measures => new(_tokens, _calls, _requests, _errors, _throttles, _retries, _withoutTokens, _durationMs,
        Percentiles.Of(_latency), Percentiles.Of(_timeToFirstToken)) { TokensByMetrics = _tokensByMetrics, CallsByMetrics = _callsByMetrics };
}

/// <summary>Slots of the usage rollup, filtered and put into the rows of an answer.</summary>
internal sealed class UsageTable
{
    /// <summary>What a slot is read as, after the columns of dimensions.</summary>
    public const string Columns = $"""
        r."SlotUnixSeconds", s."Tier", s."ModelId", {RecordedSpend.Method}, r."Input", r."CacheRead", r."CacheWrite5m", r."CacheWrite30m", r."CacheWrite1h", r."Output", r."Reasoning",
            r."Calls", r."Requests", r."Errors", r."Throttles", r."Retries", r."CallsWithoutTokens", r."DurationMs", r."Latency", r."TimeToFirstToken"
        """;

    private readonly UsageQuery _query;
    private readonly Granularity _step;
    private readonly SpendWords _words;
    private readonly LedgerDayReader _reader;
    private readonly IReadOnlyDictionary<int, int>? _serviceOfModel;
    private readonly (SpendDimension Dimension, HashSet<int> Keys)[] _filters;
    private readonly SpendColumns _columns;
    private readonly Dictionary<(long Time, int First, int Second), UsageSums> _rows = [];
    private readonly UsageSums _total = new();

    public UsageTable(UsageQuery query, Granularity step, SpendWords words, LedgerDayReader reader, IReadOnlyDictionary<int, int>? serviceOfModel)
    {
        (_query, _step, _words, _reader, _serviceOfModel) = (query, step, words, reader, serviceOfModel);
        if (query.GroupBy.Count > 2) throw new ArgumentException("At most two groupings.", nameof(query));
        _filters = [.. query.Filter.Values.Where(v => v.Value.Count > 0).Select(v => (v.Key, v.Value.Select(word => words.Key(v.Key, word)).ToHashSet()))];
        var needed = query.Asked.ToHashSet();
        if (needed.Contains(SpendDimension.Service)) needed.Add(SpendDimension.Model);
        _columns = SpendColumns.OfSeries(needed.Order(), hasWorkflow: true);
    }

    /// <summary>Columns of dimensions as SQL.</summary>
    public string DimensionColumns => _columns.Sql;

    public void Add(DbDataReader row)
    {
        var key = default(SpendKey);
        _columns.Read(row, 0, ref key);
        var at = _columns.Count;
        var (model, tier) = (row.GetInt32(at + 2), (ServiceTier)row.GetByte(at + 1));
        key[SpendDimension.Method] = 1 + (int)RecordedSpend.MethodOf(row.GetInt32(at + 3));
        if (_serviceOfModel is not null) key[SpendDimension.Service] = _serviceOfModel.GetValueOrDefault(model);
        var time = UtcTime.FromUnixSeconds(row.GetInt64(at));
        var tokens = new TokenCounts(row.GetInt64(at + 4), row.GetInt64(at + 5), row.GetInt64(at + 6), row.GetInt64(at + 7), row.GetInt64(at + 8), row.GetInt64(at + 9), row.GetInt64(at + 10));
        if (!_query.IsByKind)
        {
            if (!Passes(key)) return;
            RowOf(time, key).Add(row, at + 4, tokens);
            _total.Add(row, at + 4, tokens);
            return;
        }
        foreach (var kind in TokenCounts.Kinds)
        {
            if (tokens[kind] == 0) continue;
            key[SpendDimension.TokenKind] = (int)kind + 1;
            key[SpendDimension.Component] = (int)_reader.ComponentOf(model, kind, tier) + 1;
            if (!Passes(key)) continue;
            var part = tokens.Only(kind);
            RowOf(time, key).AddTokens(part);
            _total.AddTokens(part);
        }
    }

    /// <summary>Adds usage that no recorded call stands for.</summary>
    public void Add(MeasuredPart part)
    {
        var s = part.Series;
        var key = default(SpendKey);
        foreach (var (dimension, id) in ((SpendDimension, int)[])
            [
                (SpendDimension.Account, s.AccountId), (SpendDimension.Region, s.RegionId), (SpendDimension.Provider, s.ProviderId), (SpendDimension.Model, s.ModelId),
                (SpendDimension.Feature, s.FeatureId), (SpendDimension.Team, s.TeamId), (SpendDimension.Application, s.ApplicationId),
                (SpendDimension.Environment, s.EnvironmentId), (SpendDimension.Release, s.ReleaseId), (SpendDimension.Tier, (int)s.Tier + 1),
                (SpendDimension.Method, 1 + (int)(s.FeatureId == 0 ? AllocationMethod.Unattributed : AllocationMethod.Metric)),
            ]) key[dimension] = id;
        if (_serviceOfModel is not null) key[SpendDimension.Service] = _serviceOfModel.GetValueOrDefault(s.ModelId);
        var time = UtcTime.FromUnixSeconds(part.SlotUnixSeconds);
        if (!_query.IsByKind)
        {
            if (!Passes(key)) return;
            RowOf(time, key).AddMeasured(part.Tokens, part.Calls);
            _total.AddMeasured(part.Tokens, part.Calls);
            return;
        }
        foreach (var kind in TokenCounts.Kinds)
        {
            if (part.Tokens[kind] == 0) continue;
            key[SpendDimension.TokenKind] = (int)kind + 1;
            key[SpendDimension.Component] = (int)_reader.ComponentOf(s.ModelId, kind, s.Tier) + 1;
            if (!Passes(key)) continue;
            RowOf(time, key).AddMeasured(part.Tokens.Only(kind), 0);
            _total.AddMeasured(part.Tokens.Only(kind), 0);
        }
    }

    public UsageMeasures Total => _total.Measures;

    /// <summary>By time, then most tokens first.</summary>
    public IReadOnlyList<UsageRow> Rows() =>
    [
        .. _rows.Select(r => new UsageRow(_query.Granularity == Granularity.None ? null : UtcTime.FromUnixSeconds(r.Key.Time), Words(r.Key.First, r.Key.Second), r.Value.Measures))
            .OrderBy(r => r.Time).ThenByDescending(r => r.Measures.Tokens.Total).ThenByDescending(r => r.Measures.Calls).ThenBy(r => string.Join('\u001f', r.Keys), StringComparer.Ordinal),
    ];

    private string[] Words(int first, int second) => _query.GroupBy.Count switch
    {
        0 => [],
        1 => [_words.Word(_query.GroupBy[0], first)],
        _ => [_words.Word(_query.GroupBy[0], first), _words.Word(_query.GroupBy[1], second)],
    };

    private bool Passes(in SpendKey key)
    {
        foreach (var (dimension, keys) in _filters)
            if (!keys.Contains(key[(int)dimension])) return false;
        return true;
    }

    private UsageSums RowOf(DateTime time, in SpendKey key)
    {
        var step = _step == Granularity.Minute5 ? UtcTime.ToUnixSeconds(time) : SpendSums.StepOf(_step, time);
        var at = (step, _query.GroupBy.Count > 0 ? key[(int)_query.GroupBy[0]] : 0, _query.GroupBy.Count > 1 ? key[(int)_query.GroupBy[1]] : 0);
        if (!_rows.TryGetValue(at, out var row)) _rows[at] = row = new UsageSums();
        return row;
    }
}
