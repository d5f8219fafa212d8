namespace GenAiCostPortal.Sources.Aws;

/// <summary>Contract: <c>Aws:*</c>.</summary>
public sealed class AwsOptions
{
    public List<AwsConnectionOptions> Connections { get; set; } = [];
    /// <summary>Cap on what the portal's own AWS calls may cost in a month, USD.</summary>
    public decimal MonthlyApiBudgetUsd { get; set; } = 20m;
    public PriceListOptions PriceList { get; set; } = new();

    /// <summary>AWS's cost metric that every billed figure is in: <c>UnblendedCost</c> …; one for all connections that read a bill.</summary>
    public string CostMetric => (Connections.Find(c => c.ReadsBill) ?? Connections.FirstOrDefault())?.CostExplorer.Metric is { Length: > 0 } metric ? metric : "UnblendedCost";

    /// <summary>The connections, or one nameless and switched off, so that a feed can say what it would need.</summary>
    internal IReadOnlyList<AwsConnectionOptions> OrNone => Connections.Count > 0 ? Connections : [new AwsConnectionOptions()];

    /// <summary>The connections that have a feed on; without any the first, so that the feed is offered once.</summary>
    internal IReadOnlyList<AwsConnectionOptions> OnOrFirst(Func<AwsConnectionOptions, bool> isOn) =>
        Connections.Exists(c => isOn(c)) ? [.. Connections.Where(isOn)] : [OrNone[0]];
}

/// <summary>One account or payer (contract: <c>Aws:Connections:N:*</c>).</summary>
public sealed class AwsConnectionOptions
{
    public string Name { get; set; } = "";
    public string AccountId { get; set; } = "";
    public List<string> Regions { get; set; } = [];
    public string? Profile { get; set; }
    public string? RoleArn { get; set; }
    public string? ExternalId { get; set; }
    public string? AccessKeyId { get; set; }
    public string? SecretAccessKey { get; set; }
    public string? ServiceUrl { get; set; }
    /// <summary>
    /// Made answers in place of AWS (the sample organisation). Null: requests are signed and sent. Set in code only, never by
    /// configuration, so that no setting can pass made numbers off as a bill.
    /// </summary>
    public IAwsApi? MadeApi { get; internal set; }
    /// <summary>A feed of this connection brings a bill.</summary>
    public bool ReadsBill => CostExplorer.Enabled || DataExports.Enabled || Athena.Enabled;
    public CostExplorerOptions CostExplorer { get; set; } = new();
    public CloudWatchOptions CloudWatch { get; set; } = new();
    public XRayOptions XRay { get; set; } = new();
    public InvocationLogsOptions InvocationLogs { get; set; } = new();
    public DataExportsOptions DataExports { get; set; } = new();
    public AthenaOptions Athena { get; set; } = new();
    /// <summary>Account names from AWS Organizations; the management account's connection only.</summary>
    public SwitchOptions Accounts { get; set; } = new();
    /// <summary>Resources and their tags.</summary>
    public SwitchOptions Inventory { get; set; } = new();
}

/// <summary>Contract: <c>…:CostExplorer:*</c>.</summary>
public sealed class CostExplorerOptions
{
    public bool Enabled { get; set; }
    public string Granularity { get; set; } = "Daily";
    public string Metric { get; set; } = "UnblendedCost";
    public int LookbackDays { get; set; } = 35;
}

/// <summary>Contract: <c>…:CloudWatch:*</c>.</summary>
public sealed class CloudWatchOptions
{
    public bool Enabled { get; set; }
    public int PeriodSeconds { get; set; } = 300;
    public string? CustomNamespace { get; set; }
    public string FeatureDimension { get; set; } = "Feature";
}

/// <summary>Contract: <c>…:XRay:*</c>.</summary>
public sealed class XRayOptions
{
    public bool Enabled { get; set; }
    /// <summary>Which traces are read, in X-Ray's own language; empty: those with anything of GenAI.</summary>
    public string? FilterExpression { get; set; }

    internal string? Filter => string.IsNullOrWhiteSpace(FilterExpression) ? null : FilterExpression.Trim();
}

/// <summary>Contract: <c>…:InvocationLogs:*</c>. Without a bucket and a group each region is read where its own logging is set to.</summary>
public sealed class InvocationLogsOptions
{
    public bool Enabled { get; set; }
    public string? Bucket { get; set; }
    /// <summary>What comes before <c>AWSLogs/</c> in the bucket.</summary>
    public string? Prefix { get; set; }
    /// <summary>CloudWatch log group, in place of a bucket.</summary>
    public string? LogGroup { get; set; }
    internal bool IsFound => string.IsNullOrEmpty(Bucket) && string.IsNullOrEmpty(LogGroup);
}

/// <summary>Contract: <c>…:DataExports:*</c>. The cost metric is that of Cost Explorer, so that both say the same.</summary>
public sealed class DataExportsOptions
{
    public bool Enabled { get; set; }
    public string? Bucket { get; set; }
    /// <summary>Folder of the export in the bucket: the prefix it was given and its name.</summary>
    public string? Prefix { get; set; }
    /// <summary><c>Cur2</c> or <c>Focus</c>.</summary>
    public string Format { get; set; } = "Cur2";
}

/// <summary>Contract: <c>…:Athena:*</c>. Format and metric are those of <c>DataExports</c> and <c>CostExplorer</c>.</summary>
public sealed class AthenaOptions
{
    public bool Enabled { get; set; }
    public string WorkGroup { get; set; } = "primary";
    public string? Database { get; set; }
    public string? Table { get; set; }
    /// <summary>Folder for the results, <c>s3://…</c>; empty where the workgroup has one.</summary>
    public string? OutputLocation { get; set; }
    /// <summary>Where the table is; empty: the connection's first region.</summary>
    public string? Region { get; set; }
    /// <summary>What the queries of a month may cost, USD.</summary>
    public decimal MonthlyBudgetUsd { get; set; } = 5m;
    /// <summary>What one query may scan, GB; it is stopped beyond.</summary>
    public decimal MaxScannedGb { get; set; } = 100m;
    /// <summary>Invocation logs too large to copy.</summary>
    public AthenaLogsOptions Logs { get; set; } = new();
}

/// <summary>Contract: <c>…:Athena:Logs:*</c>. Workgroup, results, region and both limits are those of <c>Athena</c>.</summary>
public sealed class AthenaLogsOptions
{
    public bool Enabled { get; set; }
    /// <summary>Empty: <c>Athena:Database</c>.</summary>
    public string? Database { get; set; }
    public string? Table { get; set; }
}

/// <summary>A feed that has nothing to set but whether it is on (<c>…:Accounts:Enabled</c>).</summary>
public sealed class SwitchOptions
{
    public bool Enabled { get; set; }
}

/// <summary>AWS's list prices (<c>PriceList:*</c>). Off unless asked for: nothing leaves the machine by itself.</summary>
public sealed class PriceListOptions
{
    public const string PublicUrl = "https://pricing.us-east-1.amazonaws.com";

    public bool Enabled { get; set; }
    /// <summary>Connection through which the price list is asked; empty: the public files, which need no credentials.</summary>
    public string Connection { get; set; } = "";
    /// <summary>Regions whose prices are read; empty: those of all connections.</summary>
    public List<string> Regions { get; set; } = [];
    /// <summary>Where the public files are.</summary>
    public string Url { get; set; } = PublicUrl;
}
