using CsvHelper;

namespace GenAiCostPortal.Api;

/// <summary>A table as CSV. Text that a spreadsheet would run is escaped; numbers stay numbers; what is not known is an empty field.</summary>
internal static class CsvTable
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape };

    public static IResult Download(string name, DateTime from, DateTime to, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<object?>> rows, CancellationToken cancel) =>
        Results.Stream(body => WriteAsync(body, heads, rows, cancel), "text/csv; charset=utf-8", FormattableString.Invariant($"{name}-{from:yyyy-MM-dd}-{to:yyyy-MM-dd}.csv"));

    public static async Task WriteAsync(Stream body, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<object?>> rows, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(body, Options, leaveOpen: true);
        foreach (var head in heads) csv.WriteField(head);
        await csv.EndRecordAsync(cancel);
        foreach (var row in rows)
        {
            foreach (var value in row) Write(csv, value);
            await csv.EndRecordAsync(cancel);
        }
        await csv.FlushAsync(cancel);
    }

    private static void Write(CsvWriter csv, object? value)
    {
        switch (value)
        {
            case null: csv.WriteField(""); break;
            case long number: csv.WriteField(number, default); break;
            case decimal number: csv.WriteField(number, default); break;
            case double number: csv.WriteField(Math.Round(number, 3), default); break;
            case DateTime time: csv.WriteField(time, Time); break;
            case DateOnly day: csv.WriteField(day, "yyyy-MM-dd"); break;
            default: csv.WriteField(value.ToString() ?? ""); break;
        }
    }
}
