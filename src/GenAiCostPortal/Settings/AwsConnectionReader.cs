using System.Globalization;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Settings;

/// <summary>Reads and checks one entry of <c>Aws:Connections</c>.</summary>
internal sealed class AwsConnectionReader(IConfigurationSection section, Action<string, string> mistake)
{
    private static readonly string[] Metrics =
        ["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"];

    public AwsConnectionOptions Read()
    {
        var connection = new AwsConnectionOptions();
        section.Bind(connection);
        if (string.IsNullOrWhiteSpace(connection.Name)) Mistake("Name", "is missing: give the connection a name people will recognise, such as Payer");
        if (connection.AccountId.Length > 0 && (connection.AccountId.Length != 12 || !connection.AccountId.All(char.IsAsciiDigit)))
            Mistake("AccountId", $"'{connection.AccountId}' is not a 12-digit account id");
        CheckCredentials(connection);
        if (connection.ServiceUrl is { Length: > 0 } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
            Mistake("ServiceUrl", $"'{url}' is not an address such as http://localhost:4566");
        if (connection.CostExplorer.Granularity is not ("Daily" or "Hourly")) Mistake("CostExplorer:Granularity", $"'{connection.CostExplorer.Granularity}' is neither Daily nor Hourly");
        if (!Metrics.Contains(connection.CostExplorer.Metric, StringComparer.Ordinal))
            Mistake("CostExplorer:Metric", $"'{connection.CostExplorer.Metric}' is not one of {string.Join(", ", Metrics)}");
        if (connection.CostExplorer.LookbackDays is < 1 or > 400) Mistake("CostExplorer:LookbackDays", $"{connection.CostExplorer.LookbackDays.ToString(CultureInfo.InvariantCulture)} is not from 1 to 400");
        if (connection.CloudWatch.PeriodSeconds < 60 || connection.CloudWatch.PeriodSeconds % 60 != 0)
            Mistake("CloudWatch:PeriodSeconds", $"{connection.CloudWatch.PeriodSeconds.ToString(CultureInfo.InvariantCulture)} is not a multiple of 60");
        if (connection.CloudWatch.CustomNamespace is { } own && own.StartsWith("AWS/", StringComparison.OrdinalIgnoreCase))
            Mistake("CloudWatch:CustomNamespace", $"'{own}' is a namespace of AWS: name the one your own metrics are in");
        if (string.IsNullOrWhiteSpace(connection.CloudWatch.FeatureDimension)) Mistake("CloudWatch:FeatureDimension", "is empty: name the dimension that holds the feature");
        if (connection.CloudWatch.Enabled && connection.Regions.Count == 0) Mistake("Regions", "is empty: CloudWatch is regional, so name the regions to read, such as us-east-1");
        if (connection.CloudWatch.Enabled && connection.AccountId.Length == 0) Mistake("AccountId", "is missing: CloudWatch does not say whose metrics it returns");
        if (connection.Inventory.Enabled && !connection.CloudWatch.Enabled && connection.Regions.Count == 0) Mistake("Regions", "is empty: resources are regional, so name the regions to list, such as us-east-1");
        if (connection.Inventory.Enabled && !connection.CloudWatch.Enabled && connection.AccountId.Length == 0) Mistake("AccountId", "is missing: the inventory is kept by account");
        if (connection.XRay.Enabled && connection.Regions.Count == 0) Mistake("Regions", "is empty: X-Ray is regional, so name the regions to read, such as us-east-1");
        return connection;
    }

    private void CheckCredentials(AwsConnectionOptions connection)
    {
        if (string.IsNullOrEmpty(connection.AccessKeyId) != string.IsNullOrEmpty(connection.SecretAccessKey))
            Mistake(string.IsNullOrEmpty(connection.AccessKeyId) ? "AccessKeyId" : "SecretAccessKey", "is missing: a key pair needs both halves");
        if (!string.IsNullOrEmpty(connection.ExternalId) && string.IsNullOrEmpty(connection.RoleArn)) Mistake("ExternalId", "is given without RoleArn");
        if (connection.RoleArn is { Length: > 0 } arn && !arn.StartsWith("arn:", StringComparison.Ordinal))
            Mistake("RoleArn", $"'{arn}' is not an ARN such as arn:aws:iam::123456789012:role/GenAiCostPortal");
    }

    private void Mistake(string key, string what) => mistake($"{section.Path}:{key}", what);
}
