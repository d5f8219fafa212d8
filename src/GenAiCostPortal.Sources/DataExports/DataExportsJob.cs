using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.CostExplorer;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>
/// Keeps the bill as AWS Data Exports delivers it. A billing period is read again only when its manifest changed, and then replaced
/// day by day; an unchanged one counts as asked again, so that its days can close.
/// </summary>
internal sealed class DataExportsJob(
    AwsConnections connections, AwsOptions options, ExportPeriodReader reader, ExportBill bill, BillWriter writer, FeedCursors cursors,
    IDbContextFactory<LedgerDb> stores, OwnerKeys owners, BorderReader borders, AwsCostMeter meter, TimeProvider time) : IScheduledJob
{
    /// <summary>Raise it when lines are read otherwise than before: every period is read anew.</summary>
    private const int Reading = 1;

    /// <summary>What was read of a period, and how.</summary>
    /// <param name="How">Delivery, format, metric, kept tags and border.</param>
    /// <param name="WholeTo">First day that was not whole.</param>
    private sealed record Cursor(string How, DateOnly WholeTo);

    public string Name => BillFeeds.DataExports;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.DataExports.Enabled).Select(c => c.Name)];
    public TimeSpan? Reach => TimeSpan.FromDays(800);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OnOrFirst(c => c.DataExports.Enabled).Select(c => new FeedPlan(
        Name, c.Name, "Data Exports (CUR 2.0 or FOCUS)", "The bill with every tag, cost category, resource and IAM principal. Where Cost Explorer reads the same day, the export is the bill and the difference is shown",
        "$0.005 per 1,000 listings and $0.0004 per 1,000 files, less than $0.10 a month; reading from another region also costs AWS's transfer per GB",
        ["s3:ListBucket", "s3:GetObject"], c.DataExports.Enabled, c.DataExports.Enabled ? when : "off", TimeSpan.FromHours(72), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        var own = connection.Options.DataExports;
        if (connection.Options.AccountId is "" || own.Bucket is not { Length: > 0 })
            throw new CannotRunException($"Connection {run.Connection} has no {(connection.Options.AccountId is "" ? "AccountId" : "DataExports:Bucket")}.", "Set it in Aws:Connections:N.");
        if (run.Request.IsScheduled && await meter.ReadAsync(cancel) is { State: AwsBudgetState.Reached } spent)
        {
            (run.Outcome, run.Message, run.Cure) = (FeedOutcome.NothingToDo, $"{spent.Words} Nothing is read until next month.", "Raise Aws:MonthlyApiBudgetUsd, or run it now by hand.");
            return;
        }
        var bucket = new S3Bucket(connection, connection.HomeRegion, own.Bucket, run.Tally);
        var deliveries = await ExportManifests.FindAsync(bucket, own.Prefix ?? "", cancel);
        var roots = deliveries.Select(d => d.Root).Distinct().ToList();
        if (roots.Count > 1)
            throw new CannotRunException($"{roots.Count} exports lie below the prefix: {string.Join(", ", roots.Take(3))}.", "Set DataExports:Prefix to the folder of one of them: two would count the bill twice.");
        if (deliveries.Count == 0)
        {
            (run.Outcome, run.Message) = (FeedOutcome.NothingToDo, $"No manifest lies below s3://{own.Bucket}/{own.Prefix}.");
            run.Cure = "AWS delivers a new export within 24 hours. Check DataExports:Bucket and :Prefix.";
            return;
        }
        await ReadAsync(run, connection, bucket, [.. deliveries.Where(d => run.Request.Days is not { } days || (d.First < days.To && d.End > days.From))], cancel);
    }

    private async Task ReadAsync(JobRun run, AwsConnection connection, S3Bucket bucket, List<ExportDelivery> deliveries, CancellationToken cancel)
    {
        var own = connection.Options.DataExports;
        var metric = connection.Options.CostExplorer.Metric;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var kept = await KeptTags.ReadAsync(db, owners, cancel);
        var border = await borders.ReadAsync(cancel);
        var mark = BorderMark.Of(border);
        var told = new ExportRunWords();
        // Newest first: what people look at is there soonest.
        for (var i = 0; i < deliveries.Count; i++)
        {
            var delivery = deliveries[i];
            var place = $"{own.Bucket}/{delivery.Root}{delivery.Period}";
            var how = How(delivery);
            var known = Read(await cursors.FindAsync(Name, run.Connection, place, cancel));
            if (run.Request.Days is null && known is not null && known.How == how)
            {
                await writer.ConfirmAsync(Name, delivery.First, known.WholeTo, time.GetUtcNow().UtcDateTime, cancel);
                told.Unchanged++;
                if (known.WholeTo > delivery.First) run.Cover(UtcTime.Start(delivery.First), UtcTime.Start(known.WholeTo));
                continue;
            }
            try
            {
                var period = await reader.ReadAsync(bucket, own.Prefix ?? "", delivery, own.Format, metric, kept, border, new PartOfProgress(run.Progress, 2 * i, 2 * deliveries.Count), cancel);
                var (lines, wholeTo) = await bill.WriteAsync(Name, period.Cells, delivery.First, delivery.End, connection.Options.AccountId, period.Delivery.WrittenAt,
                    new PartOfProgress(run.Progress, 2 * i + 1, 2 * deliveries.Count), cancel);
                await cursors.SetAsync(Name, run.Connection, place, JsonSerializer.Serialize(new Cursor(How(period.Delivery), wholeTo)), cancel);
                run.Rows += lines;
                run.HasChangedTheBill = true;
                told.Read(period, lines);
                if (wholeTo > delivery.First) run.Cover(UtcTime.Start(delivery.First), UtcTime.Start(wholeTo));
            }
            // A period that cannot be read must not keep the others unread.
            catch (ExportFaultException fault)
            {
                told.Failed(delivery, fault);
            }
        }
        told.End(run);

        // The usual border is not named: periods that were read before it could be moved stay as they are.
        string How(ExportDelivery delivery) => string.Join('|', new[] { Reading.ToString(CultureInfo.InvariantCulture), delivery.Version, own.Format, metric, kept.Fingerprint, mark.Within(delivery.First, delivery.End) }.SkipLast(mark.Within(delivery.First, delivery.End).Length == 0 ? 1 : 0));
    }

    private static Cursor? Read(string? kept)
    {
        try
        {
            return kept is null ? null : JsonSerializer.Deserialize<Cursor>(kept);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
