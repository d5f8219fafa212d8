using System.Globalization;
using CsvHelper;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>Streams a file of an export: unpacked and cut into fields while the bytes arrive, never whole in memory or on disk.</summary>
internal sealed class ExportFiles(TimeProvider time)
{
    private const int MostTries = 4;

    // Pooled: the same accounts, services and usage types stand on millions of lines.
    private static readonly CsvReaderOptions Csv = new() { Separator = ',', PoolStrings = true, BufferSize = 256 * 1024, MaxRecordSize = 16 * 1024 * 1024 };

    /// <summary>Gives each line of a file to <paramref name="take"/>. A delivery that breaks off is opened again and goes on behind the lines that came.</summary>
    /// <exception cref="AwsRefusedException">AWS refused, or broke off for too long.</exception>
    /// <exception cref="ExportFaultException">The file is not what the export promises.</exception>
    public async Task ReadAsync(S3Bucket bucket, string key, Func<IReadOnlyList<string>, ExportFormat> format, Action<ExportLine> take, CancellationToken cancel)
    {
        long taken = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var bytes = await bucket.OpenAsync(key, cancel);
                await ReadAsync(bytes, key, format, take, () => taken, n => taken = n, cancel);
                return;
            }
            catch (AwsRefusedException refusal) when (refusal.Code == AwsErrors.ConnectionFailed && attempt < MostTries)
            {
                await Task.Delay(SignedAwsApi.WaitOf(attempt, refusal), time, cancel);
            }
        }
    }

    /// <summary>The same for bytes at hand.</summary>
    /// <param name="taken">Rows that were taken before; they are passed over.</param>
    internal static async Task ReadAsync(
        Stream bytes, string name, Func<IReadOnlyList<string>, ExportFormat> format, Action<ExportLine> take, Func<long> taken, Action<long> took, CancellationToken cancel)
    {
        long row = 0;
        try
        {
            await using var plain = await LogLines.UnpackAsync(bytes, cancel);
            await using var csv = CsvReader.Create(plain, Csv, leaveOpen: true);
            await csv.ReadHeaderAsync(cancel);
            if (csv.Headers.Count == 0) return;
            var reader = format([.. csv.Headers]);
            var fields = new Row(csv);
            var line = new ExportLine();
            while (await csv.ReadAsync(cancel))
            {
                if ((row & 1023) == 0) cancel.ThrowIfCancellationRequested();
                if (++row <= taken()) continue;
                if (reader.Read(fields, line)) take(line);
                took(row);
            }
        }
        catch (FormatException wrong)
        {
            throw new ExportFaultException(string.Create(CultureInfo.InvariantCulture, $"Line {row + 1} of {name} cannot be read: {wrong.Message}."), "The bill stays as it was; the next delivery is read again.");
        }
        catch (Exception broken) when (broken is InvalidDataException or CsvFormatException or OverflowException)
        {
            throw new ExportFaultException(string.Create(CultureInfo.InvariantCulture, $"{name} breaks off or is damaged after {row} lines."), "The bill stays as it was; the next delivery is read again.");
        }
    }

    private sealed class Row(CsvReader csv) : IExportRow
    {
        public string this[int column] => column < 0 ? "" : csv.GetString(column);
    }
}
