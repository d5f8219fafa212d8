using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>How a bill read differs from the one stored.</summary>
internal enum BillChange { None, Marks, Amounts }

/// <summary>The lines of one day and account as read, one per key, ready to be stored.</summary>
internal sealed class BillOfDay
{
    private readonly record struct Key(int Region, int Service, int UsageType, ChargeCategory Category, int TagFeature, string Unit);

    private readonly SortedDictionary<string, BilledLine> _lines = new(StringComparer.Ordinal);

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
            if (!_lines.TryGetValue(Text(old), out var line) || line.AmountNanoUsd != old.AmountNanoUsd || line.Quantity != old.Quantity) return BillChange.Amounts;
            marks |= line.IsPreliminary != old.IsPreliminary;
        }
        return marks ? BillChange.Marks : BillChange.None;
    }

    private void Add(BilledLine line)
    {
        var text = Text(line);
        if (!_lines.TryGetValue(text, out var same))
        {
            _lines[text] = line;
            return;
        }
        same.AmountNanoUsd += line.AmountNanoUsd;
        same.Quantity = same.Quantity is { } a && line.Quantity is { } b ? a + b : null;
        same.IsPreliminary |= line.IsPreliminary;
    }

    private static string Text(BilledLine line) =>
        new Key(line.RegionId, line.BilledServiceId, line.UsageTypeId, line.Category, line.TagFeatureId, line.Unit).ToString();
}
