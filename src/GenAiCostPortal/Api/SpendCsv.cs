using CsvHelper;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Api;

/// <summary>A spend answer as CSV: the rows of the page, each with its basis and as-of. Text that a spreadsheet would run is escaped.</summary>
internal static class SpendCsv
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape };

    public static async Task WriteAsync(SpendAnswer answer, Stream body, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(body, Options, leaveOpen: true);
        if (answer.Query.Granularity != Granularity.None) csv.WriteField("time");
        foreach (var dimension in answer.Query.GroupBy) csv.WriteField(ReportQuery.Word(dimension));
        foreach (var head in new[] { "costUsd", "billedUsd", "estimatedUsd", "offBillUsd", "basis", "calls", "requests" }) csv.WriteField(head);
        foreach (var kind in TokenCounts.Kinds) csv.WriteField(char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..] + "Tokens");
        csv.WriteField("asOf");
        await csv.EndRecordAsync(cancel);
        foreach (var row in answer.Rows)
        {
            WriteRow(csv, answer, row);
            await csv.EndRecordAsync(cancel);
        }
        await csv.FlushAsync(cancel);
    }

    private static void WriteRow(CsvWriter csv, SpendAnswer answer, SpendRow row)
    {
        if (answer.Query.Granularity != Granularity.None) csv.WriteField(row.Time, Time);
        foreach (var key in row.Keys) csv.WriteField(key);
        csv.WriteField(row.CostUsd, default);
        csv.WriteField(row.BilledUsd, default);
        csv.WriteField(row.EstimatedUsd, default);
        csv.WriteField(row.OffBillUsd, default);
        csv.WriteField(row.Basis.ToString());
        csv.WriteField(row.Calls, default);
        csv.WriteField(row.Requests, default);
        foreach (var kind in TokenCounts.Kinds) csv.WriteField(row.Tokens[kind], default);
        csv.WriteField(answer.AsOf, Time);
    }
}
