using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>
/// FOCUS 1.0 and 1.2 as AWS exports them, and as other writers of the specification do. Unblended is BilledCost, amortised is
/// EffectiveCost: both are net of discounts by definition. FOCUS has no caller.
/// </summary>
internal sealed class FocusFormat : ExportFormat
{
    private readonly int _start, _account, _payer, _accountName, _category, _class, _cost, _service, _usageType, _region, _resource, _invoice, _tags, _categories;
    private readonly int _quantity, _unit, _pricingQuantity, _pricingUnit;

    public FocusFormat(ExportColumns columns, string metric)
    {
        var cost = metric.EndsWith("AmortizedCost", StringComparison.OrdinalIgnoreCase) ? "EffectiveCost" : "BilledCost";
        Need(columns, "ChargePeriodStart", "ChargeCategory", "ServiceName", cost);
        _cost = columns.Find(cost);
        _start = columns.Find("ChargePeriodStart");
        _account = columns.Find("SubAccountId");
        _payer = columns.Find("BillingAccountId");
        _accountName = columns.Find("SubAccountName");
        _category = columns.Find("ChargeCategory");
        _class = columns.Find("ChargeClass");
        _service = columns.Find("ServiceName");
        // 1.0 has the usage type in a column of AWS's own, 1.2 in SkuMeter.
        _usageType = columns.Find("x_UsageType", "SkuMeter");
        _region = columns.Find("RegionId");
        _resource = columns.Find("ResourceId");
        _invoice = columns.Find("InvoiceId");
        _tags = columns.Find("Tags");
        _categories = columns.Find("x_CostCategories");
        _quantity = columns.Find("ConsumedQuantity");
        _unit = columns.Find("ConsumedUnit");
        _pricingQuantity = columns.Find("PricingQuantity");
        _pricingUnit = columns.Find("PricingUnit");
    }

    public override bool Read(IExportRow row, ExportLine line)
    {
        line.AmountUsd = ExportColumns.Number(row[_cost]) ?? 0;
        line.Category = Category(row[_category], row[_class], line.AmountUsd);
        var isUsage = line.Category == ChargeCategory.Usage;
        var consumed = ExportColumns.Number(row[_quantity]);
        line.Quantity = isUsage ? consumed ?? ExportColumns.Number(row[_pricingQuantity]) : null;
        if (line.AmountUsd == 0 && (line.Quantity ?? 0) == 0) return false;
        line.Unit = line.Quantity is null ? "" : ExportColumns.TextOf(consumed is null ? row[_pricingUnit] : row[_unit]);
        line.Day = ExportColumns.Day(row[_start]);
        line.AccountId = ExportColumns.TextOf(row[_account]) is { Length: > 0 } account ? account : ExportColumns.TextOf(row[_payer]);
        line.AccountName = ExportColumns.TextOf(row[_accountName]);
        line.Service = ExportColumns.TextOf(row[_service]);
        line.UsageType = isUsage ? ExportColumns.TextOf(row[_usageType]) : "";
        line.Region = ExportColumns.TextOf(row[_region]);
        line.ResourceId = ExportColumns.TextOf(row[_resource]);
        line.Principal = "";
        line.SaysPreliminary = _invoice >= 0;
        line.IsPreliminary = _invoice >= 0 && ExportColumns.IsNothing(row[_invoice]);
        line.Tags = ExportColumns.TextOf(row[_tags]);
        line.CostCategories = ExportColumns.TextOf(row[_categories]);
        return true;
    }

    /// <summary>FOCUS knows five categories; what it calls an adjustment is a refund where money comes back.</summary>
    internal static ChargeCategory Category(string category, string chargeClass, decimal amount) => category.ToLowerInvariant() switch
    {
        "usage" => ChargeCategory.Usage,
        "purchase" => ChargeCategory.Fee,
        "tax" => ChargeCategory.Tax,
        "credit" => ChargeCategory.Credit,
        "adjustment" when amount < 0 => chargeClass.Equals("Correction", StringComparison.OrdinalIgnoreCase) ? ChargeCategory.Refund : ChargeCategory.Discount,
        _ => ChargeCategory.Fee,
    };
}
