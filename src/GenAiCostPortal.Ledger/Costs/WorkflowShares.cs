using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Workflow and agent of money that calls decided: ledger and cost rollup do not carry them, the usage rollup does. Within the same
/// owners, model and token kind every token costs the same, so tokens split the money exactly.
/// </summary>
internal sealed class WorkflowShares
{
    private readonly Dictionary<(DateOnly Day, CallUse Use), List<(int Workflow, int Agent, long Tokens)>> _shares = [];

    public static async Task<WorkflowShares> ReadAsync(LedgerDb db, SpendPeriod period, CancellationToken cancel, string series = "")
    {
        var shares = new WorkflowShares();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", s."AccountId", s."RegionId", s."ModelId", s."FeatureId", s."TeamId", s."ApplicationId", s."EnvironmentId",
                s."ReleaseId", s."WorkflowId", s."AgentId",
                SUM(r."Input"), SUM(r."CacheRead"), SUM(r."CacheWrite5m"), SUM(r."CacheWrite30m"), SUM(r."CacheWrite1h"), SUM(r."Output")
            FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(period.FirstDay)} AND r."SlotUnixSeconds" <= {UtcTime.ToUnixSeconds(period.LastDay)}{series}
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
            """), row =>
        {
            var day = UtcTime.DayOfUnixMs(row.GetInt64(0) * 1000);
            foreach (var kind in TokenCounts.Kinds)
            {
                var tokens = row.GetInt64(11 + (int)kind);
                if (tokens <= 0) continue;
                var use = new CallUse(row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), kind);
                if (!shares._shares.TryGetValue((day, use), out var list)) shares._shares[(day, use)] = list = [];
                list.Add((row.GetInt32(9), row.GetInt32(10), tokens));
            }
        }, cancel);
        return shares;
    }

    /// <summary>The parts of money by workflow and agent; itself where no call is behind it.</summary>
    public IEnumerable<LedgerMoney> Split(LedgerMoney money)
    {
        if (money is not { IsOfCalls: true, Kind: { } kind }) return [money];
        var use = CallUse.Of(money.Key, kind);
        if (!_shares.TryGetValue((money.Day, use), out var shares) && !_shares.TryGetValue((money.Day, use.Unplaced), out shares)) return [money];
        var parts = Money.Split(money.NanoUsd, [.. shares.Select(s => (decimal)s.Tokens)]);
        return shares.Select((share, i) =>
        {
            var key = money.Key;
            key[SpendDimension.Workflow] = share.Workflow;
            key[SpendDimension.Agent] = share.Agent;
            return money with { Key = key, NanoUsd = parts[i] };
        });
    }
}
