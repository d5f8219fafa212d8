using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>A billing period as read.</summary>
/// <param name="Files">Files read.</param>
internal sealed record ExportPeriod(ExportDelivery Delivery, ExportCells Cells, int Files);

/// <summary>Reads the files of a billing period, all of one delivery.</summary>
internal sealed class ExportPeriodReader(TimeProvider time)
{
    private const int MostTries = 3;
    private readonly ExportFiles _files = new(time);

    /// <summary>Reads a period whole. When it is delivered anew meanwhile, reading begins again.</summary>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    /// <exception cref="ExportFaultException">The export is not what was expected, or is Parquet.</exception>
    public async Task<ExportPeriod> ReadAsync(
        S3Bucket bucket, string prefix, ExportDelivery delivery, string format, string metric, KeptTags kept, ScopeBorder border, IProgress<double> progress, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var files = await ExportManifests.FilesAsync(bucket, delivery, cancel);
            if (files.Any(f => f.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)))
                throw new ExportFaultException("The export is Parquet, which is read where it lies, through Athena.", "Turn on …:Athena:Enabled, or make an export as gzip CSV.");
            var cells = new ExportCells(delivery.First, delivery.End, kept, border);
            try
            {
                for (var i = 0; i < files.Count; i++)
                {
                    await _files.ReadAsync(bucket, files[i], header => ExportFormat.Of(header, format, metric), cells.Add, cancel);
                    progress.Report((i + 1.0) / files.Count);
                }
            }
            // An overwritten file breaks off or is gone: the next look at the manifest tells.
            catch (Exception e) when (attempt < MostTries && e is ExportFaultException or AwsRefusedException { Code: "NoSuchKey" })
            {
                if (!await IsNewAsync()) throw;
                continue;
            }
            if (!await IsNewAsync()) return new ExportPeriod(delivery, cells, files.Count);
            if (attempt == MostTries) throw new ExportFaultException($"The export of {delivery.Period} was written anew each time while it was read.", "Nothing to do: the next run tries again.");
        }

        async Task<bool> IsNewAsync()
        {
            var now = (await ExportManifests.FindAsync(bucket, prefix, cancel)).FirstOrDefault(d => d.Root == delivery.Root && d.First == delivery.First);
            if (now is null || now.Version == delivery.Version) return false;
            delivery = now;
            return true;
        }
    }
}
