using System.Globalization;
using System.Text;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.DataExports;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// The query that sums a billing period to the ledger's grain where it lies. Its columns carry the export's own names, so that its
/// rows are read by the same code as the files. Names of tables are checked at start; tag keys are letters and digits only.
/// </summary>
internal sealed class ExportSql(IReadOnlyList<TableColumn> columns, IReadOnlyList<TableColumn> partitions, KeptTags kept, ScopeBorder border)
{
    private static readonly string[] CurSums =
    [
        "line_item_usage_amount", "line_item_unblended_cost", "line_item_net_unblended_cost", "savings_plan_savings_plan_effective_cost", "savings_plan_net_savings_plan_effective_cost",
        "savings_plan_total_commitment_to_date", "savings_plan_used_commitment", "reservation_effective_cost", "reservation_net_effective_cost",
        "reservation_unused_amortized_upfront_fee_for_billing_period", "reservation_net_unused_amortized_upfront_fee_for_billing_period",
        "reservation_unused_recurring_fee", "reservation_net_unused_recurring_fee",
    ];
    private static readonly string[] FocusSums = ["billedcost", "effectivecost", "consumedquantity", "pricingquantity"];

    private readonly Dictionary<string, string> _types = columns.Concat(partitions).DistinctBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(c => c.Name.ToLowerInvariant(), c => (c.Type ?? "").ToLowerInvariant());
    private readonly List<(string Expression, string Name)> _keys = [], _sums = [];

