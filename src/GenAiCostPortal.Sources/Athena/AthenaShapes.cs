namespace GenAiCostPortal.Sources.Athena;

// Named and shaped like the official SDK's types (API model athena 2017-05-18), so that AWSSDK.Athena can take their place.

internal sealed record GetTableMetadataRequest(string CatalogName, string DatabaseName, string TableName, string? WorkGroup);
internal sealed record GetTableMetadataResponse(TableMetadata? TableMetadata);
internal sealed record TableMetadata(IReadOnlyList<TableColumn>? Columns, IReadOnlyList<TableColumn>? PartitionKeys);
internal sealed record TableColumn(string Name, string? Type);

internal sealed record StartQueryExecutionRequest(
    string QueryString, string ClientRequestToken, QueryExecutionContext QueryExecutionContext, ResultConfiguration? ResultConfiguration, string? WorkGroup);
internal sealed record QueryExecutionContext(string Database);
internal sealed record ResultConfiguration(string OutputLocation);
internal sealed record StartQueryExecutionResponse(string QueryExecutionId);

internal sealed record QueryExecutionRequest(string QueryExecutionId);
internal sealed record GetQueryExecutionResponse(QueryExecution QueryExecution);
internal sealed record QueryExecution(QueryExecutionStatus? Status, QueryExecutionStatistics? Statistics);
internal sealed record QueryExecutionStatus(string State, string? StateChangeReason);
internal sealed record QueryExecutionStatistics(long DataScannedInBytes);
internal sealed record StopQueryExecutionResponse;

internal sealed record GetQueryResultsRequest(string QueryExecutionId, string? NextToken, int MaxResults);
internal sealed record GetQueryResultsResponse(ResultSet? ResultSet, string? NextToken);
internal sealed record ResultSet(IReadOnlyList<ResultRow>? Rows);
internal sealed record ResultRow(IReadOnlyList<Datum>? Data);
internal sealed record Datum(string? VarCharValue);
