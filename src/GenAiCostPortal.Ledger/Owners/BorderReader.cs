using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Reads the border as it now is, or as proposed rules would make it. Each reader of a bill gets one of its own.</summary>
public sealed class BorderReader(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OwnerKeys keys)
{
    /// <summary>The border of the rules in force.</summary>
    public async Task<ScopeBorder> ReadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await ReadAsync(await db.OwnerRules.AsNoTracking().ToListAsync(cancel), cancel);
    }

    /// <summary>The border of these rules.</summary>
    public async Task<ScopeBorder> ReadAsync(IReadOnlyList<OwnerRule> rules, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        var border = new ScopeBorder(keys, rules, AccountName);
        // Names of resources matter to few rules, and there may be many.
        if (!border.Rules.Any(r => r.Conditions.Any(c => c.Subject is RuleSubject.Resource or RuleSubject.Profile or RuleSubject.Project))) return border;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var named = await db.Resources.AsNoTracking().Where(r => r.Name != "").Select(r => new { r.Arn, r.Name }).ToListAsync(cancel);
        return new ScopeBorder(keys, rules, AccountName, named.DistinctBy(r => r.Arn).ToDictionary(r => r.Arn, r => r.Name));
    }

    private string AccountName(string id) => dimensions.Find(DimensionKind.Account, id) is var number and not 0 ? dimensions.Label(number) : "";
}
