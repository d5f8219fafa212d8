using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What the requests of users cost (algorithms §11), over whole UTC days.</summary>
/// <param name="CostUsd">Estimated cost of the calls of requests with a user.</param>
/// <param name="Users">Distinct users; within 2 % where there are more than <see cref="DistinctUsers.MostExact"/>, exact below.</param>
/// <param name="Requests">Requests with a user; 0 where no sender says who asked.</param>
/// <param name="RequestsWithoutCost">Of these, requests whose cost is unknown or known in part: the cost is at least what it says.</param>
public sealed record UserCost(decimal CostUsd, long Users, long Requests, long RequestsWithoutCost)
{
    public static readonly UserCost None = new(0, 0, 0, 0);

    /// <summary>Cost with a user ÷ distinct users; null without a user or a known cost.</summary>
    public decimal? PerUserUsd => Users > 0 && (CostUsd != 0 || RequestsWithoutCost == 0) ? CostUsd / Users : null;
}

/// <summary>Reads the roll-up of users. A request belongs to the owners of its root, so only these can be asked for.</summary>
internal sealed class UserCosts(LedgerDb db, Dimensions dimensions, UsageQuery query)
{
    private static readonly HashSet<SpendDimension> OfRequests =
    [
        SpendDimension.Feature, SpendDimension.Team, SpendDimension.Application, SpendDimension.Environment, SpendDimension.Release, SpendDimension.Workflow,
    ];

    private sealed class Sums
    {
        private long _nanoUsd, _requests, _withoutCost;
        private readonly DistinctUsers _users = new();

        public void Add(long requests, long withoutCost, long nanoUsd, DistinctUsers users)
        {
            (_requests, _withoutCost, _nanoUsd) = (_requests + requests, _withoutCost + withoutCost, _nanoUsd + nanoUsd);
            _users.Add(users);
        }

        public UserCost Cost => new(Money.ToUsd(_nanoUsd), _users.Count, _requests, _withoutCost);
    }

    /// <summary>
    /// Over all and per row; null where requests cannot be told apart so (by model, account, …; steps shorter than a day). Days that
    /// the question touches are read whole.
    /// </summary>
    public async Task<(UserCost? Total, Dictionary<CallSamples.At, UserCost>? Rows)> ReadAsync(CancellationToken cancel)
    {
        if (query.Filter.Values.Any(v => v.Value.Count > 0 && !OfRequests.Contains(v.Key))) return (null, null);
        var words = new SpendWords(dimensions);
        var filters = query.Filter.Values.Where(v => v.Value.Count > 0).Select(v => (Dimension: v.Key, Keys: v.Value.Select(w => words.Key(v.Key, w)).ToHashSet())).ToArray();
        var hasRows = query.GroupBy.All(OfRequests.Contains) && query.Granularity is not (Granularity.Minute5 or Granularity.Hour);
        var columns = SpendColumns.OfSeries(query.Asked.Where(OfRequests.Contains).Order(), hasWorkflow: true);
        var total = new Sums();
        var rows = new Dictionary<CallSamples.At, Sums>();
        var (from, to) = (DateOnly.FromDateTime(query.From), DateOnly.FromDateTime(query.To.AddTicks(-1)));
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {columns.Sql}u."Day", u."Requests", u."RequestsWithoutCost", u."EstimatedCostNanoUsd", u."Users"
            FROM user_rollup u JOIN usage_series s ON s."Id" = u."SeriesId" WHERE u."Day" >= {from.DayNumber} AND u."Day" <= {to.DayNumber}
            """), row =>
        {
            var key = default(SpendKey);
            columns.Read(row, 0, ref key);
            if (filters.Any(f => !f.Keys.Contains(key[(int)f.Dimension]))) return;
            var at = columns.Count;
            var users = DistinctUsers.FromBytes(row.IsDBNull(at + 4) ? null : row.GetFieldValue<byte[]>(at + 4));
            var (requests, withoutCost, nanoUsd) = (row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3));
            total.Add(requests, withoutCost, nanoUsd, users);
            if (!hasRows) return;
            var place = new CallSamples.At(Step(row.GetInt32(at)), Key(key, 0), Key(key, 1));
            if (!rows.TryGetValue(place, out var sums)) rows[place] = sums = new Sums();
            sums.Add(requests, withoutCost, nanoUsd, users);
        }, cancel);
        return (total.Cost, hasRows ? rows.ToDictionary(r => r.Key, r => r.Value.Cost) : null);
    }

    private long Step(int dayNumber) => query.Granularity == Granularity.None ? 0 : SpendSums.StepOf(query.Granularity, UtcTime.Start(DateOnly.FromDayNumber(dayNumber)));

    private int Key(in SpendKey key, int grouping) => query.GroupBy.Count > grouping ? key[(int)query.GroupBy[grouping]] : 0;
}
