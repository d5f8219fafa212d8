using System.Runtime.InteropServices;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>
/// A billing period summed to the ledger's grain while it streams by: memory follows the number of cells, not of lines. Lines outside
/// the GenAI scope are one sum per day, account and service.
/// </summary>
internal sealed class ExportCells(DateOnly first, DateOnly end, KeptTags kept, ScopeBorder border, int cellsAtMost = ExportCells.CellsAtMost)
{
    /// <summary>Cells of a period that keep their own resource and caller; later ones share <see cref="Dimensions.Other"/>.</summary>
    internal const int CellsAtMost = 500_000;

    private readonly record struct Key(int Account, int Region, int Service, int UsageType, int Unit, int Tags, int Resource, int Principal, ChargeCategory Category);

    private struct Cell
    {
        public decimal AmountUsd, Quantity;
        public bool HasQuantity, IsPreliminary;
    }

    private readonly Dictionary<DateOnly, Dictionary<Key, Cell>> _days = [];
    private readonly Dictionary<(DateOnly Day, int Account, int Service), decimal> _outside = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _names = [""];
    private readonly Dictionary<string, bool> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _accounts = new(StringComparer.Ordinal);
    private readonly ExportTags _tags = new(kept);

    /// <summary>Cells held.</summary>
    public int Count { get; private set; }
    /// <summary>Lines taken.</summary>
    public long Lines { get; private set; }
    /// <summary>Lines whose day lies outside the billing period, booked on its first or last day.</summary>
    public long Moved { get; private set; }
    /// <summary>Lines whose resource and caller went into <see cref="Dimensions.Other"/>.</summary>
    public long Capped { get; private set; }
    /// <summary>The last day with usage; null without any.</summary>
    public DateOnly? LastUsage { get; private set; }
    /// <summary>The export says line by line what is not final yet.</summary>
    public bool SaysPreliminary { get; private set; }
    /// <summary>Accounts of the period with their names, where the export says them.</summary>
    public IReadOnlyDictionary<string, string> Accounts => _accounts;

    public void Add(ExportLine line)
    {
        Lines++;
        SaysPreliminary |= line.SaysPreliminary;
        if (!_accounts.TryGetValue(line.AccountId, out var name) || (name.Length == 0 && line.AccountName.Length > 0)) _accounts[line.AccountId] = line.AccountName;
        var day = line.Day;
        if (day < first || day >= end)
        {
            // A late line belongs to the invoice of this period: on its own day it would replace the bill of another period.
            day = day < first ? first : end.AddDays(-1);
            Moved++;
        }
        else if (line.Category == ChargeCategory.Usage && (LastUsage is null || day > LastUsage)) LastUsage = day;

        var tags = _tags.Of(line.Tags, line.CostCategories);
        if (tags.Feature is null && !IsListed(line.Service) && !IsClaimed(line, day, tags))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_outside, (day, Number(line.AccountId), Number(line.Service)), out _) += line.AmountUsd;
            return;
        }
        if (!_days.TryGetValue(day, out var cells)) _days[day] = cells = [];
        var key = new Key(Number(line.AccountId), Number(line.Region), Number(line.Service), Number(line.UsageType), Number(line.Unit), tags.Number,
            Number(line.ResourceId), Number(ExportPrincipals.Of(line.Principal)), line.Category);
        if (Count >= cellsAtMost && !cells.ContainsKey(key))
        {
            key = key with { Resource = Number(key.Resource == 0 ? "" : Dimensions.Other), Principal = Number(key.Principal == 0 ? "" : Dimensions.Other) };
            Capped++;
        }
        ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, key, out var exists);
        if (!exists) Count++;
        cell.AmountUsd += line.AmountUsd;
        cell.IsPreliminary |= line.IsPreliminary;
        if (line.Quantity is not { } quantity) return;
        cell.Quantity += quantity;
        cell.HasQuantity = true;
    }

    /// <summary>What the period says of a day.</summary>
    /// <param name="isPreliminary">The export cannot say it line by line, and the month is not final.</param>
    public (IReadOnlyList<BilledLineRead> Lines, IReadOnlyList<OutsideScopeRead> Outside) Of(DateOnly day, bool isPreliminary)
    {
        var lines = new List<BilledLineRead>();
        foreach (var (key, cell) in _days.GetValueOrDefault(day) ?? [])
        {
            if (cell.AmountUsd == 0 && cell.Quantity == 0) continue;
            var (service, usageType) = (_names[key.Service], _names[key.UsageType]);
            var tags = _tags[key.Tags];
            var region = _names[key.Region] is { Length: > 0 } said ? said : UsageTypeClassifier.Read(service, usageType).Region;
            lines.Add(new BilledLineRead(day, _names[key.Account], region, service, usageType, key.Category, tags.Feature, cell.AmountUsd,
                cell.HasQuantity ? cell.Quantity : null, _names[key.Unit], cell.IsPreliminary || isPreliminary)
            {
                Tags = tags.Kept, ResourceId = _names[key.Resource], Principal = _names[key.Principal],
            });
        }
        return (lines, [.. _outside.Where(o => o.Key.Day == day && o.Value != 0).Select(o => new OutsideScopeRead(day, _names[o.Key.Account], _names[o.Key.Service], o.Value))]);
    }

    private bool IsListed(string service)
    {
        if (_listed.TryGetValue(service, out var known)) return known;
        return _listed[service] = border.IsListed(service);
    }

    // Taxes and credits of other services do not say which of their usage they belong to.
    private bool IsClaimed(ExportLine line, DateOnly day, ExportTagSet tags) => border.Rules.Count > 0 && line.Category == ChargeCategory.Usage && border.Of(
        new BorderLine(day, line.AccountId, line.Region, line.Service, line.UsageType, tags.Name, line.ResourceId, ExportPrincipals.Of(line.Principal), line.AccountName)) is not null;

    private int Number(string name)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, name, out var exists);
        if (exists) return number;
        number = _names.Count;
        _names.Add(name);
        return number;
    }
}
