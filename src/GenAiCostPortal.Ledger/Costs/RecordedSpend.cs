using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What recorded calls bring to an answer: estimated money from the cost rollup; calls, requests and tokens from the usage rollup.</summary>
internal sealed class RecordedSpend(LedgerDb db, SpendSums sums, SpendPeriod period, LedgerDayReader reader, string series = "")
{
    /// <summary>Condition on a series: its calls stand in traces. A call that only the invocation log tells of stands in none, and summed logs are no single calls (algorithms §11).</summary>
    public static readonly string InsideTraces = string.Create(CultureInfo.InvariantCulture, $" AND s.\"Doors\" <> {(int)Traces.Doors.InvocationLog} AND (s.\"Doors\" & {(int)Traces.Doors.Summed}) = 0");

    private const string Tokens = """SUM(r."Input"), SUM(r."CacheRead"), SUM(r."CacheWrite5m"), SUM(r."CacheWrite30m"), SUM(r."CacheWrite1h"), SUM(r."Output"), """;

    // 0 without a feature, else by whether AWS's own log told of the calls.
    public const string Method = """CASE WHEN s."FeatureId" = 0 THEN 0 WHEN (s."Doors" & 4) = 0 THEN 1 ELSE 2 END""";

    private bool IsByKind => sums.Needed.Any(d => d is SpendDimension.TokenKind or SpendDimension.Component);

