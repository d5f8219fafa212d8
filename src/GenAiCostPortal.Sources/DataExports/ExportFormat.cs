namespace GenAiCostPortal.Sources.DataExports;

/// <summary>Reads the rows of a file by its header, in one cost metric.</summary>
internal abstract class ExportFormat
{
    public const string Cur2 = "Cur2", Focus = "Focus";

    /// <summary>Makes a line of a row; false for rows that say nothing about money or use.</summary>
    /// <exception cref="FormatException">A field that decides is not what it should be.</exception>
    public abstract bool Read(IExportRow row, ExportLine line);

    /// <summary>The reader for a header.</summary>
    /// <param name="format"><see cref="Cur2"/> or <see cref="Focus"/>, as configured.</param>
    /// <param name="metric">Cost metric of the connection: <c>UnblendedCost</c> …</param>
    /// <exception cref="ExportFaultException">The columns are not those of the format.</exception>
    public static ExportFormat Of(IReadOnlyList<string> header, string format, string metric)
    {
        var columns = new ExportColumns(header);
        var found = columns.Has("line_item_usage_start_date") ? Cur2 : columns.Has("ChargePeriodStart") ? Focus : "";
        if (found.Length == 0)
            throw new ExportFaultException("The file has neither the columns of CUR 2.0 (line_item_usage_start_date …) nor those of FOCUS (ChargePeriodStart …).",
                "Make the export from the table COST_AND_USAGE_REPORT or FOCUS_1_2_AWS with its own column names.");
        if (!found.Equals(format, StringComparison.OrdinalIgnoreCase))
            throw new ExportFaultException($"The export is {(found == Cur2 ? "CUR 2.0" : "FOCUS")}, not what DataExports:Format says.", $"Set DataExports:Format to {found}.");
        return found == Cur2 ? new Cur2Format(columns, metric) : new FocusFormat(columns, metric);
    }

    protected static void Need(ExportColumns columns, params string[] names)
    {
        var missing = names.Where(n => !columns.Has(n)).ToList();
        if (missing.Count > 0)
            throw new ExportFaultException($"The export lacks {string.Join(", ", missing)}.", "Add the columns to the export's query, or choose all columns.");
    }
}
