using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>
/// Usage of other services that owner rules bring in (algorithms §4, Border). Per service its untagged usage by account and usage
/// type; where rules look at a tag, also by the values of that tag that meet them, each line under one value only. Which of it is in
/// scope is then decided line by line, as for an export.
/// </summary>
/// <param name="ask">Asks a question of the plan and gives its amounts.</param>
/// <param name="expect">Told how many questions are to come.</param>
/// <param name="accountName">Name of an account, as far as known.</param>
internal sealed class ClaimedUsage(
    ScopeBorder border, CostExplorerPlan plan, Func<GetCostAndUsageRequest, Task<IReadOnlyList<BilledAmount>>> ask, Action<int> expect, Func<string, string> accountName)
{
    /// <summary>Values of a tag that are asked for per service; a rule that meets more needs Data Exports.</summary>
    internal const int ValuesAtMost = 30;

    private readonly record struct Cell(DateOnly Day, string Account, string UsageType);

    /// <summary>What could not be asked for, in words.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Asks for the services that rules may concern, in the days <paramref name="from"/> to <paramref name="to"/> (exclusive), and adds what is in scope.</summary>
    /// <param name="services">Services outside the GenAI list with any cost.</param>
    /// <param name="tagOf">What a tag group's key says; null when untagged.</param>
    public async Task AddAsync(BillOfDays bill, IReadOnlyList<string> services, DateOnly from, DateOnly to, Func<string, string, string?> tagOf)
    {
        var rules = services.ToDictionary(s => s, s => (List<BorderRule>)[.. border.RulesOf(s).Where(r => r.Gap.Length == 0 && r.HoldsWithin(from, to))]);
        var keys = rules.Values.SelectMany(r => r).Where(r => r.TagKey.Length > 0).Select(r => r.TagKey).DistinctBy(TagNames.Canonical).Order(StringComparer.Ordinal).ToList();
        expect(keys.Count + rules.Count(r => r.Value.Exists(x => x.TagConditions.Count == 0)));
        var carried = new Dictionary<(string Key, string Service), List<string>>();
        foreach (var key in keys)
            foreach (var group in (await ask(plan.UntaggedServices(key))).Select(a => (Value: tagOf(key, a.Key1), Service: a.Key2)).Where(g => g.Value is not null).Distinct().GroupBy(g => g.Service))
                carried[(key, group.Key)] = [.. group.Select(g => g.Value!).Order(StringComparer.Ordinal)];
        foreach (var (service, ofService) in rules)
            if (ofService.Count > 0) await AddAsync(bill, service, ofService, keys, carried);
    }

    /// <summary>Adds usage of a service that carries a feature tag which is not asked for, where a rule brings it in.</summary>
    public void AddPlain(BillOfDays bill, string service, IEnumerable<BilledAmount> usage) =>
        bill.AddParts(service, usage, _ => [], (amount, _) => IsClaimed(service, new Cell(amount.Day, amount.Key1, amount.Key2), "", ""));

    private async Task AddAsync(BillOfDays bill, string service, List<BorderRule> rules, List<string> keys, Dictionary<(string, string), List<string>> carried)
    {
        var usage = rules.Exists(r => r.TagConditions.Count == 0) ? await ask(plan.Untagged(service)) : null;
        var parts = new Dictionary<Cell, List<TaggedPart>>();
        var asked = new List<(string Key, IReadOnlyList<string> Values)>();
        foreach (var key in keys)
        {
            var ofKey = rules.Where(r => r.TagKey.Length > 0 && TagNames.AreSame(r.TagKey, key)).ToList();
            var values = (carried.GetValueOrDefault((key, service)) ?? []).Where(v => ofKey.Exists(r => r.MeetsTag(v))).ToList();
            if (values.Count > ValuesAtMost)
            {
                Notes.Add($"{values.Count - ValuesAtMost} of {values.Count} values of tag {key} on {service} stay outside the scope: Cost Explorer is asked for {ValuesAtMost}; Data Exports knows all.");
                values.RemoveRange(ValuesAtMost, values.Count - ValuesAtMost);
            }
            if (values.Count == 0) continue;
            expect(values.Count);
            foreach (var value in values)
                foreach (var amount in await ask(plan.UntaggedWith(service, key, value, asked)))
                {
                    var cell = new Cell(amount.Day, amount.Key1, amount.Key2);
                    if (!parts.TryGetValue(cell, out var list)) parts[cell] = list = [];
                    list.Add(new TaggedPart(key, value, amount));
                }
            asked.Add((key, values));
        }
        // Without a rule on the whole service only its parts are known, and their rest is nobody's.
        var wholes = usage ?? [.. parts.Select(p => BillOfDays.Sum(p.Key.Account, p.Key.UsageType, p.Value.ConvertAll(x => x.Amount)))];
        bill.AddParts(service, wholes, a => parts.GetValueOrDefault(new Cell(a.Day, a.Key1, a.Key2)) ?? [],
            (amount, part) => IsClaimed(service, new Cell(amount.Day, amount.Key1, amount.Key2), part?.Key ?? "", part?.Value ?? ""));
    }

    private bool IsClaimed(string service, Cell cell, string key, string value) => border.Of(new BorderLine(cell.Day, cell.Account, "", service, cell.UsageType)
    {
        Tags = key.Length == 0 ? "" : TagSet.Write(new Dictionary<string, string> { [key] = value }), AccountName = accountName(cell.Account),
    }, onlyAskable: true) is not null;

    /// <summary>Pages that the rules cost a run at least, as far as the services with cost are known: one a tag key, one a service, one a value.</summary>
    public static int PagesAtLeast(ScopeBorder border, IReadOnlyCollection<string> services)
    {
        var askable = border.Rules.Where(r => r.Gap.Length == 0).ToList();
        var pages = askable.Where(r => r.TagKey.Length > 0).Select(r => TagNames.Canonical(r.TagKey)).Distinct().Count();
        foreach (var service in services)
        {
            var rules = border.RulesOf(service).Where(r => r.Gap.Length == 0).ToList();
            if (rules.Exists(r => r.TagConditions.Count == 0)) pages++;
            pages += rules.Where(r => r.NamesService && r.TagKey.Length > 0).SelectMany(r => r.TagConditions).Select(c => (TagNames.Canonical(c.Key), c.Match, c.Value)).Distinct().Count();
        }
        return pages;
    }
}