    /// <summary>The text for a billing period.</summary>
    /// <exception cref="ExportFaultException">The table lacks what decides.</exception>
    public string Of(string database, string table, string format, DateOnly period)
    {
        _keys.Clear();
        _sums.Clear();
        if (format == ExportFormat.Cur2) Cur();
        else Focus();
        var where = Period(format, period.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        return $"""
            SELECT {string.Join(",\n  ", _keys.Concat(_sums).Select(c => $"{c.Expression} AS \"{c.Name}\""))}
            FROM "{database}"."{table}"
            WHERE {where}
            GROUP BY {string.Join(", ", Enumerable.Range(1, _keys.Count))}
            """;
    }

    private void Cur()
    {
        Need("line_item_usage_start_date", "line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_type");
        var named = _types.TryGetValue("product", out var type) ? type.StartsWith("map", StringComparison.Ordinal) ? "element_at(\"product\", 'product_name')" : "json_extract_scalar(\"product\", '$.product_name')"
            : Has("product_product_name") ? "\"product_product_name\"" : "''";
        var service = $"coalesce(nullif({named}, ''), {(Has("line_item_product_code") ? "\"line_item_product_code\"" : "''")}, '')";
        var isCovered = Covered(service, "tags", "resource_tags");
        Key($"substr(CAST(\"line_item_usage_start_date\" AS varchar), 1, 10)", "line_item_usage_start_date");
        Key("\"line_item_usage_account_id\"", "line_item_usage_account_id");
        Key("\"line_item_line_item_type\"", "line_item_line_item_type");
        Key(service, "product_product_name");
        foreach (var name in (string[])["line_item_product_code", "line_item_usage_type", "product_region_code", "line_item_resource_id", "line_item_iam_principal", "pricing_unit"]) Only(isCovered, name);
        // The unit of a marketplace line stands in the third field of its description.
        if (Has("line_item_line_item_description"))
            Key($"CASE WHEN {isCovered} THEN '||' || coalesce(element_at(split(\"line_item_line_item_description\", '|'), 3), '') ELSE '' END", "line_item_line_item_description");
        if (Has("bill_invoice_id")) Key("CASE WHEN coalesce(\"bill_invoice_id\", '') = '' THEN '' ELSE 'final' END", "bill_invoice_id");
        if (Has("reservation_reservation_a_r_n")) Key("CASE WHEN coalesce(\"reservation_reservation_a_r_n\", '') = '' THEN '' ELSE 'arn' END", "reservation_reservation_a_r_n");
        Map(isCovered, "tags", isFiltered: true);
        Map(isCovered, "resource_tags", isFiltered: true);
        Map(isCovered, "cost_category", isFiltered: false);
        if (Has("line_item_usage_account_name")) _sums.Add(("max(\"line_item_usage_account_name\")", "line_item_usage_account_name"));
        Sums(CurSums);
    }

    private void Focus()
    {
        Need("chargeperiodstart", "chargecategory", "servicename");
        const string service = "coalesce(\"servicename\", '')";
        var isCovered = Covered(service, "tags");
        Key("substr(CAST(\"chargeperiodstart\" AS varchar), 1, 10)", "chargeperiodstart");
        foreach (var name in (string[])["subaccountid", "billingaccountid", "chargecategory", "chargeclass"])
            if (Has(name)) Key($"coalesce(\"{name}\", '')", name);
        Key(service, "servicename");
        foreach (var name in (string[])["x_usagetype", "skumeter", "regionid", "resourceid", "consumedunit", "pricingunit"]) Only(isCovered, name);
        if (Has("invoiceid")) Key("CASE WHEN coalesce(\"invoiceid\", '') = '' THEN '' ELSE 'final' END", "invoiceid");
        Map(isCovered, "tags", isFiltered: true);
        Map(isCovered, "x_costcategories", isFiltered: false);
        if (Has("subaccountname")) _sums.Add(("max(\"subaccountname\")", "subaccountname"));
        Sums(FocusSums);
    }

    // GenAI services, lines of other services with a feature tag, and those that a rule may bring in: whether it does is seen line by line.
    private string Covered(string service, params string[] maps) =>
        $"({string.Join(" OR ", maps.Where(IsMap).Select(m => HasTag(m, kept.FeatureKey)).Prepend(Listed(service)).Concat(border.Rules.Select(r => MayMeet(r, service, maps))))})";

    private string Listed(string service) => border.Listed.Count == 0 ? "false" : $"regexp_like({service}, '(?i)^({string.Join('|', border.Listed.Select(p => Like(p)))})$')";

    private string MayMeet(BorderRule rule, string service, string[] maps)
    {
        List<string> parts = [.. rule.Conditions.Where(c => c.Subject == RuleSubject.Service && c.Match is not (RuleMatch.IsPresent or RuleMatch.IsNot)).Select(c => $"regexp_like({service}, '(?i)^{Like(c)}$')")];
        if (maps.Where(IsMap).ToList() is { Count: > 0 } read)
            parts.AddRange(rule.TagConditions.Where(c => c.Match != RuleMatch.IsNot && TagNames.Canonical(c.Key).Length > 0)
                .Select(c => $"({string.Join(" OR ", read.Select(m => HasTag(m, TagNames.Canonical(c.Key))))})"));
        if (rule.Conditions.Any(c => c.Subject == RuleSubject.Principal && c.Match != RuleMatch.IsNot))
            parts.Add(Has("line_item_iam_principal") ? "coalesce(\"line_item_iam_principal\", '') <> ''" : "false");
        return parts.Count == 0 ? "true" : $"({string.Join(" AND ", parts)})";
    }

    private static string Like(RuleCondition c) => c.Match switch
    {
        RuleMatch.StartsWith => Like(c.Value.Trim() + "*"),
        RuleMatch.Contains => Like($"*{c.Value.Trim()}*"),
        RuleMatch.Pattern => Like(c.Value.Trim()),
        _ => Literal(c.Value.Trim()),
    };

    private static string Like(string pattern) => string.Join(".*", pattern.Split('*').Select(Literal));

    // What people typed goes into the text: each letter that is no plain one by its number, so that none can mean anything to SQL or to the expression.
    private static string Literal(string text) => string.Concat(text.EnumerateRunes().Select(r => Rune.IsLetterOrDigit(r) && r.IsAscii || r.Value == ' ' ? r.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{{{r.Value:x}}}")));

    private static string HasTag(string map, string key) => $"cardinality(map_filter(coalesce(\"{map}\", MAP()), (k, v) -> {Canonical} = '{key}' AND v <> '')) > 0";

    private const string Canonical = @"regexp_replace(regexp_replace(lower(k), '^(resourcetags/|iamprincipal/|costcategory/|user_|user:)+', ''), '[^\p{L}\p{Nd}]', '')";

    private void Map(string isCovered, string name, bool isFiltered)
    {
        if (!Has(name)) return;
        var map = !IsMap(name) ? $"coalesce(CAST(\"{name}\" AS varchar), '')"
            : isFiltered ? $"json_format(CAST(map_filter(coalesce(\"{name}\", MAP()), (k, v) -> {Canonical} IN ({string.Join(", ", kept.Keys.Select(k => $"'{k}'"))})) AS JSON))"
            : $"json_format(CAST(coalesce(\"{name}\", MAP()) AS JSON))";
        Key($"CASE WHEN {isCovered} THEN {map} ELSE '' END", name);
    }

    private void Only(string isCovered, string name)
    {
        if (Has(name)) Key($"CASE WHEN {isCovered} THEN coalesce(\"{name}\", '') ELSE '' END", name);
    }

    // As decimals: sums of doubles would not add up.
    private void Sums(IEnumerable<string> names) => _sums.AddRange(names.Where(Has).Select(n => ($"sum(CAST(\"{n}\" AS decimal(38, 12)))", n)));

    private string Period(string format, string period)
    {
        if (partitions.FirstOrDefault(p => p.Name.Equals("billing_period", StringComparison.OrdinalIgnoreCase)) is { } partition) return $"\"{partition.Name}\" = '{period}'";
        var start = format == ExportFormat.Cur2 ? "bill_billing_period_start_date" : "billingperiodstart";
        Need(start);
        return $"substr(CAST(\"{start}\" AS varchar), 1, 7) = '{period}'";
    }

    private bool Has(string name) => _types.ContainsKey(name);
    private bool IsMap(string name) => _types.TryGetValue(name, out var type) && type.StartsWith("map", StringComparison.Ordinal);
    private void Key(string expression, string name) => _keys.Add((expression, name));

    private void Need(params string[] names)
    {
        var missing = names.Where(n => !Has(n)).ToList();
        if (missing.Count > 0) throw new ExportFaultException($"The table lacks {string.Join(", ", missing)}.", "Name the table of the export as Athena:Table, and its format as DataExports:Format.");
    }
}
