using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.DataExports;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// The query that sums a billing period to the ledger's grain where it lies. Its columns carry the export's own names, so that its
/// rows are read by the same code as the files. Names of tables are checked at start; tag keys are letters and digits only.
/// </summary>
internal sealed class ExportSql(IReadOnlyList<TableColumn> columns, IReadOnlyList<TableColumn> partitions, KeptTags kept, ScopeBorder border)
{
    /// <summary>The service's name, and whether a line comes in whole: said once, or a text of many rules would be longer than Athena takes.</summary>
    private const string Service = "portal_service", IsWhole = "portal_is_whole";
    private const string Unblended = "line_item_unblended_cost", NetUnblended = "line_item_net_unblended_cost";

    private static readonly string[] CurSums =
    [
        "line_item_usage_amount", Unblended, NetUnblended, "savings_plan_savings_plan_effective_cost", "savings_plan_net_savings_plan_effective_cost",
        "savings_plan_total_commitment_to_date", "savings_plan_used_commitment", "reservation_effective_cost", "reservation_net_effective_cost",
        "reservation_unused_amortized_upfront_fee_for_billing_period", "reservation_net_unused_amortized_upfront_fee_for_billing_period",
        "reservation_unused_recurring_fee", "reservation_net_unused_recurring_fee",
    ];
    private static readonly string[] FocusSums = ["billedcost", "effectivecost", "consumedquantity", "pricingquantity"];

    private readonly ExportTable _table = new(columns, partitions);
    private readonly BorderSql _border = new(border, kept, new ExportTable(columns, partitions));
    private readonly List<(string Expression, string Name)> _keys = [], _sums = [];

    /// <summary>The text for a billing period.</summary>
    /// <exception cref="ExportFaultException">The table lacks what decides.</exception>
    public string Of(string database, string table, string format, DateOnly period)
    {
        _keys.Clear();
        _sums.Clear();
        var service = format == ExportFormat.Cur2 ? Cur() : Focus();
        var where = Period(format, period.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        return $"""
            WITH named AS (
              SELECT *, {service} AS {Service}
              FROM "{database}"."{table}"
              WHERE {where}
            ),
            lines AS (
              SELECT *, {_border.Of(Service)} AS {IsWhole}
              FROM named
            )
            SELECT {string.Join(",\n  ", _keys.Concat(_sums).Select(c => $"{c.Expression} AS \"{c.Name}\""))}
            FROM lines
            GROUP BY {string.Join(", ", Enumerable.Range(1, _keys.Count))}
            """;
    }

    private string Cur()
    {
        _table.Need("line_item_usage_start_date", "line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_type");
        Key("substr(CAST(\"line_item_usage_start_date\" AS varchar), 1, 10)", "line_item_usage_start_date");
        Key("\"line_item_usage_account_id\"", "line_item_usage_account_id");
        Key("\"line_item_line_item_type\"", "line_item_line_item_type");
        Key(Service, "product_product_name");
        Only((string?[])["line_item_product_code", "line_item_usage_type", _table.First("product_region_code", "product_region"), "line_item_resource_id", "line_item_iam_principal", "pricing_unit"]);
        // The unit of a marketplace line stands in the third field of its description.
        if (_table.Has("line_item_line_item_description"))
            Key(Whole("'||' || coalesce(element_at(split(\"line_item_line_item_description\", '|'), 3), '')"), "line_item_line_item_description");
        foreach (var (name, word) in ((string, string)[])[("bill_invoice_id", "final"), ("reservation_reservation_a_r_n", "arn")])
            if (_table.Has(name)) Key($"CASE WHEN {_table.IsNotEmpty(name)} THEN '{word}' ELSE '' END", name);
        Maps("cost_category", "tags", "resource_tags");
        if (_table.Has("line_item_usage_account_name")) _sums.Add(("max(\"line_item_usage_account_name\")", "line_item_usage_account_name"));
        Sums(CurSums);
        return CurService();
    }

    // As the reader of files names it: the product's name, else what its code stands for.
    private string CurService()
    {
        List<string> names = [];
        if (_table.First("product_product_name", "product_name") is { } column) names.Add($"nullif(\"{column}\", '')");
        if (_table.Has("product"))
            foreach (var key in (string[])["product_name", "ProductName"])
                names.Add($"nullif({(_table.IsMap("product") ? $"element_at(\"product\", '{key}')" : $"json_extract_scalar(\"product\", '$.{key}')")}, '')");
        if (_table.First("line_item_product_code", "product_servicecode") is { } code)
            names.Add($"CASE \"{code}\" {string.Join(' ', Cur2Format.ServicesByCode.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"WHEN '{c.Key}' THEN '{c.Value}'"))} ELSE \"{code}\" END");
        return $"coalesce({string.Join(", ", names.Append("''"))}{(names.Count == 0 ? ", ''" : "")})";
    }

