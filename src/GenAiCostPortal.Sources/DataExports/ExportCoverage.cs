using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>Which days of a billing period an export has whole.</summary>
internal static class ExportCoverage
{
    private static readonly TimeSpan Settled = TimeSpan.FromHours(48);

    /// <summary>
    /// A day is whole when the export has usage of a later day, or was written 48 h after the day's end. The newest day of a running
    /// month arrives service by service: it must not stand in for the fuller bill of another feed.
    /// </summary>
    /// <param name="lastUsage">Last day with usage in the export.</param>
    /// <param name="writtenAt">When the export was written, UTC.</param>
    public static bool IsWhole(DateOnly day, DateOnly? lastUsage, DateTime writtenAt) =>
        day < lastUsage && UtcTime.Start(day.AddDays(1)) <= writtenAt || writtenAt - UtcTime.Start(day.AddDays(1)) >= Settled;
}
