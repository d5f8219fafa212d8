namespace GenAiCostPortal.Sources.Sample;

/// <summary>An account of Larkfield.</summary>
public sealed record SampleAccount(string Id, string Name);

/// <summary>Which instrumentation a service sends with.</summary>
internal enum SenderStyle { LangChainPython, Strands, OpenInference, AwsSdkJs, DotNet, OpenLlmetry, VercelAi }

/// <summary>When in the day requests come.</summary>
internal enum DayShape { Office, Shop, Night }

/// <summary>A version and how many days before the end of the history it came.</summary>
internal sealed record SampleRelease(string Version, int DaysAgo);

/// <summary>One kind of model call inside a request. Tokens are means per call.</summary>
/// <param name="CallsPerRequest">May be a fraction: 1.2 is a second call in every fifth request.</param>
internal sealed record Step(
    string Name, string Model, double CallsPerRequest, int Input, int Output, int CacheRead = 0, int CacheWrite = 0, string Operation = "chat");

/// <summary>A feature as it runs in one account, region and environment.</summary>
/// <param name="Requests">On a usual weekday.</param>
/// <param name="WeekendFactor">Requests on a weekend day ÷ on a weekday.</param>
/// <param name="IsRecorded">Whether its calls are traced (in the traced days).</param>
/// <param name="TaggedShare">Part of its usage through tagged application inference profiles, since the start of tracing.</param>
/// <param name="TaggedShareBefore">The same before.</param>
internal sealed record Workload(
    string Key, string Feature, string Team, string Application, string Service, string Environment, string Account, string Region,
    SenderStyle Sender, string Workflow, string Route, DayShape Shape, double Requests, double WeekendFactor,
    bool IsRecorded, decimal TaggedShare, decimal TaggedShareBefore, int StartedDaysAgo, double ThrottledShare,
    IReadOnlyList<SampleRelease> Releases, IReadOnlyList<Step> Steps)
{
    /// <summary>People who ask; 0 where the service does not say who.</summary>
    public int Users { get; init; }

    public decimal TaggedShareOn(DateOnly day, SampleCalendar calendar) => day >= calendar.TracedFrom ? TaggedShare : TaggedShareBefore;

    public string ReleaseAt(DateTime at, DateTime now)
    {
        foreach (var release in Releases)
            if (at >= now.AddDays(-release.DaysAgo)) return release.Version;
        return Releases[^1].Version;
    }
}
