using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Focus;

/// <summary>Fills the columns of a row. What AWS did not say stays empty: no price, issuer or invoice is made up.</summary>
internal sealed class FocusValues(Dimensions dimensions, DecidingRules rules, FocusBilling billing, string tagKey)
{
    private const int QuantityDigits = 12;

    /// <param name="part">Null while the day waits for its ledger.</param>
    /// <param name="share">Of the line's quantity.</param>
    public FocusRow Row(DateOnly day, BilledLine line, LedgerEntry? part, long nanoUsd, decimal share, bool isExact)
    {
        var row = new FocusRow();
        var usd = Money.ToUsd(nanoUsd);
        Money4(row, usd);
        Account(row, line);
        Period(row, day);
        Charge(row, line);
        Service(row, line, part);
        Quantity(row, line, decimal.Round(share, QuantityDigits, MidpointRounding.ToEven));
        row["Tags"] = Tags(line);
        row["ResourceId"] = dimensions.Name(line.ResourceId);
        Own(row, line, part, isExact);
        return row;
    }

    // Without a unit price FOCUS wants list and contracted cost to equal the billed cost (ListCost, ContractedCost of the specification).
    private static void Money4(FocusRow row, decimal usd)
    {
        foreach (var column in new[] { "BilledCost", "EffectiveCost", "ContractedCost", "ListCost" }) row[column] = usd;
        row["BillingCurrency"] = "USD";
    }

    private void Account(FocusRow row, BilledLine line)
    {
        var account = dimensions.Name(line.AccountId);
        var payer = billing.PayerOf(account);
        row["BillingAccountId"] = payer;
        row["BillingAccountName"] = Label(payer);
        row["BillingAccountType"] = "Payer account";
        row["SubAccountId"] = account;
        row["SubAccountName"] = dimensions.Label(line.AccountId) is var label && label != account ? label : null;
        row["SubAccountType"] = "Linked account";
    }

    private static void Period(FocusRow row, DateOnly day)
    {
        var month = new DateOnly(day.Year, day.Month, 1);
        row["BillingPeriodStart"] = UtcTime.Start(month);
        row["BillingPeriodEnd"] = UtcTime.Start(month.AddMonths(1));
        row["ChargePeriodStart"] = UtcTime.Start(day);
        row["ChargePeriodEnd"] = UtcTime.Start(day.AddDays(1));
    }

    private void Charge(FocusRow row, BilledLine line)
    {
        var usageType = dimensions.Name(line.UsageTypeId);
        row["ChargeCategory"] = FocusServices.Category(line.Category);
        row["ChargeFrequency"] = FocusServices.Frequency(line.Category);
        row["ChargeDescription"] = usageType.Length > 0 ? $"{dimensions.Name(line.BilledServiceId)}: {usageType}" : $"{dimensions.Name(line.BilledServiceId)}: {line.Category}";
        row["PricingCategory"] = line.Category == ChargeCategory.Usage ? "Standard" : null;
        row["SkuMeter"] = usageType;
        row["ProviderName"] = row["InvoiceIssuerName"] = "AWS";
    }

    private void Service(FocusRow row, BilledLine line, LedgerEntry? part)
    {
        var service = dimensions.Name(line.BilledServiceId);
        (row["ServiceCategory"], row["ServiceSubcategory"]) = FocusServices.Of(service);
        row["ServiceName"] = service;
        row["PublisherName"] = FocusServices.Publisher(service, part is null ? "" : dimensions.Name(part.ProviderId));
        row["RegionId"] = row["RegionName"] = dimensions.Name(part?.RegionId is > 0 and { } region ? region : line.RegionId);
    }

    private static void Quantity(FocusRow row, BilledLine line, decimal share)
    {
        if (FocusServices.Category(line.Category) == "Purchase") (row["PricingQuantity"], row["PricingUnit"]) = (share, "Units");
        if (line.Category != ChargeCategory.Usage || line.Quantity is not { } quantity) return;
        row["PricingQuantity"] = row["ConsumedQuantity"] = decimal.Round(quantity * share, QuantityDigits, MidpointRounding.ToEven);
        row["PricingUnit"] = row["ConsumedUnit"] = FocusUnits.Of(line.Unit);
    }

    private string? Tags(BilledLine line)
    {
        if (dimensions.Name(line.TagSetId) is { Length: > 0 } set) return set;
        var feature = dimensions.Name(line.TagFeatureId);
        return feature.Length == 0 ? null : JsonSerializer.Serialize(new Dictionary<string, string> { [tagKey] = feature });
    }

    private void Own(FocusRow row, BilledLine line, LedgerEntry? part, bool isExact)
    {
        row["x_AllocationMethod"] = (part?.Method ?? AllocationMethod.Unattributed).ToString();
        row["x_UnattributedReason"] = part is null ? FocusExport.NotBuiltYet : part.Method == AllocationMethod.Unattributed ? part.Reason.ToString() : null;
        row["x_ChargeCategory"] = line.Category.ToString();
        row["x_Basis"] = (part?.Basis ?? (line.IsPreliminary ? Basis.BilledPreliminary : Basis.Billed)).ToString();
        row["x_CostMetric"] = billing.CostMetric;
        row["x_Feed"] = line.Feed;
        row["x_Principal"] = dimensions.Name(line.PrincipalId);
        row["x_OriginIsExact"] = isExact ? "true" : "false";
        if (part is null) return;
        row["x_Rule"] = rules.Of(part);
        row["x_Feature"] = dimensions.Name(part.FeatureId);
        row["x_Team"] = dimensions.Name(part.TeamId);
        row["x_Application"] = dimensions.Name(part.ApplicationId);
        row["x_Environment"] = dimensions.Name(part.EnvironmentId);
        row["x_Release"] = dimensions.Name(part.ReleaseId);
        row["x_Model"] = dimensions.Name(part.ModelId);
        row["x_CostComponent"] = part.Component.ToString();
        row["x_TokenKind"] = part.Kind?.ToString();
        row["x_ServiceTier"] = part.ModelId == 0 ? null : part.Tier.ToString();
        row["x_RoutingScope"] = part.ModelId == 0 ? null : part.Scope.ToString();
    }

    private string? Label(string account) => dimensions.Find(DimensionKind.Account, account) is var id and not 0 && dimensions.Label(id) is var label && label != account ? label : null;
}
