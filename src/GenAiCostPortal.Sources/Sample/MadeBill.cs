namespace GenAiCostPortal.Sources.Sample;

/// <summary>A line of the made bill, as fine as Cost Explorer can group. USD.</summary>
/// <param name="Owner">Workload whose cost-allocation tags the line carries; null = untagged.</param>
internal sealed record MadeBillLine(
    DateOnly Day, string AccountId, string Region, string Service, string UsageType, string RecordType, Workload? Owner,
    decimal AmountUsd, decimal Quantity, string Unit);

/// <summary>
/// The bill as it stands at a time: days before yesterday are whole, of yesterday the morning has arrived, of today nothing; one
/// day is corrected upwards some hours before the end of the history.
/// </summary>
internal sealed class MadeBill(SampleCalendar calendar, UsagePlan plan, int seed)
{
    /// <summary>Hours of yesterday that have arrived.</summary>
    public const int HoursOfYesterday = 12;

    /// <summary>The first bill of the restated day holds this part of what the corrected one holds.</summary>
    private const decimal BeforeCorrection = 0.96m;

    private readonly Lock _lock = new();
    private readonly Dictionary<(DateOnly Day, int Hours, bool Early), IReadOnlyList<MadeBillLine>> _lines = [];

    /// <summary>When AWS corrected the restated day.</summary>
    public DateTime CorrectedAt => calendar.Now.AddHours(-6);

    /// <summary>Lines of a day as billed at a time.</summary>
    public IReadOnlyList<MadeBillLine> Lines(DateOnly day, DateTime asOf)
    {
        var today = DateOnly.FromDateTime(asOf);
        var hours = day >= today ? 0 : day == today.AddDays(-1) ? HoursOfYesterday : 24;
        if (hours == 0 || day < calendar.FirstDay || day > calendar.Today) return [];
        var key = (day, hours, day == calendar.RestatedDay && asOf < CorrectedAt);
        lock (_lock)
        {
            if (!_lines.TryGetValue(key, out var lines)) _lines[key] = lines = Make(day, hours, key.Item3);
            return lines;
        }
    }

    private List<MadeBillLine> Make(DateOnly day, int hours, bool early)
    {
        var lines = new List<MadeBillLine>();
        AddTokens(lines, day, hours);
        FixedCosts.Add(lines, day, hours, seed);
        if (early)
            for (var i = 0; i < lines.Count; i++)
                if (lines[i].Service.StartsWith("Claude Sonnet", StringComparison.Ordinal))
                    lines[i] = lines[i] with { AmountUsd = lines[i].AmountUsd * BeforeCorrection, Quantity = lines[i].Quantity * BeforeCorrection };
        return lines;
    }

    private void AddTokens(List<MadeBillLine> lines, DateOnly day, int hours)
    {
        var used = plan[day].Where(u => u.Model.IsBilled && u.Hour.Hour < hours).GroupBy(u => (u.Workload, u.Model));
        foreach (var use in used)
        {
            var (workload, model) = use.Key;
            var tokens = use.Aggregate(default(MadeTokens), (sum, u) => sum + u.Tokens);
            foreach (var kind in Enum.GetValues<BilledKind>())
            {
                var tagged = (long)decimal.Floor(tokens[kind] * workload.TaggedShareOn(day, calendar));
                Add(workload, model, kind, tagged, workload);
                Add(workload, model, kind, tokens[kind] - tagged, null);
            }
        }

        void Add(Workload workload, SampleModel model, BilledKind kind, long tokens, Workload? owner)
        {
            if (tokens == 0) return;
            var usd = tokens * model.ListUsdPerMillion(kind) * model.BilledShare / 1_000_000m;
            lines.Add(new(day, workload.Account, workload.Region, model.Service, model.UsageType(kind, Larkfield.UsagePrefix(workload.Region)),
                "Usage", owner, usd, tokens / model.TokensPerUnit, model.Unit));
        }
    }
}
