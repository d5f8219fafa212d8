namespace GenAiCostPortal.Sources.Sample;

/// <summary>What one workload used of one model in one hour: the sum of its made calls, from which bill and metrics follow.</summary>
internal sealed class HourUse
{
    public required Workload Workload { get; init; }
    public required SampleModel Model { get; init; }
    public required DateTime Hour { get; init; }
    public MadeTokens Tokens { get; set; }
    public int Invocations { get; set; }
    public int Throttles { get; set; }
    public double LatencyMs { get; set; }
}

/// <summary>All usage of the made history by day and hour.</summary>
internal sealed class UsagePlan
{
    private readonly Dictionary<DateOnly, IReadOnlyList<HourUse>> _days = [];
    private readonly Lazy<ILookup<(string Account, string Region), HourUse>> _billed;

    public UsagePlan(SampleCalendar calendar, int seed)
    {
        var maker = new RequestMaker(calendar, seed);
        var days = new IReadOnlyList<HourUse>[calendar.Today.DayNumber - calendar.FirstDay.DayNumber + 1];
        // Days are independent, and the start waits for this.
        Parallel.For(0, days.Length, i => days[i] = Of(calendar.FirstDay.AddDays(i), maker));
        for (var i = 0; i < days.Length; i++) _days[calendar.FirstDay.AddDays(i)] = days[i];
        _billed = new(() => days.SelectMany(uses => uses).Where(u => u.Model.IsBilled).ToLookup(u => (u.Workload.Account, u.Workload.Region)));
    }

    /// <summary>What was used through Bedrock in an account and region, by hour.</summary>
    public IEnumerable<HourUse> Billed(string account, string region) => _billed.Value[(account, region)];

    /// <summary>Uses of a day, by hour; empty outside the history.</summary>
    public IReadOnlyList<HourUse> this[DateOnly day] => _days.GetValueOrDefault(day, []);

    private static List<HourUse> Of(DateOnly day, RequestMaker maker)
    {
        var uses = new Dictionary<(string Workload, string Model, int Hour), HourUse>();
        foreach (var workload in Larkfield.Workloads)
            foreach (var request in maker.Make(workload, day))
                foreach (var call in request.Calls)
                    Add(uses, workload, call);
        return [.. uses.Values.OrderBy(u => u.Hour)];
    }

    private static void Add(Dictionary<(string, string, int), HourUse> uses, Workload workload, MadeCall call)
    {
        var key = (workload.Key, call.Model.Key, call.Start.Hour);
        if (!uses.TryGetValue(key, out var use))
        {
            var hour = call.Start.Date.AddHours(call.Start.Hour);
            uses[key] = use = new HourUse { Workload = workload, Model = call.Model, Hour = DateTime.SpecifyKind(hour, DateTimeKind.Utc) };
        }
        if (call.Outcome == MadeOutcome.Throttled)
        {
            use.Throttles++;
            return;
        }
        use.Tokens += call.Tokens;
        use.Invocations++;
        use.LatencyMs += call.DurationMs;
    }
}
