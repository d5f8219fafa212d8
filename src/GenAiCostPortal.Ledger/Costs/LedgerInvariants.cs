using System.Globalization;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The ledger of a day does not prove the bill. The day keeps its old entries and the run fails.</summary>
public sealed class LedgerInvariantException(string message) : Exception(message);

/// <summary>What must hold after each build (algorithms §4, Invariants).</summary>
internal static class LedgerInvariants
{
    public static void Check(IEnumerable<BillCell> cells, LedgerParts parts)
    {
        var sums = new Dictionary<BillCell, long>(ReferenceEqualityComparer.Instance);
        foreach (var (cell, entry) in parts.All)
        {
            if (Math.Sign(entry.AmountNanoUsd) * Math.Sign(cell.AmountNanoUsd) < 0)
                throw new LedgerInvariantException(Say("A part has the opposite sign of its line", cell, entry.AmountNanoUsd));
            sums[cell] = sums.GetValueOrDefault(cell) + entry.AmountNanoUsd;
        }
        foreach (var cell in cells)
            if (sums.GetValueOrDefault(cell) != cell.AmountNanoUsd)
                throw new LedgerInvariantException(Say("The parts of a line do not add up to it", cell, sums.GetValueOrDefault(cell)));
    }

    /// <summary>Σ ledger = Σ bill of a day, per account.</summary>
    public static void Check(DateOnly day, IReadOnlyDictionary<int, long> bill, IReadOnlyDictionary<int, long> ledger)
    {
        foreach (var account in bill.Keys.Union(ledger.Keys))
            if (bill.GetValueOrDefault(account) != ledger.GetValueOrDefault(account))
                throw new LedgerInvariantException(string.Create(CultureInfo.InvariantCulture,
                    $"The ledger of {day:yyyy-MM-dd}, account {account}, is {ledger.GetValueOrDefault(account)} nano-USD where the bill is {bill.GetValueOrDefault(account)}."));
    }

    private static string Say(string what, BillCell cell, long amount) => string.Create(CultureInfo.InvariantCulture,
        $"{what}: account {cell.AccountId}, service {cell.ServiceId}, usage type {cell.UsageTypeId}, {cell.AmountNanoUsd} nano-USD against {amount}.");
}
