namespace GenAiCostPortal.Ledger.Focus;

/// <summary>Who pays, and in which of AWS's cost metrics: known to the host, not to the ledger.</summary>
/// <param name="PayerOf">Payer account of a usage account.</param>
/// <param name="CostMetric"><c>UnblendedCost</c> …</param>
public sealed record FocusBilling(Func<string, string> PayerOf, string CostMetric);

/// <summary>The columns of FOCUS 1.2 in the specification's order, then the portal's own.</summary>
public static class FocusColumns
{
    public static readonly IReadOnlyList<string> Standard =
    [
        "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency", "BillingPeriodEnd",
        "BillingPeriodStart", "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory", "ChargeClass", "ChargeDescription",
        "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName",
        "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedQuantity",
        "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
        "PricingCategory", "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
        "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType",
        "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId",
        "SubAccountName", "SubAccountType", "Tags",
    ];

    public static readonly IReadOnlyList<string> Own =
    [
        "x_AllocationMethod", "x_UnattributedReason", "x_Rule", "x_Feature", "x_Team", "x_Application", "x_Environment", "x_Release", "x_Model",
        "x_CostComponent", "x_TokenKind", "x_ServiceTier", "x_RoutingScope", "x_Tokens", "x_Principal", "x_ChargeCategory", "x_Basis", "x_CostMetric",
        "x_Feed", "x_OriginIsExact",
    ];

    public static readonly IReadOnlyList<string> All = [.. Standard, .. Own];
}

/// <summary>A row of the export: a part of the ledger as far as it came from one line of the bill. Values by column; what is absent is null.</summary>
public sealed class FocusRow
{
    private static readonly Dictionary<string, int> Places = FocusColumns.All.Select((c, i) => (c, i)).ToDictionary(c => c.c, c => c.i);
    private readonly object?[] _values = new object?[FocusColumns.All.Count];

    /// <summary>In the order of <see cref="FocusColumns.All"/>: text, <see cref="decimal"/>, <see cref="long"/>, <see cref="DateTime"/> (UTC), or null.</summary>
    public IReadOnlyList<object?> Values => _values;

    public object? this[string column]
    {
        get => _values[Places[column]];
        set => _values[Places[column]] = value is "" ? null : value;
    }
}