    /// <summary>Adds the estimate of recorded calls. Calls billed by AWS only where <paramref name="isWanted"/> says so, off-bill calls always.</summary>
    public async Task AddCostAsync(Func<DateOnly, int, bool> isWanted, CancellationToken cancel)
    {
        foreach (var (span, from, to) in Slots(period))
        {
            var columns = SpendColumns.OfSeries(sums.Needed, hasWorkflow: false);
            var price = IsByKind ? "CASE WHEN r.\"RepricedId\" = 0 THEN s.\"PriceId\" ELSE r.\"RepricedId\" END, s.\"Tier\", s.\"ModelId\", " : "0, 0, 0, ";
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {columns.Sql}{price}r."SlotUnixSeconds", s."AccountId", s."IsOffBill", {Method}, {Tokens}
                    SUM(r."EstimatedCostNanoUsd"), SUM(r."CallsWithoutCost"), SUM(r."Calls")
                FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
                WHERE r."Span" = {span} AND r."SlotUnixSeconds" >= {from} AND r."SlotUnixSeconds" < {to} AND s."IsBillable"{series}
                GROUP BY {string.Join(", ", Enumerable.Range(1, columns.Count + 7).Except(IsByKind ? [] : [columns.Count + 1, columns.Count + 2, columns.Count + 3]))}
                """), row => AddCost(row, columns, isWanted), cancel);
        }
    }

    private void AddCost(DbDataReader row, SpendColumns columns, Func<DateOnly, int, bool> isWanted)
    {
        var key = default(SpendKey);
        columns.Read(row, 0, ref key);
        var at = columns.Count;
        var time = UtcTime.FromUnixSeconds(row.GetInt64(at + 3));
        var isOffBill = row.GetBoolean(at + 5);
        var method = MethodOf(row.GetInt32(at + 6));
        var withoutCost = row.GetInt64(at + 14);
        if (withoutCost != 0) sums.AddUsage(time, key, 0, 0, default, withoutCost, method);
        if (!isOffBill && !isWanted(DateOnly.FromDateTime(time), row.GetInt32(at + 4))) return;
        if (!IsByKind && !sums.AsksWorkflow) sums.AddUsage(time, key, 0, 0, default, 0, method, row.GetInt64(at + 15));
        var basis = isOffBill ? Basis.OffBill : Basis.Estimated;
        var reason = method == AllocationMethod.Unattributed ? UnattributedReason.NoFeatureOnCall : UnattributedReason.None;
        key[SpendDimension.Method] = (int)method + 1;
        var cost = row.GetInt64(at + 13);
        if (!IsByKind)
        {
            sums.AddMoney(time, new LedgerMoney(DateOnly.FromDateTime(time), key, cost, basis, method, reason, true));
            return;
        }
        var costs = reader.KindCosts(TokensOf(row, at + 7), row.GetInt32(at), cost);
        foreach (var kind in TokenCounts.Kinds)
        {
            key[SpendDimension.TokenKind] = (int)kind + 1;
            key[SpendDimension.Component] = (int)reader.ComponentOf(row.GetInt32(at + 2), kind, (ModelNames.ServiceTier)row.GetByte(at + 1)) + 1;
            sums.AddMoney(time, new LedgerMoney(DateOnly.FromDateTime(time), key, costs[(int)kind], basis, method, reason, true));
        }
    }

    /// <summary>Adds recorded calls, requests and tokens; they are the same whatever the view.</summary>
    public async Task AddUsageAsync(CancellationToken cancel)
    {
        foreach (var (span, from, to) in Slots(period))
        {
            var columns = SpendColumns.OfSeries(sums.Needed, hasWorkflow: true);
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {columns.Sql}r."SlotUnixSeconds", {(sums.AsksKind ? "s.\"Tier\", s.\"ModelId\"" : "0, 0")}, {Tokens}SUM(r."Reasoning"), SUM(r."Calls"), SUM(r."Requests"), {Method}
                FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
                WHERE r."Span" = {span} AND r."SlotUnixSeconds" >= {from} AND r."SlotUnixSeconds" < {to}{series}
                GROUP BY {string.Join(", ", Enumerable.Range(1, columns.Count + (sums.AsksKind ? 3 : 1)).Append(columns.Count + 13))}
                """), row => AddUsage(row, columns), cancel);
        }
    }

    private void AddUsage(DbDataReader row, SpendColumns columns)
    {
        var key = default(SpendKey);
        columns.Read(row, 0, ref key);
        var at = columns.Count;
        var time = UtcTime.FromUnixSeconds(row.GetInt64(at));
        var tokens = TokensOf(row, at + 3) with { Reasoning = row.GetInt64(at + 9) };
        var method = MethodOf(row.GetInt32(at + 12));
        if (!sums.AsksKind)
        {
            sums.AddUsage(time, key, row.GetInt64(at + 10), row.GetInt64(at + 11), tokens, 0, method);
            return;
        }
        // A call has tokens of several kinds, so calls and requests belong to none of these rows.
        foreach (var kind in TokenCounts.Kinds)
        {
            key[SpendDimension.TokenKind] = (int)kind + 1;
            key[SpendDimension.Component] = (int)reader.ComponentOf(row.GetInt32(at + 2), kind, (ModelNames.ServiceTier)row.GetByte(at + 1)) + 1;
            sums.AddUsage(time, key, 0, 0, tokens.Only(kind), 0, method);
        }
    }

    public static AllocationMethod MethodOf(int code) => code switch
    {
        0 => AllocationMethod.Unattributed,
        1 => AllocationMethod.Trace,
        _ => AllocationMethod.InvocationLog,
    };

    private static TokenCounts TokensOf(DbDataReader row, int at) => new(
        row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), row.GetInt64(at + 4), row.GetInt64(at + 5));

    /// <summary>Whole days from the day rollup, the rest from the hour rollup.</summary>
    internal static IEnumerable<(int Span, long From, long To)> Slots(SpendPeriod period)
    {
        var (whole, byHour) = period.Parts();
        foreach (var (first, last) in whole) yield return (2, UtcTime.ToUnixSeconds(first), UtcTime.ToUnixSeconds(last.AddDays(1)));
        if (byHour.Count == 0) yield break;
        if (period.IsHourly)
        {
            yield return (1, UtcTime.ToUnixSeconds(period.From), UtcTime.ToUnixSeconds(period.To));
            yield break;
        }
        foreach (var day in byHour)
            yield return (1, Math.Max(UtcTime.ToUnixSeconds(day), UtcTime.ToUnixSeconds(period.From)),
                Math.Min(UtcTime.ToUnixSeconds(day.AddDays(1)), UtcTime.ToUnixSeconds(period.To)));
    }
}
