using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;
using GenAiCostPortal.Sources.ModelProfiles;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// Invocation logs that are too large to copy: Athena sums them where they lie, sums and a few calls an hour come here. Whole hours
/// only; the last two are read again by the next run, because records arrive late, and replace what was there.
/// </summary>
internal sealed partial class AthenaLogsJob(
    AwsConnections connections, AwsOptions options, AthenaBudget budget, FeedCursors cursors, TraceWriter writer, OwnerKeys owners, InferenceProfiles profiles,
    ProfileResolver resolver, TimeProvider time, ILogger<AthenaLogsJob> log) : IScheduledJob
{
    public const string Feed = "AthenaLogs";
    private const int FirstDays = 7, HoursPerQuery = 24, MostRows = 200_000;
    private const string Bytes = "bytes per hour", Read = "read to";

    public string Name => Feed;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.Athena.Logs.Enabled).Select(c => c.Name)];
    /// <summary>Hours are kept for 400 days; what is replaced must still be there.</summary>
    public TimeSpan? Reach => TimeSpan.FromDays(390);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OnOrFirst(c => c.Athena.Logs.Enabled).Select(c => new FeedPlan(
        Name, c.Name, "Bedrock invocation logs through Athena", "The same as the invocation logs, from logs too large to copy: tokens, calls and errors per hour, owner and model, and the dearest and longest calls one by one",
        string.Create(CultureInfo.InvariantCulture, $"$5 per TB scanned, at least 10 MB a query: a query every 4 hours, which scans two hours again. At most ${c.Athena.MonthlyBudgetUsd:0.##} a month together with other queries, and {c.Athena.MaxScannedGb:0.##} GB a query"),
        ["athena:GetTableMetadata", "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution", "glue:GetDatabase", "glue:GetTable", "glue:GetPartitions",
            "s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:PutObject", ProfileResolver.Action],
        c.Athena.Logs.Enabled, c.Athena.Logs.Enabled ? when : "off", TimeSpan.FromHours(8), nextRun) { Setup = LogTable.Ddl(c) });

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        var own = connection.Options.Athena;
        var database = own.Logs.Database is { Length: > 0 } named ? named : own.Database;
        if (database is not { Length: > 0 } || own.Logs.Table is not { Length: > 0 } table)
            throw new CannotRunException($"Connection {run.Connection} has no Athena:Logs:Table, or no database to look for it.", "Set both in Aws:Connections:N.");
        var client = new AthenaClient(connection, run.Tally, time, database, table);
        await CheckTableAsync(client, $"{database}.{table}", cancel);
        var sql = new LogSql(owners);
        var place = $"{database}.{table}";
        var asked = run.Request.Days;
        var (from, end) = asked is null ? await NewAsync(run.Connection, place, cancel) : Asked(asked);
        var words = new List<string>();
        var (first, all) = (from, Math.Max(1, (end - from).TotalHours));
        while (from < end)
        {
            var to = await UntilAsync(run.Connection, place, own, from, end, cancel);
            try
            {
                words.Add(await ReadAsync(run, client, own, place, (from, to), sql.Of(database, table, from, to), cancel));
            }
            catch (AthenaFaultException fault)
            {
                run.Outcome = run.CoveredTo is null ? FeedOutcome.Failed : FeedOutcome.Partial;
                run.Cure = fault.Cure;
                words.Add($"{Range(from, to)}: {fault.Message} Not read: {Range(from, end)}.");
                if (fault.Reason.Length > 0) SayFailed(run.Connection, fault.Reason);
                break;
            }
            run.Cover(from, to);
            // Records of the last two hours may still arrive: the next run reads them again.
            var settled = Earlier(to, Hour(time.GetUtcNow().UtcDateTime).AddHours(-LogSql.LateHours));
            if (asked is null && settled > first) await cursors.SetAsync(Name, run.Connection, $"{place}/{Read}", settled.ToString("O", CultureInfo.InvariantCulture), cancel);
            from = to;
            run.Progress.Report((from - first).TotalHours / all);
        }
        if (words.Count == 0) run.Outcome = FeedOutcome.NothingToDo;
        run.Message = words.Count == 0 ? "No whole hour to read." : string.Join(" ", words);
    }

    private async Task<string> ReadAsync(JobRun run, AthenaClient client, AthenaOptions own, string place, (DateTime From, DateTime To) hours, string sql, CancellationToken cancel)
    {
        var scans = (hours.To - hours.From).TotalHours + LogSql.LateHours;
        var query = await budget.RunAsync(client, own, run.Tally, sql, (long)(await PerHourAsync(run.Connection, place, cancel) * scans), cancel);
        await cursors.SetAsync(Name, run.Connection, $"{place}/{Bytes}", ((long)Math.Ceiling(query.ScannedBytes / scans)).ToString(CultureInfo.InvariantCulture), cancel);

        var rows = await RowsAsync(client, query, hours, cancel);
        await ResolveAsync(run, rows, cancel);
        var spans = new LogSpans(owners);
        var read = rows.Select(r => (Row: r, Use: LogRows.Use(r, spans, owners)!)).Where(r => r.Use is not null).ToList();
        var uses = read.ConvertAll(r => r.Use);
        var picks = new LogPicks(spans).Of(read);
        // The sums first: picked calls are shown beside them, never counted.
        await writer.WriteHoursAsync(run.Connection, hours.From, hours.To, uses, cancel);
        if (picks.Count > 0) await writer.WriteAsync([writer.Prepare(picks, 0, LogIntake.Signal)], cancel);
        run.Rows += rows.Count;
        return string.Create(CultureInfo.InvariantCulture, $"{Range(hours.From, hours.To)}: {AthenaClient.Gigabytes(query.ScannedBytes)} scanned for ${Money.ToUsd(AthenaClient.CostNanoUsd(query.ScannedBytes)):0.0000}, {uses.Sum(u => u.Calls):N0} calls in {rows.Count:N0} rows, {picks.Count:N0} of them one by one.");
    }

    private static async Task<List<LogRow>> RowsAsync(AthenaClient client, AthenaQuery query, (DateTime From, DateTime To) hours, CancellationToken cancel)
    {
        LogRows? reader = null;
        var rows = new List<LogRow>();
        await foreach (var fields in client.RowsAsync(query.Id, cancel))
        {
            if (reader is null) reader = new LogRows(fields);
            else if (reader.Read(fields) is { } row && row.Hour >= hours.From && row.Hour < hours.To) rows.Add(row);
            if (rows.Count > MostRows)
                throw new AthenaFaultException($"The answer has more than {MostRows:N0} rows.", "An owner attribute holds something that differs from call to call, such as a session: name others in Owners:FeatureAttributes, :TeamAttributes, :ApplicationAttributes and :EnvironmentAttributes.");
        }
        return rows;
    }

    private async Task ResolveAsync(JobRun run, List<LogRow> rows, CancellationToken cancel)
    {
        var unknown = LogRows.UnknownProfiles(rows).ToList();
        foreach (var arn in unknown) profiles.Note(arn);
        if (unknown.Count > 0) await resolver.ResolveAsync(run.Tally, isForced: false, cancel);
    }

    private static async Task CheckTableAsync(AthenaClient client, string name, CancellationToken cancel)
    {
        var (columns, partitions) = await client.TableAsync(cancel);
        if (columns.Any(c => c.Name == LogTable.Record && c.Type == "string") && partitions.Any(p => p.Name == LogTable.Hour && p.Type == "string")) return;
        throw new CannotRunException($"The table {name} is not made as the portal reads it: one text column {LogTable.Record}, partitioned by account, region and {LogTable.Hour}.",
            "Make it with the statement that the Sources page shows under this feed.");
    }

    /// <summary>From where the last run could be sure, to the last whole hour.</summary>
    private async Task<(DateTime From, DateTime To)> NewAsync(string connection, string place, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var known = DateTime.TryParse(await cursors.FindAsync(Name, connection, $"{place}/{Read}", cancel), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at);
        return (known ? at : UtcTime.Start(DateOnly.FromDateTime(now).AddDays(-FirstDays)), Hour(now));
    }

    private (DateTime From, DateTime To) Asked(DayRange days) => (UtcTime.Start(days.From), Earlier(UtcTime.Start(days.To), Hour(time.GetUtcNow().UtcDateTime)));

    /// <summary>A day at most, and no more than one query may scan by what the last one did.</summary>
    private async Task<DateTime> UntilAsync(string connection, string place, AthenaOptions own, DateTime from, DateTime end, CancellationToken cancel)
    {
        var perHour = await PerHourAsync(connection, place, cancel);
        var fit = perHour <= 0 ? HoursPerQuery : (int)Math.Clamp(own.MaxScannedGb * 1_000_000_000m / perHour - LogSql.LateHours, 1, HoursPerQuery);
        return Earlier(from.AddHours(fit), end);
    }

    private async Task<long> PerHourAsync(string connection, string place, CancellationToken cancel) =>
        long.TryParse(await cursors.FindAsync(Name, connection, $"{place}/{Bytes}", cancel), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    private static DateTime Hour(DateTime at) => new(at.Year, at.Month, at.Day, at.Hour, 0, 0, DateTimeKind.Utc);

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    /// <summary>"20 Nov 00:00–24:00", "20 Nov 22:00 to 21 Nov 04:00".</summary>
    private static string Range(DateTime from, DateTime to)
    {
        var sameDay = to.AddTicks(-1).Date == from.Date;
        var end = sameDay && to.Hour == 0 ? "24:00" : to.ToString("HH:mm", CultureInfo.InvariantCulture);
        return sameDay ? string.Create(CultureInfo.InvariantCulture, $"{from:d MMM HH:mm}–{end}") : string.Create(CultureInfo.InvariantCulture, $"{from:d MMM HH:mm} to {to:d MMM HH:mm}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Athena, connection {Connection}: {Reason}")]
    private partial void SayFailed(string connection, string reason);
}
