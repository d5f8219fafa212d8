using System.Globalization;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Figures;

/// <summary>Releases as marks on a chart over time; a click leads to their traces.</summary>
internal static class ReleaseMarks
{
    public static IReadOnlyList<TimeMark> Of(IReadOnlyList<ReleaseStart> starts, PortalUrl url, Colours colours) =>
    [
        .. starts.Select(s => new TimeMark(s.At, s.Release,
            $"{colours.Label(SpendDimension.Feature, s.Feature)} {s.Release}, first seen {s.At.ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture)} UTC",
            url.To("/traces").Only(SpendDimension.Feature, s.Feature).Only(SpendDimension.Release, s.Release).ToString())),
    ];

    /// <summary>For those who do not see the chart; empty without releases.</summary>
    public static string Words(IReadOnlyList<TimeMark> marks) => marks.Count == 0 ? "" : $" Releases: {string.Join("; ", marks.Select(m => m.Title))}.";
}
