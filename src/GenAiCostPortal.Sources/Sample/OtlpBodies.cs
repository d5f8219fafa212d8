using Google.Protobuf;
using GenAiCostPortal.Sources.Otlp.Wire;
using static GenAiCostPortal.Sources.Sample.TraceSheet;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>The traces of the last days as the services' exporters would send them: one process and release a body, whole traces.</summary>
internal sealed class OtlpBodies(SampleCalendar calendar, int seed)
{
    /// <summary>Spans after which a body ends with the trace it is in.</summary>
    public const int SpansPerBody = 480;

    public IEnumerable<byte[]> Make()
    {
        var maker = new RequestMaker(calendar, seed);
        for (var day = Max(calendar.TracedFrom, calendar.FirstDay); day <= calendar.Today; day = day.AddDays(1))
            foreach (var workload in Larkfield.Workloads.Where(w => w.IsRecorded))
                foreach (var process in maker.Make(workload, day).GroupBy(r => r.Release))
                    foreach (var body in Pack(workload, process.Key, process))
                        yield return body;
    }

    private static IEnumerable<byte[]> Pack(Workload workload, string release, IEnumerable<MadeRequest> requests)
    {
        var spans = new List<(Instrument Scope, WireSpan Span)>();
        foreach (var request in requests)
        {
            spans.AddRange(TraceShapes.Write(request));
            if (spans.Count < SpansPerBody) continue;
            yield return Body(workload, release, spans);
            spans.Clear();
        }
        if (spans.Count > 0) yield return Body(workload, release, spans);
    }

    private static byte[] Body(Workload workload, string release, List<(Instrument Scope, WireSpan Span)> spans)
    {
        var resource = new ResourceSpans { Resource = Resource(workload, release) };
        foreach (var scope in spans.GroupBy(s => s.Scope))
        {
            var scoped = new ScopeSpans { Scope = new InstrumentationScope { Name = scope.Key.Name, Version = scope.Key.Version } };
            scoped.Spans.AddRange(scope.Select(s => s.Span).OrderBy(s => s.EndTimeUnixNano));
            resource.ScopeSpans.Add(scoped);
        }
        var request = new ExportTraceServiceRequest();
        request.ResourceSpans.Add(resource);
        return request.ToByteArray();
    }

    private static Resource Resource(Workload workload, string release)
    {
        var resource = new Resource();
        resource.Attributes.Add(
        [
            Word("service.name", workload.Service),
            Word("service.namespace", workload.Application),
            Word("service.version", release),
            Word("deployment.environment.name", workload.Environment),
            Word("cloud.provider", "aws"),
            Word("cloud.account.id", workload.Account),
            Word("cloud.region", workload.Region),
            Word("telemetry.sdk.name", "opentelemetry"),
            Word("telemetry.sdk.language", Language(workload.Sender)),
            Word("team", workload.Team),
        ]);
        return resource;
    }

    private static string Language(SenderStyle sender) => sender switch
    {
        SenderStyle.AwsSdkJs or SenderStyle.VercelAi => "nodejs",
        SenderStyle.DotNet => "dotnet",
        _ => "python",
    };

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;
}
