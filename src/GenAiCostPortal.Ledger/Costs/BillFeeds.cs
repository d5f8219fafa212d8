namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Which feed is the bill of a day and account that several feeds read: an export goes before Cost Explorer, because it knows tags,
/// resources and callers. The others are kept as what they said (<see cref="BillOfFeed"/>), so that the difference can be shown.
/// </summary>
public static class BillFeeds
{
    /// <summary>Feed of the export's files.</summary>
    public const string DataExports = "DataExports";
    /// <summary>Feed of the same export where it lies, through Athena.</summary>
    public const string Athena = "Athena";

    /// <summary>The higher one is the bill; feeds of one rank stand side by side.</summary>
    internal static int Rank(string feed) => feed switch { DataExports => 2, Athena => 1, _ => 0 };

    /// <summary>Whether a feed speaks for a whole account and day even where it has no line.</summary>
    internal static bool IsExport(string feed) => Rank(feed) > 0;
}
