using CsvHelper;
using GenAiCostPortal.Ledger.Focus;

namespace GenAiCostPortal.Api;

/// <summary>FOCUS rows as CSV, one at a time. Text that a spreadsheet would run is escaped; null is an empty field.</summary>
internal static class FocusCsv
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape };

    public static async Task WriteAsync(IAsyncEnumerable<FocusRow> rows, Stream body, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(body, Options, leaveOpen: true);
        foreach (var column in FocusColumns.All) csv.WriteField(column);
        await csv.EndRecordAsync(cancel);
        await foreach (var row in rows.WithCancellation(cancel))
        {
            foreach (var value in row.Values) Write(csv, value);
            await csv.EndRecordAsync(cancel);
        }
        await csv.FlushAsync(cancel);
    }

    private static void Write(CsvWriter csv, object? value)
    {
        switch (value)
        {
            case null: csv.WriteField(""); break;
            case decimal number: csv.WriteField(number, default); break;
            case long number: csv.WriteField(number, default); break;
            case DateTime time: csv.WriteField(time, Time); break;
            default: csv.WriteField((string)value); break;
        }
    }
}
