using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>The question to AWS whose answer is a figure of the portal, to be asked again by anyone.</summary>
/// <param name="Json">Input of <c>GetCostAndUsage</c>: <c>TimePeriod</c>, <c>Filter</c>, <c>Metrics</c>, <c>GroupBy</c>.</param>
/// <param name="ConsoleUrl">Cost Explorer in the AWS console with the same filter.</param>
/// <param name="Note">What the figure and the answer differ by, or what to look at in it; empty when they are simply equal.</param>
public sealed record CostExplorerQuestion(string Json, string ConsoleUrl, string Note);

/// <summary>Writes the exact Cost Explorer question behind a total.</summary>
public sealed class CostExplorerQuestions(AwsOptions options, OwnerKeys owners)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Expression IsUsage = Expression.Of("RECORD_TYPE", "Usage");

    /// <summary>AWS's cost metric that every billed figure is in.</summary>
    public string Metric => options.CostMetric;

    /// <summary>The bill of a period, <paramref name="to"/> exclusive: the GenAI services whole, and the tagged usage of others.</summary>
    public CostExplorerQuestion OfPeriod(DateOnly from, DateOnly to, IReadOnlyList<BilledScope> scopes)
    {
        var inScope = scopes.Where(s => s.IsInScope).Select(s => s.Service).ToList();
        var parts = new List<Expression>();
        if (inScope.Count > 0) parts.Add(new Expression { Dimensions = new DimensionValues("SERVICE", inScope) });
        parts.AddRange(scopes.Where(s => !s.IsInScope).Select(s => Expression.All(
            Expression.Of("SERVICE", s.Service), new Expression { Dimensions = new DimensionValues("LINKED_ACCOUNT", s.Accounts) }, IsUsage, IsTagged())));
        var filter = parts.Count switch { 0 => null, 1 => parts[0], _ => new Expression { Or = parts } };
        return new CostExplorerQuestion(
            Written(from, to, filter, "SERVICE", "RECORD_TYPE", withQuantity: false), Console(from, to, [("Service", "Service", inScope)], "Service"),
            parts.Count > (inScope.Count > 0 ? 1 : 0)
                ? "Sum of all groups. The console cannot say \"or\": it shows the GenAI services; tagged usage of other services is in the question only."
                : "Sum of all groups.");
    }

    /// <summary>One cell of a day.</summary>
    public CostExplorerQuestion OfCell(DateOnly day, TrailCell cell)
    {
        var where = new List<Expression> { Expression.Of("SERVICE", cell.Service), Expression.Of("LINKED_ACCOUNT", cell.Account) };
        var console = new List<(string, string, IReadOnlyList<string>)> { ("Service", "Service", [cell.Service]), ("LinkedAccount", "Linked account", [cell.Account]) };
        var isUsage = cell.Category == ChargeCategory.Usage;
        if (isUsage)
        {
            where.AddRange([Expression.Of("USAGE_TYPE", cell.UsageType), IsUsage]);
            console.Add(("UsageType", "Usage type", [cell.UsageType]));
            if (!UsageTypeClassifier.IsInScope(cell.Service)) where.Add(IsTagged());
        }
        else
        {
            where.Add(new Expression { Not = IsUsage });
        }
        return new CostExplorerQuestion(
            Written(day, day.AddDays(1), Expression.All([.. where]), isUsage ? "USAGE_TYPE" : "RECORD_TYPE", null, withQuantity: isUsage),
            Console(day, day.AddDays(1), console, isUsage ? "UsageType" : "RecordTypeV2"),
            isUsage ? "" : $"The groups that are {cell.Category} are this cell.");
    }

    private Expression IsTagged() => new() { Not = new Expression { Tags = new TagValues(owners.TagKeys.Feature, null, ["ABSENT"]) } };

    private string Written(DateOnly from, DateOnly to, Expression? filter, string groupBy, string? thenBy, bool withQuantity)
    {
        var request = new GetCostAndUsageRequest
        {
            TimePeriod = new DateInterval(Text(from), Text(to)), Metrics = withQuantity ? [Metric, "UsageQuantity"] : [Metric], Filter = filter,
            GroupBy = [.. new[] { groupBy, thenBy }.OfType<string>().Select(k => new GroupDefinition("DIMENSION", k))],
        };
        return JsonNode.Parse(AwsJson.Write(request))!.ToJsonString(Readable);
    }

    private string Console(DateOnly from, DateOnly to, IReadOnlyList<(string Id, string Name, IReadOnlyList<string> Values)> filters, string groupBy)
    {
        var filter = new JsonArray([.. filters.Where(f => f.Values.Count > 0).Select(f => (JsonNode)new JsonObject
        {
            ["dimension"] = new JsonObject { ["id"] = f.Id, ["displayValue"] = f.Name },
            ["operator"] = "INCLUDES",
            ["values"] = new JsonArray([.. f.Values.Select(v => (JsonNode)new JsonObject { ["value"] = v, ["displayValue"] = v })]),
        })]);
        // The console counts the last day in.
        return "https://us-east-1.console.aws.amazon.com/costmanagement/home#/cost-explorer?chartStyle=STACK"
            + $"&costAggregate={ConsoleMetric()}&endDate={Text(to.AddDays(-1))}&excludeForecasting=true&filter={Uri.EscapeDataString(filter.ToJsonString(new JsonSerializerOptions { Encoder = Readable.Encoder }))}"
            + $"&futureRelativeRange=CUSTOM&granularity=Daily&groupBy={Uri.EscapeDataString($"[\"{groupBy}\"]")}&historicalRelativeRange=CUSTOM&isDefault=false&startDate={Text(from)}";
    }

    private string ConsoleMetric() => Metric switch
    {
        "NetUnblendedCost" => "netUnblendedCost",
        "AmortizedCost" => "amortizedCost",
        "NetAmortizedCost" => "netAmortizedCost",
        _ => "unBlendedCost",
    };

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
