using System.Globalization;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What lines of the bill and parts of the ledger have in common: the same on both sides, so that either finds the other.</summary>
internal readonly record struct BillCellKey(int Account, int Region, int Service, int UsageType, ChargeCategory Category)
{
    public static BillCellKey Of(LedgerEntry entry) => new(entry.AccountId, entry.RegionId, entry.BilledServiceId, entry.UsageTypeId, entry.Category);

    /// <param name="region">As the ledger build reads it of the line.</param>
    public static BillCellKey Of(BilledLine line, int region) => new(line.AccountId, region, line.BilledServiceId, line.UsageTypeId, line.Category);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Account}.{Region}.{Service}.{UsageType}.{(int)Category}");
}
