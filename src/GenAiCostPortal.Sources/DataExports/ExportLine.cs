using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>One line of an export in plain words. The object is used again for the next line.</summary>
internal sealed class ExportLine
{
    public DateOnly Day { get; set; }
    public string AccountId { get; set; } = "";
    public string AccountName { get; set; } = "";
    public string Region { get; set; } = "";
    public string Service { get; set; } = "";
    public string UsageType { get; set; } = "";
    public ChargeCategory Category { get; set; }
    public decimal AmountUsd { get; set; }
    public decimal? Quantity { get; set; }
    public string Unit { get; set; } = "";
    public string ResourceId { get; set; } = "";
    public string Principal { get; set; } = "";
    public bool IsPreliminary { get; set; }
    /// <summary>The file has a column that tells what is preliminary.</summary>
    public bool SaysPreliminary { get; set; }
    /// <summary>Tags as the file writes them (<see cref="ExportMaps"/>).</summary>
    public string Tags { get; set; } = "";
    /// <summary>Cost categories as the file writes them.</summary>
    public string CostCategories { get; set; } = "";
}

/// <summary>A row of an export by column; empty where the row is too short.</summary>
internal interface IExportRow
{
    /// <summary>The field of a column; −1 is no column.</summary>
    string this[int column] { get; }
}

/// <summary>An export is not what was expected; the text is for people and says where.</summary>
internal sealed class ExportFaultException(string message, string cure) : Exception(message)
{
    public string Cure { get; } = cure;
}
