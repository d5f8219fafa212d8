using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>What a rule decides as the ledger stands.</summary>
/// <param name="Usd">USD of billed days, credits and refunds included.</param>
/// <param name="Days">Days on which it decided anything.</param>
public sealed record RuleUse(decimal Usd, int Days, DateOnly LastDay);

/// <summary>The rules with what each decides.</summary>
/// <param name="From">First day of the use.</param>
/// <param name="To">Day after the last one.</param>
public sealed record RuleReportAnswer(RuleLists Rules, DateOnly From, DateOnly To, IReadOnlyDictionary<(RuleKind Kind, int Id), RuleUse> Uses)
{
    /// <summary>The use of a rule; null when it decides nothing.</summary>
    public RuleUse? Use(PlacedRule rule) => Uses.GetValueOrDefault((rule.Draft.Kind, rule.Id));
}

/// <summary>Reads the rules with the dollars that each decides, from the ledger as it is stored.</summary>
public sealed class RuleReport(IDbContextFactory<LedgerDb> stores, TimeProvider clock)
{
    /// <summary>Days looked at, today included.</summary>
    public const int DaysSeen = 30;

    /// <summary>The last 30 days; <c>To</c> exclusive.</summary>
    public static (DateOnly From, DateOnly To) LastDays(TimeProvider clock)
    {
        var tomorrow = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1);
        return (tomorrow.AddDays(-DaysSeen), tomorrow);
    }

    /// <summary>Reads all rules and what they decided of the last 30 days.</summary>
    public async Task<RuleReportAnswer> ReadAsync(CancellationToken cancel = default)
    {
        var (from, to) = LastDays(clock);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var uses = new Dictionary<(RuleKind, int), RuleUse>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT CASE WHEN "Method" = {(int)AllocationMethod.Shared} THEN 1 ELSE 0 END, "RuleId", SUM("AmountNanoUsd"), COUNT(DISTINCT "Day"), MAX("Day")
            FROM ledger_entry WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber} AND "RuleId" > 0 GROUP BY 1, 2
            """), row => uses[((RuleKind)row.GetInt32(0), row.GetInt32(1))] = new RuleUse(Money.ToUsd(row.GetInt64(2)), row.GetInt32(3), DateOnly.FromDayNumber(row.GetInt32(4))), cancel);
        return new RuleReportAnswer(await RuleRows.ReadAsync(db, cancel), from, to, uses);
    }
}
