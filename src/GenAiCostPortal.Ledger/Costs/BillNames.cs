using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Gives names a number before days are read: models that only the bill names, owners that only tags or rules name.</summary>
public sealed class BillNames(Dimensions dimensions, LedgerDayReader reader, WriteGate gate)
{
    internal async Task LearnAsync(LedgerDb db, IReadOnlyCollection<DateOnly> days, RuleBook rules, CancellationToken cancel)
    {
        if (days.Count == 0) return;
        var names = await MissingAsync(db, days.Min(), days.Max(), rules, cancel);
        if (names.Count == 0) return;
        using var turn = await gate.EnterAsync(cancel);
        var added = new List<DimensionValue>();
        foreach (var (kind, name, label) in names) dimensions.GetOrAdd(kind, name, added, label);
        try
        {
            db.Dimensions.AddRange(added);
            await db.SaveChangesAsync(cancel);
        }
        catch
        {
            dimensions.Forget(added);
            throw;
        }
    }

    private async Task<List<(DimensionKind Kind, string Name, string? Label)>> MissingAsync(LedgerDb db, DateOnly first, DateOnly last, RuleBook rules, CancellationToken cancel)
    {
        var names = rules.Names().Select(n => (n.Kind, n.Name, (string?)null)).ToList();
        var pairs = await db.BilledLines.Where(l => l.Day >= first && l.Day <= last).Select(l => new { l.BilledServiceId, l.UsageTypeId }).Distinct().ToListAsync(cancel);
        foreach (var meaning in pairs.Select(p => reader.Meaning(p.BilledServiceId, p.UsageTypeId)))
        {
            names.Add((DimensionKind.Region, meaning.Region, null));
            if (meaning.Model is not { } model) continue;
            names.Add((DimensionKind.Model, model.Canonical, model.Display == model.Canonical ? null : model.Display));
            names.Add((DimensionKind.Provider, model.Provider, null));
        }
        var sets = await db.BilledLines.Where(l => l.Day >= first && l.Day <= last && l.TagSetId != 0).Select(l => l.TagSetId).Distinct().ToListAsync(cancel);
        var tags = reader.Names;
        names.AddRange(sets.SelectMany(s => OfTags(tags.Tags(s))));
        foreach (var resource in await db.Resources.AsNoTracking().ToListAsync(cancel)) names.AddRange(OfTags(RuleNames.Canonical(resource.Tags)));
        // Own metrics name the feature in their dimension.
        var ofFeature = ResourceKinds.Metered(ResourceKinds.Feature, "");
        names.AddRange(dimensions.All(DimensionKind.Resource).Where(r => r.Name.StartsWith(ofFeature, StringComparison.Ordinal)).Select(r => (DimensionKind.Feature, r.Name[ofFeature.Length..], (string?)null)));
        return [.. names.Where(n => n.Item2.Length > 0 && dimensions.Find(n.Item1, n.Item2) == 0).Distinct()];
    }

    private IEnumerable<(DimensionKind, string, string?)> OfTags(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (kind, key) in ((DimensionKind, string)[])[(DimensionKind.Feature, reader.TagKeys.Feature), (DimensionKind.Team, reader.TagKeys.Team),
            (DimensionKind.Application, reader.TagKeys.Application), (DimensionKind.Environment, reader.TagKeys.Environment)])
            if (tags.TryGetValue(TagNames.Canonical(key), out var name) && !string.IsNullOrWhiteSpace(name)) yield return (kind, name.Trim(), null);
    }
}
