using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Sources.CostExplorer;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>CUR 2.0 (table COST_AND_USAGE_REPORT). Columns that an export left out are simply not known.</summary>
internal sealed class Cur2Format : ExportFormat
{
    /// <summary>Services by their product code, for lines that name no product: the name that other lines of the service carry.</summary>
    internal static readonly IReadOnlyDictionary<string, string> ServicesByCode = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AmazonBedrock"] = "Amazon Bedrock", ["AmazonBedrockFoundationModels"] = "Amazon Bedrock", ["AmazonBedrockService"] = "Amazon Bedrock",
        ["AmazonBedrockAgentCore"] = "Amazon Bedrock AgentCore", ["AmazonSageMaker"] = "Amazon SageMaker", ["AmazonKendra"] = "Amazon Kendra", ["AmazonQ"] = "Amazon Q",
    };

    private readonly int _start, _account, _accountName, _type, _product, _productName, _code, _usageType, _quantity, _unit, _description, _region, _resource, _principal, _invoice;
    private readonly int _tags, _resourceTags, _categories;
    private readonly IReadOnlyList<(int Column, string Key)> _tagColumns, _categoryColumns;
    private readonly Cur2Costs _costs;
    private readonly Dictionary<string, string> _services = new(StringComparer.Ordinal);

    public Cur2Format(ExportColumns columns, string metric)
    {
        Need(columns, "line_item_usage_start_date", "line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_type");
        _costs = new Cur2Costs(columns, metric);
        _start = columns.Find("line_item_usage_start_date");
        _account = columns.Find("line_item_usage_account_id");
        _accountName = columns.Find("line_item_usage_account_name");
        _type = columns.Find("line_item_line_item_type");
        _product = columns.Find("product");
        _productName = columns.Find("product_product_name", "product_name");
        _code = columns.Find("line_item_product_code", "product_servicecode");
        _usageType = columns.Find("line_item_usage_type");
        _quantity = columns.Find("line_item_usage_amount");
        _unit = columns.Find("pricing_unit");
        _description = columns.Find("line_item_line_item_description");
        _region = columns.Find("product_region_code", "product_region");
        _resource = columns.Find("line_item_resource_id");
        _principal = columns.Find("line_item_iam_principal");
        _invoice = columns.Find("bill_invoice_id");
        _tags = columns.Find("tags");
        _resourceTags = columns.Find("resource_tags");
        _categories = columns.Find("cost_category");
        _tagColumns = [.. columns.KeysOf("resource_tags"), .. columns.KeysOf("tags")];
        _categoryColumns = columns.KeysOf("cost_category");
    }

    public override bool Read(IExportRow row, ExportLine line)
    {
        var type = row[_type];
        line.Category = BillOfDays.CategoryOf(type);
        line.AmountUsd = _costs.Of(row, type);
        line.Quantity = line.Category == ChargeCategory.Usage ? ExportColumns.Number(row[_quantity]) : null;
        if (line.AmountUsd == 0 && (line.Quantity ?? 0) == 0) return false;
        line.Day = ExportColumns.Day(row[_start]);
        line.AccountId = row[_account];
        line.AccountName = row[_accountName];
        line.Service = Service(row);
        line.UsageType = line.Category == ChargeCategory.Usage ? row[_usageType] : "";
        line.Region = row[_region];
        line.Unit = line.Quantity is null ? "" : Unit(row[_unit], row[_description]);
        line.ResourceId = row[_resource];
        line.Principal = row[_principal];
        // AWS numbers the invoice when the month is final.
        line.SaysPreliminary = _invoice >= 0;
        line.IsPreliminary = _invoice >= 0 && row[_invoice].Length == 0;
        line.Tags = _tagColumns.Where(c => row[c.Column].Length > 0).Aggregate(ExportMaps.Join(row[_tags], row[_resourceTags]), (text, c) => ExportMaps.Add(text, c.Key, row[c.Column]));
        line.CostCategories = _categoryColumns.Where(c => row[c.Column].Length > 0).Aggregate(row[_categories], (text, c) => ExportMaps.Add(text, c.Key, row[c.Column]));
        return true;
    }

    /// <summary>
    /// Unit of a quantity. A marketplace line says <c>Units</c>; what one of them is stands in the third field of its description
    /// (<c>AWS Marketplace software usage|us-east-1|Million Input Tokens</c>).
    /// </summary>
    internal static string Unit(string unit, string description)
    {
        if (unit.Length > 0 && !unit.Equals("Units", StringComparison.OrdinalIgnoreCase)) return unit;
        var fields = description.Split('|');
        return fields.Length >= 3 && UsageTypeClassifier.TokensPerUnit(fields[2]) is not null ? fields[2].Trim() : unit;
    }

    // Marketplace models have an opaque product code: their name is in the product's map alone.
    private string Service(IExportRow row)
    {
        if (row[_productName] is { Length: > 0 } named) return named;
        var map = row[_product];
        if (!ExportMaps.IsEmpty(map))
        {
            if (!_services.TryGetValue(map, out var known))
            {
                // Bounded: the map also holds what differs from line to line.
                if (_services.Count > 2_000) _services.Clear();
                _services[map] = known = ExportMaps.Read(map).FirstOrDefault(e => e.Key is "product_name" or "ProductName").Value ?? "";
            }
            if (known.Length > 0) return known;
        }
        return ServicesByCode.GetValueOrDefault(row[_code], row[_code]);
    }
}
