using System.Globalization;
using System.Text.Json;

namespace GenAiCostPortal.Api;

/// <summary>
/// A reader of FOCUS 1.2 files that shares nothing with the writer: columns, types, nulls and allowed values as the specification
/// has them (FOCUS_Spec v1.2, CC BY 4.0).
/// </summary>
internal static class FocusChecker
{
    // Column: type (S text, D decimal, T time, J JSON object), N where nulls are allowed.
    private const string Columns = """
        AvailabilityZone SN|BilledCost D|BillingAccountId S|BillingAccountName SN|BillingAccountType S|BillingCurrency S|BillingPeriodEnd T|BillingPeriodStart T
        CapacityReservationId SN|CapacityReservationStatus SN|ChargeCategory S|ChargeClass SN|ChargeDescription SN|ChargeFrequency S|ChargePeriodEnd T|ChargePeriodStart T
        CommitmentDiscountCategory SN|CommitmentDiscountId SN|CommitmentDiscountName SN|CommitmentDiscountQuantity DN|CommitmentDiscountStatus SN|CommitmentDiscountType SN
        CommitmentDiscountUnit SN|ConsumedQuantity DN|ConsumedUnit SN|ContractedCost D|ContractedUnitPrice DN|EffectiveCost D|InvoiceId SN|InvoiceIssuerName S|ListCost D
        ListUnitPrice DN|PricingCategory SN|PricingCurrency SN|PricingCurrencyContractedUnitPrice DN|PricingCurrencyEffectiveCost DN|PricingCurrencyListUnitPrice DN
        PricingQuantity DN|PricingUnit SN|ProviderName S|PublisherName S|RegionId SN|RegionName SN|ResourceId SN|ResourceName SN|ResourceType SN|ServiceCategory S
        ServiceName S|ServiceSubcategory S|SkuId SN|SkuMeter SN|SkuPriceDetails JN|SkuPriceId SN|SubAccountId SN|SubAccountName SN|SubAccountType SN|Tags JN
        """;

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ChargeCategory"] = ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
        ["ChargeClass"] = ["Correction"],
        ["ChargeFrequency"] = ["One-Time", "Recurring", "Usage-Based"],
        ["PricingCategory"] = ["Standard", "Dynamic", "Committed", "Other"],
        ["BillingCurrency"] = ["USD"],
    };

    private static readonly Dictionary<string, string[]> Subcategories = new()
    {
        ["AI and Machine Learning"] = ["AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing", "Other (AI and Machine Learning)"],
        ["Analytics"] = ["Analytics Platforms", "Business Intelligence", "Data Processing", "Search", "Streaming Analytics", "Other (Analytics)"],
        ["Compute"] = ["Containers", "End User Computing", "Quantum Compute", "Serverless Compute", "Virtual Machines", "Other (Compute)"],
        ["Databases"] = ["Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases", "Relational Databases", "Time Series Databases", "Other (Databases)"],
        ["Integration"] = ["API Management", "Messaging", "Workflow Orchestration", "Other (Integration)"],
        ["Management and Governance"] = ["Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery", "Endpoint Management", "Observability", "Support", "Other (Management and Governance)"],
        ["Networking"] = ["Application Networking", "Content Delivery", "Network Connectivity", "Network Infrastructure", "Network Routing", "Network Security", "Other (Networking)"],
        ["Storage"] = ["Backup Storage", "Block Storage", "File Storage", "Object Storage", "Storage Platforms", "Other (Storage)"],
        ["Other"] = ["Other (Other)"],
    };

    private static readonly (string Name, char Type, bool MayBeNull)[] Spec =
        [.. Columns.Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(c => c.Split(' ')).Select(c => (c[0], c[1][0], c[1].EndsWith('N')))];

    /// <summary>What is wrong with a file, at most 20 lines of it.</summary>
    public static IReadOnlyList<string> Mistakes(string csv)
    {
        var rows = CsvText.Rows(csv);
        var found = new List<string>();
        var head = rows[0];
        if (Spec.Length != 57) found.Add($"the checker knows {Spec.Length} columns");
        if (!head.Take(57).SequenceEqual(Spec.Select(s => s.Name))) found.Add("the first 57 columns are not those of the specification");
        found.AddRange(head.Skip(57).Where(c => !c.StartsWith("x_", StringComparison.Ordinal)).Select(c => $"{c} is no column of the specification and has no x_"));
        for (var i = 1; i < rows.Count && found.Count < 20; i++)
        {
            if (rows[i].Count != head.Count) { found.Add($"row {i} has {rows[i].Count} fields"); continue; }
            var row = head.Zip(rows[i]).ToDictionary(p => p.First, p => p.Second);
            found.AddRange(Spec.Select(s => Wrong(s, row[s.Name])).OfType<string>().Concat(Between(row)).Select(m => $"row {i}: {m}"));
        }
        return found;
    }

    private static string? Wrong((string Name, char Type, bool MayBeNull) column, string value)
    {
        if (value.Length == 0) return column.MayBeNull ? null : $"{column.Name} is null";
        if (Allowed.TryGetValue(column.Name, out var allowed) && !allowed.Contains(value)) return $"{column.Name} is {value}";
        return column.Type switch
        {
            'D' when !decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || value.Contains(',', StringComparison.Ordinal) => $"{column.Name} is no number: {value}",
            'T' when !DateTime.TryParseExact(value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) => $"{column.Name} is no time: {value}",
            'J' when !IsObject(value) => $"{column.Name} is no object of plain values: {value}",
            _ => null,
        };
    }

    private static IEnumerable<string> Between(Dictionary<string, string> row)
    {
        if (string.CompareOrdinal(row["ChargePeriodStart"], row["ChargePeriodEnd"]) >= 0) yield return "the charge period is empty";
        if (string.CompareOrdinal(row["ChargePeriodStart"], row["BillingPeriodStart"]) < 0 || string.CompareOrdinal(row["ChargePeriodEnd"], row["BillingPeriodEnd"]) > 0) yield return "the charge lies outside its billing period";
        if (!Subcategories.TryGetValue(row["ServiceCategory"], out var subcategories)) yield return $"ServiceCategory is {row["ServiceCategory"]}";
        else if (!subcategories.Contains(row["ServiceSubcategory"])) yield return $"{row["ServiceSubcategory"]} is no part of {row["ServiceCategory"]}";
        if (row["ChargeCategory"] == "Tax" && row["PricingQuantity"].Length > 0) yield return "tax has no pricing quantity";
        if (row["ChargeCategory"] is "Usage" or "Purchase" && row["PricingQuantity"].Length == 0) yield return $"{row["ChargeCategory"]} has no pricing quantity: {row["ChargeDescription"]}";
        if (row["ChargeCategory"] != "Usage" && row["ConsumedQuantity"].Length > 0) yield return "only usage is consumed";
        foreach (var pair in new[] { "Pricing", "Consumed" })
            if (row[pair + "Quantity"].Length > 0 != row[pair + "Unit"].Length > 0) yield return $"{pair}Quantity and {pair}Unit do not stand together";
        // Without a list price the list cost is the billed cost (ListCost of the specification).
        if (row["ListUnitPrice"].Length == 0 && row["ListCost"] != row["BilledCost"]) yield return "ListCost differs without a ListUnitPrice";
    }

    private static bool IsObject(string value)
    {
        try
        {
            using var json = JsonDocument.Parse(value);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.EnumerateObject().All(p => p.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>RFC 4180, read by hand.</summary>
internal static class CsvText
{
    public static List<List<string>> Rows(string csv)
    {
        var (rows, row, field, quoted) = (new List<List<string>>(), new List<string>(), new System.Text.StringBuilder(), false);
        csv = csv.TrimStart('\ufeff');
        for (var i = 0; i < csv.Length; i++)
        {
            var c = csv[i];
            if (quoted)
            {
                if (c != '"') field.Append(c);
                else if (i + 1 < csv.Length && csv[i + 1] == '"') { field.Append('"'); i++; }
                else quoted = false;
            }
            else if (c == '"') quoted = true;
            else if (c is ',' or '\n') { row.Add(field.ToString().TrimEnd('\r')); field.Clear(); if (c == '\n') { rows.Add(row); row = []; } }
            else field.Append(c);
        }
        if (field.Length > 0 || row.Count > 0) { row.Add(field.ToString()); rows.Add(row); }
        return rows;
    }

    /// <summary>Rows by their heads.</summary>
    public static List<Dictionary<string, string>> Records(string csv)
    {
        var rows = Rows(csv);
        return [.. rows.Skip(1).Select(r => rows[0].Zip(r).ToDictionary(p => p.First, p => p.Second))];
    }
}
