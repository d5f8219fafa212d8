namespace GenAiCostPortal.Sources.Sample;

/// <summary>What is billed without a token: guardrails, the endpoint, the vector store, tax and credits, and all that is not GenAI.</summary>
internal static class FixedCosts
{
    private const string Bedrock = "Amazon Bedrock", Usage = "Usage";

    // Account, service, usage type, USD on a weekday: what else Larkfield pays AWS for.
    private static readonly (SampleAccount Account, string Service, string UsageType, decimal Usd)[] NotGenAi =
    [
        (Larkfield.Production, "Amazon Elastic Compute Cloud - Compute", "BoxUsage:m6i.large", 61.40m),
        (Larkfield.Production, "Amazon Relational Database Service", "InstanceUsage:db.r6g.large", 38.20m),
        (Larkfield.Production, "Amazon Simple Storage Service", "TimedStorage-ByteHrs", 9.75m),
        (Larkfield.Production, "AWS Lambda", "Lambda-GB-Second", 4.12m),
        (Larkfield.Production, "AmazonCloudWatch", "DataProcessing-Bytes", 7.88m),
        (Larkfield.SearchPlatform, "Amazon Elastic Compute Cloud - Compute", "BoxUsage:c6i.xlarge", 29.90m),
        (Larkfield.SearchPlatform, "Amazon DynamoDB", "ReadRequestUnits", 6.31m),
        (Larkfield.NonProduction, "Amazon Elastic Compute Cloud - Compute", "BoxUsage:t3.large", 12.05m),
        (Larkfield.NonProduction, "Amazon Simple Storage Service", "TimedStorage-ByteHrs", 1.42m),
    ];

    public static void Add(List<MadeBillLine> lines, DateOnly day, int hours, int seed)
    {
        var part = hours / 24m;
        var quiet = SampleCalendar.IsWeekend(day) ? 0.6m : 1m;
        var dice = Dice.For(seed, "fixed costs", day);
        var copilot = Larkfield.Workloads.First(w => w.Key == "support-copilot");
        var invoices = Larkfield.Workloads.First(w => w.Key == "invoice-extraction");
        var search = Larkfield.Workloads.First(w => w.Key == "product-search");

        var textUnits = decimal.Floor(16_000 * quiet * part * (decimal)dice.Between(0.97, 1.03));
        lines.Add(new(day, copilot.Account, "us-east-1", Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", Usage, copilot, textUnits * 0.00015m, textUnits, "Text-Units"));
        var paidUnits = decimal.Floor(textUnits * 0.375m);
        lines.Add(new(day, copilot.Account, "us-east-1", Bedrock, "USE1-Guardrail-SensitiveInformationPolicyPaidUnitsConsumed", Usage, null, paidUnits * 0.0001m, paidUnits, "Text-Units"));
        lines.Add(new(day, invoices.Account, "us-east-1", "Amazon SageMaker", "USE1-Host:ml.m5.xlarge", Usage, invoices, hours * 0.23m, hours, "Hrs"));
        foreach (var usageType in new[] { "USE1-IndexingOCU", "USE1-SearchOCU" })
            lines.Add(new(day, search.Account, "us-east-1", "Amazon OpenSearch Service", usageType, Usage, search, hours * 0.24m, hours, "OCU-Hours"));

        foreach (var (account, service, usageType, usd) in NotGenAi)
        {
            var amount = decimal.Round(usd * (0.85m + 0.15m * quiet) * part * (decimal)dice.Between(0.96, 1.04), 6);
            lines.Add(new(day, account.Id, "us-east-1", service, "USE1-" + usageType, Usage, null, amount, decimal.Round(amount * 10, 4), "Units"));
        }
        AddTaxAndCredit(lines, day);
    }

    /// <summary>Tax on the 1st, a credit on the 3rd; a day later when that is a Tuesday: usual and dear Tuesdays hold usage only.</summary>
    private static void AddTaxAndCredit(List<MadeBillLine> lines, DateOnly day)
    {
        if (day == Moved(1)) lines.Add(new(day, Larkfield.Production.Id, "us-east-1", "Claude Sonnet 4.6 (Amazon Bedrock Edition)", "USE1-MP:USE1_InputTokenCount_Global-Units", "Tax", null, 8.14m, 1, "Units"));
        if (day == Moved(1)) lines.Add(new(day, Larkfield.Production.Id, "us-east-1", "Tax", "Tax", "Tax", null, 41.27m, 1, "Units"));
        if (day == Moved(3)) lines.Add(new(day, Larkfield.Production.Id, "us-east-1", Bedrock, "USE1-NovaPro-input-tokens", "Credit", null, -12.50m, 0, "1K tokens"));

        DateOnly Moved(int dayOfMonth)
        {
            var due = new DateOnly(day.Year, day.Month, dayOfMonth);
            return due.DayOfWeek == DayOfWeek.Tuesday ? due.AddDays(1) : due;
        }
    }
}
