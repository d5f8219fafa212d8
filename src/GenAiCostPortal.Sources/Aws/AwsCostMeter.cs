using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>How the month's own AWS cost stands to its cap.</summary>
public enum AwsBudgetState { Free, Near, Reached }

/// <summary>What the portal's own AWS requests cost this month.</summary>
/// <param name="ByConnection">USD per connection name.</param>
public sealed record AwsSpent(decimal TotalUsd, decimal CapUsd, IReadOnlyDictionary<string, decimal> ByConnection)
{
    /// <summary>Near from 80 % of the cap on.</summary>
    public AwsBudgetState State => TotalUsd >= CapUsd ? AwsBudgetState.Reached : TotalUsd >= CapUsd * 0.8m ? AwsBudgetState.Near : AwsBudgetState.Free;

    /// <summary>The state in words, with both amounts.</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture,
        $"The portal's own AWS requests cost ${TotalUsd:0.00} this month; the cap is ${CapUsd:0.00}.");
}

/// <summary>Adds up what the runs of the month cost. A run under way counts when it ends.</summary>
public sealed class AwsCostMeter(IDbContextFactory<LedgerDb> stores, AwsOptions options, TimeProvider time)
{
    /// <summary>Spent since the first of the month (UTC).</summary>
    public async Task<AwsSpent> ReadAsync(CancellationToken cancel = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var month = new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var sums = await db.FeedRuns.Where(r => r.Start >= month && r.RequestCostNanoUsd > 0).GroupBy(r => r.Connection)
            .Select(g => new { g.Key, Cost = g.Sum(r => r.RequestCostNanoUsd) }).ToListAsync(cancel);
        return new AwsSpent(Money.ToUsd(sums.Sum(s => s.Cost)), options.MonthlyApiBudgetUsd, sums.ToDictionary(s => s.Key, s => Money.ToUsd(s.Cost)));
    }
}
