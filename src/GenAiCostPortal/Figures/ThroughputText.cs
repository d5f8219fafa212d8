using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Figures;

/// <summary>Provisioned throughput in words.</summary>
public static class ThroughputText
{
    /// <summary>How full it was, or what is missing to say so.</summary>
    public static string Used(ThroughputRow row) => row.State switch
    {
        ThroughputState.Known => NumberText.Share(row.Utilisation),
        ThroughputState.NoWholeHour => "no whole hour yet",
        _ => "unknown",
    };

    /// <summary>Why it is not known; empty when it is.</summary>
    public static string Missing(ThroughputRow row) => row.State switch
    {
        ThroughputState.NoCapacity => "no capacity entered",
        ThroughputState.NoModelUnits => "model units not known",
        ThroughputState.CountsUnknown => "calls without token counts ran on it",
        _ => "",
    };

    /// <summary>Whether entering something would make it known.</summary>
    public static bool CanBeEntered(ThroughputRow row) => row.State is ThroughputState.NoCapacity or ThroughputState.NoModelUnits;

    /// <summary>Model, account and region.</summary>
    public static string Place(ThroughputRow row) =>
        string.Join(" · ", ((string[])[row.Model, row.AccountId, row.Region]).Where(t => t.Length > 0));

    /// <summary>An entry: <c>1,000 in, 500 out per minute and unit; 2 units</c>.</summary>
    public static string Words(ThroughputCapacity entry)
    {
        var sides = string.Join(", ", ((string?[])[
            entry.InputTokensPerMinute is { } input ? $"{NumberText.Count(input)} in" : null,
            entry.OutputTokensPerMinute is { } output ? $"{NumberText.Count(output)} out" : null]).OfType<string>());
        var units = entry.ModelUnits is { } n ? string.Create(CultureInfo.InvariantCulture, $"{n} model {(n == 1 ? "unit" : "units")}") : "";
        return string.Join("; ", ((string[])[sides.Length > 0 ? sides + " per minute and unit" : "", units]).Where(t => t.Length > 0));
    }
}
