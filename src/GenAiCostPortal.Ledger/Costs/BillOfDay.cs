using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>How a bill read differs from the one stored.</summary>
internal enum BillChange { None, Marks, Amounts }

/// <summary>The lines of one day and account as read, one per key, ready to be stored.</summary>
internal sealed class BillOfDay
{
    private readonly record struct Key(
        int Region, int Service, int UsageType, ChargeCategory Category, int TagFeature, int TagSet, int Resource, int Principal, string Unit);

    private readonly Dictionary<Key, BilledLine> _lines = [];

    public IReadOnlyCollection<BilledLine> Lines => _lines.Values;
    public long AmountNanoUsd => _lines.Values.Sum(l => l.AmountNanoUsd);

    public static BillOfDay From(IEnumerable<BilledLineRead> reads, string feed, Dimensions dimensions, ICollection<DimensionValue> added)
    {
        var bill = new BillOfDay();
        foreach (var read in reads)
        {
            var line = new BilledLine
            {
                RegionId = dimensions.GetOrAdd(DimensionKind.Region, read.Region, added),
                BilledServiceId = dimensions.GetOrAdd(DimensionKind.BilledService, read.Service, added),
                UsageTypeId = dimensions.GetOrAdd(DimensionKind.UsageType, read.UsageType, added),
                TagFeatureId = dimensions.GetOrAdd(DimensionKind.Feature, read.TagFeature, added),
                TagSetId = read.Tags.Count == 0 ? 0 : dimensions.GetOrAdd(DimensionKind.TagSet, TagSet.Write(read.Tags), added),
                ResourceId = dimensions.GetOrAdd(DimensionKind.Resource, read.ResourceId, added),
                PrincipalId = dimensions.GetOrAdd(DimensionKind.Principal, read.Principal, added),
                Category = read.Category,
                AmountNanoUsd = Money.ToNanoUsd(read.AmountUsd),
                Quantity = read.Quantity,
                Unit = read.Unit,
                IsPreliminary = read.IsPreliminary,
                Feed = feed,
            };
            bill.Add(line);
        }
        return bill;
    }

    /// <summary>Whether the stored lines say the same; the order of either does not matter.</summary>
    public BillChange CompareWith(IReadOnlyCollection<BilledLine> stored)
    {
        var marks = false;
        if (stored.Count != _lines.Count) return BillChange.Amounts;
        foreach (var old in stored)
        {
            if (!_lines.TryGetValue(KeyOf(old), out var line) || line.AmountNanoUsd != old.AmountNanoUsd || line.Quantity != old.Quantity) return BillChange.Amounts;
            marks |= line.IsPreliminary != old.IsPreliminary;
        }
        return marks ? BillChange.Marks : BillChange.None;
    }

    private void Add(BilledLine line)
    {
        var key = KeyOf(line);
        if (!_lines.TryGetValue(key, out var same))
        {
            _lines[key] = line;
            return;
        }
        same.AmountNanoUsd += line.AmountNanoUsd;
        same.Quantity = same.Quantity is { } a && line.Quantity is { } b ? a + b : null;
        same.IsPreliminary |= line.IsPreliminary;
    }

    private static Key KeyOf(BilledLine line) => new(
        line.RegionId, line.BilledServiceId, line.UsageTypeId, line.Category, line.TagFeatureId, line.TagSetId, line.ResourceId, line.PrincipalId, line.Unit);
}
