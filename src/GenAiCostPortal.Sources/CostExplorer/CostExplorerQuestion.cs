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

    /// <summary>The bill of a period, <paramref name="to"/> exclusive: the GenAI services whole, and of others the usage that is tagged or that rules bring in.</summary>
    public CostExplorerQuestion OfPeriod(DateOnly from, DateOnly to, IReadOnlyList<BilledScope> scopes)
    {
        var inScope = scopes.Where(s => s.IsInScope).Select(s => s.Service).ToList();
        var parts = new List<Expression>();
        if (inScope.Count > 0) parts.Add(new Expression { Dimensions = new DimensionValues("SERVICE", inScope) });
        parts.AddRange(scopes.Where(s => s.Side is ScopeSide.Tagged or ScopeSide.Rule).Select(s => Expression.All(
            [Expression.Of("SERVICE", s.Service), new Expression { Dimensions = new DimensionValues("LINKED_ACCOUNT", s.Accounts) }, IsUsage, .. Brings(s)])));
        var filter = parts.Count switch { 0 => null, 1 => parts[0], _ => new Expression { Or = parts } };
        return new CostExplorerQuestion(
            Written(from, to, filter, "SERVICE", "RECORD_TYPE", withQuantity: false), Console(from, to, [("Service", "Service", inScope)], "Service"), Note(scopes));
    }

    /// <summary>One cell of a day.</summary>
    /// <param name="scopes">Of that day.</param>
    public CostExplorerQuestion OfCell(DateOnly day, TrailCell cell, IReadOnlyList<BilledScope> scopes)
    {
        var where = new List<Expression> { Expression.Of("SERVICE", cell.Service), Expression.Of("LINKED_ACCOUNT", cell.Account) };
        var console = new List<(string, string, IReadOnlyList<string>)> { ("Service", "Service", [cell.Service]), ("LinkedAccount", "Linked account", [cell.Account]) };
        var isUsage = cell.Category == ChargeCategory.Usage;
        var ofService = scopes.Where(s => s.Service == cell.Service && s.Accounts.Contains(cell.Account)).ToList();
        var note = isUsage ? "" : $"The groups that are {cell.Category} are this cell.";
        if (isUsage)
        {
            where.AddRange([Expression.Of("USAGE_TYPE", cell.UsageType), IsUsage]);
            console.Add(("UsageType", "Usage type", [cell.UsageType]));
            var sides = ofService.Where(s => s.Side == ScopeSide.Tagged || s.Side == ScopeSide.Rule && s.UsageTypes.Contains(cell.UsageType)).ToList();
            // A rule on the whole usage type brings in all of it, tagged or not.
            if (sides.Count > 0 && !sides.Exists(s => s.Side == ScopeSide.Rule && s.TagKey.Length == 0))
            {
                List<Expression> ways = [.. sides.Select(s => s.Side == ScopeSide.Tagged ? IsTagged() : Expression.All([.. OfTag(s)]))];
                where.Add(ways.Count == 1 ? ways[0] : new Expression { Or = ways });
            }
            if (ofService.Exists(s => s.Side == ScopeSide.NotAskable)) note = NotAskable;
        }
        else
        {
            where.Add(new Expression { Not = IsUsage });
        }
        return new CostExplorerQuestion(
            Written(day, day.AddDays(1), Expression.All([.. where]), isUsage ? "USAGE_TYPE" : "RECORD_TYPE", null, withQuantity: isUsage),
            Console(day, day.AddDays(1), console, isUsage ? "UsageType" : "RecordTypeV2"), note);
    }

    private const string NotAskable = "Lines that a rule brings in by their IAM principal or resource, or that wait for the bill to be read again, are not in the question: Cost Explorer cannot tell them apart.";

    private static string Note(IReadOnlyList<BilledScope> scopes)
    {
        var words = new List<string> { "Sum of all groups." };
        if (scopes.Any(s => s.Side == ScopeSide.Tagged))
            words.Add("The console cannot say \"or\": it shows the GenAI services; tagged usage of other services is in the question only.");
        if (scopes.Where(s => s.Side == ScopeSide.Rule).Select(s => s.Service).Distinct().ToList() is { Count: > 0 } byRule)
            words.Add($"The same holds for what owner rules bring in of {string.Join(", ", byRule)}.");
        foreach (var only in scopes.Where(s => s.OnlyOn is not null).Select(s => (s.Service, Days: s.OnlyOn!.Value)).Distinct())
            words.Add(string.Create(CultureInfo.InvariantCulture, $"Of {only.Service} a rule brings in {Text(only.Days.From)} to {Text(only.Days.To.AddDays(-1))} only: ask for those days and the others apart."));
        if (scopes.Where(s => s.Side == ScopeSide.NotAskable).ToList() is { Count: > 0 } others)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"${others.Sum(o => o.AmountUsd):0.00} is missing in the answer. {NotAskable}"));
        return string.Join(' ', words);
    }

    private Expression IsTagged() => new() { Not = HasNoFeature() };

    private Expression HasNoFeature() => new() { Tags = new TagValues(owners.TagKeys.Feature, null, ["ABSENT"]) };

    private IEnumerable<Expression> Brings(BilledScope scope) => scope.Side == ScopeSide.Tagged ? [IsTagged()]
        : [new Expression { Dimensions = new DimensionValues("USAGE_TYPE", scope.UsageTypes) }, .. scope.TagKey.Length == 0 ? [] : OfTag(scope)];

    private Expression[] OfTag(BilledScope scope) => [HasNoFeature(), new Expression { Tags = new TagValues(scope.TagKey, scope.TagValues) }];

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
