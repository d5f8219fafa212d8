using System.Runtime.CompilerServices;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>A query that ended well.</summary>
/// <param name="ScannedBytes">What AWS charges for.</param>
internal sealed record AthenaQuery(string Id, long ScannedBytes);

/// <summary>A query was stopped or failed; the text is for people.</summary>
internal sealed class AthenaFaultException(string message, string cure, string reason = "") : Exception(message)
{
    public string Cure { get; } = cure;
    /// <summary>Athena's own words, for the log.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Athena's operations over <see cref="IAwsApi"/>. What each query scanned is counted as cost, also of one that was stopped.</summary>
/// <param name="database">Where the table is in the Glue catalog.</param>
internal sealed class AthenaClient(AwsConnection connection, AwsRequestTally tally, TimeProvider time, string database, string table)
{
    private const int RowsPerPage = 1000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10), LongestQuery = TimeSpan.FromMinutes(30);

    private readonly AthenaOptions _own = connection.Options.Athena;
    private readonly AwsJsonApi _api = new(connection, "athena", connection.Options.Athena.Region is { Length: > 0 } region ? region : connection.HomeRegion, "AmazonAthena", tally);

    /// <summary>Nano-USD of a query: $5 per TB scanned, by the MB, at least 10 MB.</summary>
    public static long CostNanoUsd(long scannedBytes) => Math.Max(10, (scannedBytes + 999_999) / 1_000_000) * 5_000;

    /// <summary>Bytes that may be scanned for an amount.</summary>
    public static long BytesFor(long nanoUsd) => nanoUsd / 5_000 * 1_000_000;

    /// <summary>Columns of the table, its partition keys among them.</summary>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    public async Task<(IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableColumn> Partitions)> TableAsync(CancellationToken cancel)
    {
        var answer = await _api.CallAsync<GetTableMetadataResponse>("GetTableMetadata",
            new GetTableMetadataRequest("AwsDataCatalog", database, table, _own.WorkGroup), cancel);
        return (answer.TableMetadata?.Columns ?? [], answer.TableMetadata?.PartitionKeys ?? []);
    }

    /// <summary>Runs a query to its end; stops it when it scans more than it may, or when the portal stops.</summary>
    /// <exception cref="AthenaFaultException">It failed, was stopped or took too long.</exception>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    public async Task<AthenaQuery> RunAsync(string sql, long bytesAtMost, CancellationToken cancel)
    {
        var request = new StartQueryExecutionRequest(sql, Guid.NewGuid().ToString("N"), new QueryExecutionContext(database),
            _own.OutputLocation is { Length: > 0 } place ? new ResultConfiguration(place) : null, _own.WorkGroup);
        var id = (await _api.CallAsync<StartQueryExecutionResponse>("StartQueryExecution", request, cancel)).QueryExecutionId;
        long scanned = 0;
        var (begun, wait) = (time.GetUtcNow(), TimeSpan.FromSeconds(1));
        try
        {
            while (true)
            {
                await Task.Delay(wait, time, cancel);
                if ((wait *= 1.5) > LongestWait) wait = LongestWait;
                var execution = (await _api.CallAsync<GetQueryExecutionResponse>("GetQueryExecution", new QueryExecutionRequest(id), cancel)).QueryExecution;
                scanned = execution.Statistics?.DataScannedInBytes ?? scanned;
                switch (execution.Status?.State)
                {
                    case "SUCCEEDED": return new AthenaQuery(id, scanned);
                    case "FAILED" or "CANCELLED":
                        throw new AthenaFaultException("Athena could not run the query.", "The log has Athena's reason. Check the database, the table and Athena:OutputLocation, and the workgroup's limits.",
                            execution.Status.StateChangeReason ?? execution.Status.State);
                }
                if (scanned > bytesAtMost)
                    throw await StoppedAsync(id, $"The query was stopped after {Gigabytes(scanned)}: more than {Gigabytes(bytesAtMost)} was not allowed.", "Raise Athena:MaxScannedGb or Athena:MonthlyBudgetUsd, or have the table partitioned as the documentation says.");
                if (time.GetUtcNow() - begun > LongestQuery) throw await StoppedAsync(id, "The query took longer than 30 minutes and was stopped.", "The next run tries again.");
            }
        }
        catch (OperationCanceledException)
        {
            await StoppedAsync(id, "", "");
            throw;
        }
        finally
        {
            tally.AddCost(CostNanoUsd(scanned));
        }
    }

    /// <summary>Rows of a query; the first one holds the names of the columns.</summary>
    /// <exception cref="AwsRefusedException">AWS refused a page.</exception>
    public async IAsyncEnumerable<IReadOnlyList<string>> RowsAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var page in _api.PagesAsync<GetQueryResultsResponse>("GetQueryResults", token => new GetQueryResultsRequest(id, token, RowsPerPage), a => a.NextToken, cancel))
            foreach (var row in page.ResultSet?.Rows ?? []) yield return [.. (row.Data ?? []).Select(d => d.VarCharValue ?? "")];
    }

    internal static string Gigabytes(long bytes) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB");

    private async Task<AthenaFaultException> StoppedAsync(string id, string message, string cure)
    {
        // Not the caller's token: a stopped portal must not leave a query running that costs money.
        await _api.CallAsync<StopQueryExecutionResponse>("StopQueryExecution", new QueryExecutionRequest(id), CancellationToken.None);
        return new AthenaFaultException(message, cure);
    }
}
