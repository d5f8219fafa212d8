namespace GenAiCostPortal.Ledger.Store;

/// <summary>Which database holds the store.</summary>
public enum StoreProvider { Sqlite, PostgreSql }

/// <summary>Contract: <c>Store:*</c>.</summary>
public sealed class StoreOptions
{
    public StoreProvider Provider { get; set; } = StoreProvider.Sqlite;
    public string ConnectionString { get; set; } = "Data Source=data/portal.db";
}
