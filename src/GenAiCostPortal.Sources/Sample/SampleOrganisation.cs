using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>
/// Larkfield, the sample organisation: made from a seed and an end time, and known to the portal only through what it sends and
/// answers — OTLP bodies, Cost Explorer and CloudWatch.
/// </summary>
public sealed class SampleOrganisation
{
    private readonly UsagePlan _plan;
    private readonly MadeBill _bill;
    private readonly int _seed;

    private SampleOrganisation(SampleCalendar calendar, int seed)
    {
        Calendar = calendar;
        _seed = seed;
        _plan = new UsagePlan(calendar, seed);
        _bill = new MadeBill(calendar, _plan, seed);
    }

    /// <summary>The days that matter.</summary>
    public SampleCalendar Calendar { get; }

    /// <summary>What happens on the dear day.</summary>
    public Story Story => Story.Told;

    /// <summary>The accounts, the payer first.</summary>
    public IReadOnlyList<SampleAccount> Accounts => Larkfield.Accounts;

    /// <summary>Makes the organisation.</summary>
    /// <param name="now">End of the history, UTC; <see cref="SampleOptions.Now"/> goes before.</param>
    public static SampleOrganisation Make(SampleOptions options, DateTime now)
    {
        var end = options.Now ?? now;
        // Whole milliseconds, as the store keeps times: a restart makes the same organisation of what was kept.
        end = new DateTime(end.Ticks - end.Ticks % TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);
        return new SampleOrganisation(SampleCalendar.Of(end, options.Days), options.Seed);
    }

    /// <summary>AWS as one account answers at the time of <paramref name="clock"/>, which decides how much of the bill has arrived.</summary>
    public IAwsApi Aws(string accountId, TimeProvider clock) =>
        new MadeAnswers(new CostExplorerAnswers(_bill, clock), new CloudWatchAnswers(_plan, Calendar, accountId));

    /// <summary>Bodies of OTLP/HTTP (ExportTraceServiceRequest, protobuf) in the order of the days, made while they are taken.</summary>
    public IEnumerable<byte[]> OtlpBodies() => new OtlpBodies(Calendar, _seed).Make();
}