    private string Focus()
    {
        _table.Need("chargeperiodstart", "chargecategory", "servicename");
        Key("substr(CAST(\"chargeperiodstart\" AS varchar), 1, 10)", "chargeperiodstart");
        foreach (var name in _table.Those("subaccountid", "billingaccountid", "chargecategory", "chargeclass")) Key($"coalesce(\"{name}\", '')", name);
        Key(Service, "servicename");
        Only((string[])["x_usagetype", "skumeter", "regionid", "resourceid", "consumedunit", "pricingunit"]);
        if (_table.Has("invoiceid")) Key($"CASE WHEN {_table.IsNotEmpty("invoiceid")} THEN 'final' ELSE '' END", "invoiceid");
        // What gives money back is another kind of charge than what takes it: their sum would be neither.
        foreach (var cost in _table.Those("billedcost", "effectivecost"))
            Key($"CASE WHEN lower(\"chargecategory\") = 'adjustment' THEN CASE WHEN {Number(cost)} < 0 THEN 'back' ELSE 'paid' END ELSE '' END", $"adjusts_{cost}");
        Maps("x_costcategories", "tags");
        if (_table.Has("subaccountname")) _sums.Add(("max(\"subaccountname\")", "subaccountname"));
        Sums(FocusSums);
        return "coalesce(\"servicename\", '')";
    }

    private void Maps(string categories, params string[] tags)
    {
        foreach (var name in _table.Those(tags)) Key(Whole(_table.IsMap(name) ? _border.Kept(name) : $"coalesce(CAST(\"{name}\" AS varchar), '')"), name);
        foreach (var name in _table.Those(categories)) Key(Whole(_table.IsMap(name) ? $"json_format(CAST(coalesce(\"{name}\", MAP()) AS JSON))" : $"coalesce(CAST(\"{name}\" AS varchar), '')"), name);
        Only([.. _table.KeysOf(tags).Where(c => kept.NameOf(c.Key) is not null).Concat(_table.KeysOf(categories)).Select(c => c.Name)]);
    }

    private static string Whole(string expression) => $"CASE WHEN {IsWhole} THEN {expression} ELSE '' END";

    private void Only(IEnumerable<string?> names)
    {
        foreach (var name in names)
            if (name is not null && _table.Has(name)) Key(Whole($"coalesce(\"{name}\", '')"), name);
    }

    // As decimals: sums of doubles would not add up.
    private void Sums(IEnumerable<string> names)
    {
        foreach (var name in names.Where(_table.Has))
            // The net cost of a line without one is its cost, line by line.
            _sums.Add(($"sum({(name == NetUnblended && _table.Has(Unblended) ? $"coalesce({Number(name)}, {Number(Unblended)})" : Number(name))})", name));
    }

    // A table over csv files has text in all columns, and nothing is an empty one.
    private string Number(string name) =>
        _table.IsText(name) ? $"CAST(CASE WHEN \"{name}\" IN ('', 'NULL', 'null') THEN NULL ELSE \"{name}\" END AS decimal(38, 12))" : $"CAST(\"{name}\" AS decimal(38, 12))";

    private string Period(string format, string period)
    {
        if (partitions.FirstOrDefault(p => p.Name.Equals("billing_period", StringComparison.OrdinalIgnoreCase)) is { } partition) return $"\"{partition.Name}\" = '{period}'";
        var start = format == ExportFormat.Cur2 ? "bill_billing_period_start_date" : "billingperiodstart";
        _table.Need(start);
        return $"substr(CAST(\"{start}\" AS varchar), 1, 7) = '{period}'";
    }

    private void Key(string expression, string name) => _keys.Add((expression, name));
}
