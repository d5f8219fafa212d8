using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// What the queries of a month may cost, whichever feed asks. A query is not begun when what it is expected to scan does not fit into
/// what is left, and stopped when it scans more than that or than one query may.
/// </summary>
internal sealed class AthenaBudget(IDbContextFactory<LedgerDb> stores, TimeProvider time)
{
    /// <summary>Runs a query within both limits.</summary>
    /// <param name="expectedBytes">What it scanned last time; 0 when not known.</param>
    /// <exception cref="AthenaFaultException">It was not begun, failed, was stopped or took too long.</exception>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    public async Task<AthenaQuery> RunAsync(AthenaClient client, AthenaOptions own, AwsRequestTally tally, string sql, long expectedBytes, CancellationToken cancel)
    {
        var left = Money.ToNanoUsd(own.MonthlyBudgetUsd) - await SpentAsync(cancel) - tally.CostNanoUsd;
        var expected = AthenaClient.CostNanoUsd(expectedBytes);
        if (expected > left)
            throw new AthenaFaultException(string.Create(CultureInfo.InvariantCulture, $"The query would cost about ${Money.ToUsd(expected):0.0000}; ${Math.Max(0, Money.ToUsd(left)):0.0000} of this month's ${own.MonthlyBudgetUsd:0.##} is left. It was not begun."),
                "Raise Athena:MonthlyBudgetUsd, or wait for the next month.");
        return await client.RunAsync(sql, Math.Min((long)(own.MaxScannedGb * 1_000_000_000m), AthenaClient.BytesFor(left)), cancel);
    }

    private async Task<long> SpentAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var month = new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.FeedRuns.Where(r => (r.Feed == BillFeeds.Athena || r.Feed == AthenaLogsJob.Feed) && r.Start >= month).SumAsync(r => r.RequestCostNanoUsd, cancel);
    }
}
