using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>One group of an answer. What the keys are depends on the question. USD at 9 decimals.</summary>
internal sealed record BilledAmount(DateOnly Day, string Key1, string Key2, decimal AmountUsd, decimal? Quantity, string Unit, bool IsPreliminary);

/// <summary>Usage under one value of a tag; the amount's keys are account and usage type.</summary>
internal sealed record TaggedPart(string Key, string Value, BilledAmount Amount);

/// <summary>Makes bill lines of the answers. The tagged parts and the untagged rest of a usage type add up to its base exactly.</summary>
internal sealed class BillOfDays
{
    private static readonly Dictionary<string, string> NoTags = [];
    private readonly List<BilledLineRead> _lines = [];

    public IReadOnlyList<BilledLineRead> Lines => _lines;

    /// <summary>Adds usage of a service in an account.</summary>
    /// <param name="usage">Base amounts; Key2 is the usage type.</param>
    /// <param name="tagged">Tagged amounts; Key1 is the tag's value, Key2 the usage type.</param>
    public void AddUsage(string service, string account, IReadOnlyList<BilledAmount> usage, IReadOnlyList<BilledAmount> tagged)
    {
        var tags = tagged.ToLookup(t => (t.Day, t.Key2));
        foreach (var whole in usage.GroupBy(u => (u.Day, u.Key2)).Select(g => Merge(g.First(), g)))
        {
            var region = UsageTypeClassifier.Read(service, whole.Key2).Region;
            foreach (var (tag, amount, quantity) in Parts(whole, [.. tags[(whole.Day, whole.Key2)].GroupBy(t => t.Key1).Select(g => Merge(g.First(), g))]))
                if (amount != 0 || (quantity ?? 0) != 0)
                    _lines.Add(new BilledLineRead(whole.Day, account, region, service, whole.Key2, ChargeCategory.Usage, tag, amount, quantity, whole.Unit, whole.IsPreliminary));
        }
    }

    /// <summary>Adds what is in scope of usage without a feature tag; keys of the amounts are account and usage type.</summary>
    /// <param name="parts">The parts of an amount under values of other tags; its rest has none of them.</param>
    /// <param name="isInScope">Asked of each part, and of the rest (null).</param>
    public void AddParts(string service, IEnumerable<BilledAmount> usage, Func<BilledAmount, List<TaggedPart>> parts, Func<BilledAmount, TaggedPart?, bool> isInScope)
    {
        foreach (var whole in usage.GroupBy(u => (u.Day, u.Key1, u.Key2)).Select(g => Merge(g.First(), g)))
        {
            var region = UsageTypeClassifier.Read(service, whole.Key2).Region;
            var tagged = parts(whole);
            var at = 0;
            foreach (var (_, amount, quantity) in Parts(whole, tagged.ConvertAll(t => t.Amount)))
            {
                var part = at < tagged.Count ? tagged[at++] : null;
                if (amount == 0 && (quantity ?? 0) == 0 || !isInScope(whole, part)) continue;
                _lines.Add(new BilledLineRead(whole.Day, whole.Key1, region, service, whole.Key2, ChargeCategory.Usage, null, amount, quantity, whole.Unit, whole.IsPreliminary)
                {
                    Tags = part is null ? NoTags : new Dictionary<string, string> { [part.Key] = part.Value },
                });
            }
        }
    }

    /// <summary>The sum of amounts of one day, under an account and usage type.</summary>
    internal static BilledAmount Sum(string account, string usageType, List<BilledAmount> amounts) => Merge(amounts[0] with { Key1 = account, Key2 = usageType }, amounts);

    /// <summary>Adds records that are not usage; Key1 is the account, Key2 the record type.</summary>
    public void AddOther(string service, IEnumerable<BilledAmount> records)
    {
        foreach (var sum in records.GroupBy(r => (r.Day, r.Key1, Category: CategoryOf(r.Key2))))
            if (sum.Sum(r => r.AmountUsd) is var amount and not 0)
                _lines.Add(new BilledLineRead(sum.Key.Day, sum.Key.Key1, "", service, "", sum.Key.Category, null, amount, null, "", sum.Any(r => r.IsPreliminary)));
    }

    /// <summary>Cost Explorer's record types as charge categories; covered usage (savings plans, reservations) stays usage.</summary>
    internal static ChargeCategory CategoryOf(string recordType)
    {
        var word = string.Concat(recordType.Where(char.IsLetter)).ToLowerInvariant();
        return word switch
        {
            _ when word.Contains("tax", StringComparison.Ordinal) => ChargeCategory.Tax,
            _ when word.Contains("credit", StringComparison.Ordinal) => ChargeCategory.Credit,
            _ when word.Contains("refund", StringComparison.Ordinal) => ChargeCategory.Refund,
            _ when word.Contains("support", StringComparison.Ordinal) => ChargeCategory.Support,
            "discountedusage" => ChargeCategory.Usage,
            _ when word.Contains("discount", StringComparison.Ordinal) || word.Contains("negation", StringComparison.Ordinal) => ChargeCategory.Discount,
            _ when word.Contains("usage", StringComparison.Ordinal) => ChargeCategory.Usage,
            _ => ChargeCategory.Fee,
        };
    }

    private static IEnumerable<(string? Tag, decimal AmountUsd, decimal? Quantity)> Parts(BilledAmount whole, List<BilledAmount> tags)
    {
        var amounts = tags.ConvertAll(t => t.AmountUsd);
        var quantities = tags.ConvertAll(t => t.Quantity ?? 0);
        // AWS may restate between two queries. The base holds; tags above it share it in proportion.
        if (Exceeds(amounts, whole.AmountUsd))
            amounts = [.. Money.Split(Money.ToNanoUsd(whole.AmountUsd), amounts.ConvertAll(Math.Abs)).Select(Money.ToUsd)];
        if (Exceeds(quantities, whole.Quantity ?? 0))
            quantities = Scale(quantities, whole.Quantity ?? 0);
        for (var i = 0; i < tags.Count; i++) yield return (tags[i].Key1, amounts[i], whole.Quantity is null ? null : quantities[i]);
        yield return (null, whole.AmountUsd - amounts.Sum(), whole.Quantity - quantities.Sum());
    }

    private static bool Exceeds(List<decimal> parts, decimal whole) =>
        parts.Sum() is var sum && Math.Abs(sum) > Math.Abs(whole) && parts.TrueForAll(p => p == 0 || Math.Sign(p) == Math.Sign(sum))
        && (whole == 0 || Math.Sign(sum) == Math.Sign(whole));

    private static List<decimal> Scale(List<decimal> parts, decimal whole)
    {
        var sum = parts.Sum();
        var scaled = parts.ConvertAll(p => whole * (p / sum));
        scaled[^1] = whole - scaled.SkipLast(1).Sum();
        return scaled;
    }

    private static BilledAmount Merge(BilledAmount first, IEnumerable<BilledAmount> same)
    {
        var all = same.ToList();
        return all.Count == 1 ? first : first with
        {
            AmountUsd = all.Sum(a => a.AmountUsd), Quantity = all.TrueForAll(a => a.Quantity is null) ? null : all.Sum(a => a.Quantity ?? 0),
            IsPreliminary = all.Exists(a => a.IsPreliminary),
        };
    }
}
