using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What would explain more of the bill, in dollars.</summary>
public sealed class UnexplainedReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OwnerKeys owners)
{
    private readonly record struct Row(
        UnattributedReason Reason, CostComponent Component, int Account, int Region, int Service, int UsageType, int Application, int Model, ChargeCategory Category, long NanoUsd, int Day);

    private readonly record struct Slice(UnattributedReason Reason, int Account, int Region, int Service, int UsageType, int Application, CostComponent? Component, ChargeCategory Category);

    /// <summary>The period's billed money without an owner; <paramref name="to"/> exclusive.</summary>
    public async Task<Unexplained> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rows = new List<Row>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Reason", "Component", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "ApplicationId", "ModelId", "Category", SUM("AmountNanoUsd"), "Day"
            FROM ledger_entry WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber} AND "Method" = {(int)AllocationMethod.Unattributed}
            GROUP BY "Reason", "Component", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "ApplicationId", "ModelId", "Category", "Day"
            """), r => rows.Add(new Row((UnattributedReason)r.GetByte(0), (CostComponent)r.GetByte(1), r.GetInt32(2), r.GetInt32(3), r.GetInt32(4), r.GetInt32(5),
                r.GetInt32(6), r.GetInt32(7), (ChargeCategory)r.GetByte(8), r.GetInt64(9), r.GetInt32(10))), cancel);
        var slices = rows.GroupBy(SliceOf).Select(g => Shown(g.Key, [.. g])).Where(s => s.Usd != 0)
            .OrderByDescending(s => s.Usd).ThenBy(s => s.Reason).ThenBy(s => s.Account, StringComparer.Ordinal).ToList();
        return new Unexplained(Money.ToUsd(rows.Sum(r => r.NanoUsd)), slices, await FeatureTagAsync(db, cancel));
    }

    // Each reason is cured somewhere else: where calls run, in an application, at a resource.
    private static Slice SliceOf(Row r) => r.Reason switch
    {
        UnattributedReason.NothingToFollow => new(r.Reason, r.Account, 0, r.Service, 0, 0, null, r.Category),
        _ when r.Category != ChargeCategory.Usage => new(UnattributedReason.None, r.Account, 0, 0, 0, 0, null, r.Category),
        UnattributedReason.NoCallRecorded or UnattributedReason.RegionNotLogged => new(r.Reason, r.Account, r.Region, 0, 0, 0, null, default),
        UnattributedReason.NoFeatureOnCall => new(r.Reason, 0, 0, 0, 0, r.Application, null, default),
        UnattributedReason.UnknownUsageType => new(r.Reason, r.Account, 0, r.Service, r.UsageType, 0, null, default),
        _ => new(r.Reason, r.Account, 0, r.Service, 0, 0, r.Component, default),
    };

    private UnexplainedSlice Shown(Slice slice, List<Row> rows) => new(
        slice.Reason, CureOf(slice), dimensions.Name(slice.Account), dimensions.Name(slice.Region), dimensions.Name(slice.Service), dimensions.Name(slice.UsageType),
        dimensions.Name(slice.Application), slice.Component, slice.Category,
        [.. rows.Where(r => r.Model != 0).GroupBy(r => r.Model).OrderByDescending(g => g.Sum(r => r.NanoUsd)).ThenBy(g => g.Key).Take(3).Select(g => dimensions.Label(g.Key))],
        Money.ToUsd(rows.Sum(r => r.NanoUsd)), rows.Select(r => r.Day).Distinct().Count());

    private static Cure CureOf(Slice slice) => slice.Reason switch
    {
        _ when slice.Reason == UnattributedReason.None && slice.Category != ChargeCategory.Usage => Cure.FollowsUsage,
        UnattributedReason.NoCallRecorded or UnattributedReason.RegionNotLogged => Cure.RecordCalls,
        UnattributedReason.NoFeatureOnCall => Cure.NameTheFeature,
        UnattributedReason.UnknownUsageType => Cure.OwnerRule,
        UnattributedReason.NothingToFollow => Cure.SplitTheCharge,
        _ => Cure.TagOrSplit,
    };

    private async Task<FeatureTagState> FeatureTagAsync(LedgerDb db, CancellationToken cancel)
    {
        var key = owners.TagKeys.Feature;
        var rows = (await db.CostAllocationTags.AsNoTracking().ToListAsync(cancel)).Where(t => Fold(t.TagKey) == Fold(key)).ToList();
        if (rows.Count > 0) return new(key, rows.Exists(r => r.IsActive), rows.Max(r => r.ReadAt));
        var read = await db.CostAllocationTags.MaxAsync(t => (DateTime?)t.ReadAt, cancel);
        // Tags were read and this one was not among them: it is not a cost-allocation tag.
        return new(key, read is null ? null : false, read);
    }

    // Cost Explorer, exports and the tagging API write one key in several ways.
    private static string Fold(string key) => string.Concat(key.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
