using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.CostExplorer;
using GenAiCostPortal.Sources.DataExports;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// Keeps the bill from an export that is too large to copy, or is Parquet: Athena sums it where it lies, only sums come here. One query
/// per billing period; each is shown with its cost, stopped at its limit, and not begun when the month's budget is spent.
/// </summary>
internal sealed partial class AthenaJob(
    AwsConnections connections, AwsOptions options, ExportBill bill, FeedCursors cursors, AthenaBudget budget, IDbContextFactory<LedgerDb> stores, OwnerKeys owners, BorderReader borders, TimeProvider time,
    ILogger<AthenaJob> log) : IScheduledJob
{
    /// <summary>AWS may restate a month for about two weeks after its end.</summary>
    private const int DaysOfRestating = 20;
    private const string BorderRead = "/border";

    public string Name => BillFeeds.Athena;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.Athena.Enabled).Select(c => c.Name)];
    public TimeSpan? Reach => TimeSpan.FromDays(800);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OnOrFirst(c => c.Athena.Enabled).Select(c => new FeedPlan(
        Name, c.Name, "Data Exports through Athena", "The same as Data Exports, from Parquet or from exports too large to copy: Athena sums them where they lie",
        string.Create(CultureInfo.InvariantCulture, $"$5 per TB scanned, at least 10 MB a query: a query a day, two until the 20th. At most ${c.Athena.MonthlyBudgetUsd:0.##} a month and {c.Athena.MaxScannedGb:0.##} GB a query"),
        ["athena:GetTableMetadata", "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution", "glue:GetDatabase", "glue:GetTable", "glue:GetPartitions",
            "s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:PutObject"],
        c.Athena.Enabled, c.Athena.Enabled ? when : "off", TimeSpan.FromHours(72), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        var own = connection.Options.Athena;
        if (own.Database is not { Length: > 0 } || own.Table is not { Length: > 0 } || connection.Options.AccountId is "")
            throw new CannotRunException($"Connection {run.Connection} has no {(connection.Options.AccountId is "" ? "AccountId" : "Athena:Database and Athena:Table")}.", "Set it in Aws:Connections:N.");
        var client = new AthenaClient(connection, run.Tally, time, own.Database, own.Table);
        var (columns, partitions) = await client.TableAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var border = await borders.ReadAsync(cancel);
        var kept = await KeptTags.ReadAsync(db, owners, cancel);
        var sql = new ExportSql(columns, partitions, kept, border);
        List<DateOnly> periods = [.. Periods(run.Request.Days).Union(run.Request.Days is null ? await ReadOtherwiseAsync(run.Connection, own, border, kept, cancel) : [])];
        var words = new List<string>();
        for (var i = 0; i < periods.Count; i++)
        {
            try
            {
                words.Add(await ReadAsync(run, connection, client, sql, border, kept, periods[i], new PartOfProgress(run.Progress, i, periods.Count), cancel));
            }
            catch (Exception e) when (e is AthenaFaultException or ExportFaultException)
            {
                run.Outcome = run.CoveredTo is null ? FeedOutcome.Failed : FeedOutcome.Partial;
                run.Cure = e is AthenaFaultException athena ? athena.Cure : ((ExportFaultException)e).Cure;
                words.Add($"{periods[i]:yyyy-MM}: {e.Message}");
                if (e is AthenaFaultException { Reason.Length: > 0 } fault) SayFailed(run.Connection, fault.Reason);
                break;
            }
        }
        run.Message = string.Join(" ", words);
    }

    private async Task<string> ReadAsync(JobRun run, AwsConnection connection, AthenaClient client, ExportSql sql, ScopeBorder border, KeptTags kept, DateOnly first, PartOfProgress progress, CancellationToken cancel)
    {
        var own = connection.Options.Athena;
        var place = $"{own.Database}.{own.Table}/{first:yyyy-MM}";
        var expected = long.TryParse(await cursors.FindAsync(Name, run.Connection, place, cancel), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        var query = await budget.RunAsync(client, own, run.Tally, sql.Of(own.Database!, own.Table!, connection.Options.DataExports.Format, first), expected, cancel);
        await cursors.SetAsync(Name, run.Connection, place, query.ScannedBytes.ToString(CultureInfo.InvariantCulture), cancel);

        var end = first.AddMonths(1);
        var cells = await CellsAsync(client, query, connection.Options, new ExportCells(first, end, kept, border), cancel);
        // Nobody says when the table was written; what is later than its last usage has not arrived, however late it is by now.
        var now = time.GetUtcNow().UtcDateTime;
        var written = cells.LastUsage is { } last && UtcTime.Start(last.AddDays(3)) is var settled && settled < now ? settled : now;
        var (lines, wholeTo) = cells.LastUsage is null ? (0, first) : await bill.WriteAsync(Name, cells, first, end, connection.Options.AccountId, written, progress, cancel);
        await cursors.SetAsync(Name, run.Connection, place + BorderRead, HowRead(border, kept, first), cancel);
        run.Rows += lines;
        run.HasChangedTheBill |= lines > 0;
        if (wholeTo > first) run.Cover(UtcTime.Start(first), UtcTime.Start(wholeTo));
        return string.Create(CultureInfo.InvariantCulture, $"{first:yyyy-MM}: {AthenaClient.Gigabytes(query.ScannedBytes)} scanned for ${Money.ToUsd(AthenaClient.CostNanoUsd(query.ScannedBytes)):0.0000}, {cells.Lines:N0} rows into {lines:N0} lines of the bill.");
    }

    private static async Task<ExportCells> CellsAsync(AthenaClient client, AthenaQuery query, AwsConnectionOptions connection, ExportCells cells, CancellationToken cancel)
    {
        ExportFormat? format = null;
        var (row, line) = (new Fields(), new ExportLine());
        await foreach (var fields in client.RowsAsync(query.Id, cancel))
        {
            row.Values = fields;
            if (format is null) format = ExportFormat.Of(fields, connection.DataExports.Format, connection.CostExplorer.Metric);
            else if (format.Read(row, line)) cells.Add(line);
        }
        return cells;
    }

    /// <summary>Newest first: what people look at is there soonest.</summary>
    private List<DateOnly> Periods(DayRange? asked)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var from = asked?.From ?? (today.Day <= DaysOfRestating ? today.AddMonths(-1) : today);
        var last = asked?.To.AddDays(-1) ?? today;
        var periods = new List<DateOnly>();
        for (var month = new DateOnly(last.Year, last.Month, 1); month >= new DateOnly(from.Year, from.Month, 1); month = month.AddMonths(-1)) periods.Add(month);
        return periods;
    }

    private static string HowRead(ScopeBorder border, KeptTags kept, DateOnly first) => $"{BorderMark.Of(border).Within(first, first.AddMonths(1))}|{kept.Fingerprint}";

    /// <summary>Earlier periods that were read with another border or for other tags, newest first.</summary>
    private async Task<List<DateOnly>> ReadOtherwiseAsync(string connection, AthenaOptions own, ScopeBorder border, KeptTags kept, CancellationToken cancel)
    {
        var periods = new List<DateOnly>();
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var month = new DateOnly(today.Year, today.Month, 1);
        for (var back = 1; back <= (int)(Reach!.Value.TotalDays / 30); back++)
        {
            var first = month.AddMonths(-back);
            var place = $"{own.Database}.{own.Table}/{first:yyyy-MM}";
            if (await cursors.FindAsync(Name, connection, place, cancel) is not null
                && (await cursors.FindAsync(Name, connection, place + BorderRead, cancel) ?? "") != HowRead(border, kept, first)) periods.Add(first);
        }
        return periods;
    }

    private sealed class Fields : IExportRow
    {
        public IReadOnlyList<string> Values { get; set; } = [];
        public string this[int column] => (uint)column < (uint)Values.Count ? Values[column] : "";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Athena, connection {Connection}: {Reason}")]
    private partial void SayFailed(string connection, string reason);
}
