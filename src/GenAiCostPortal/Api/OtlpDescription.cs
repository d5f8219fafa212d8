using Microsoft.OpenApi;

namespace GenAiCostPortal.Api;

/// <summary>The OTLP paths in <c>/openapi/v1.json</c>: they answer on the wire's own terms, so the framework does not see what they take.</summary>
internal static class OtlpDescription
{
    private static readonly (string Path, string Summary)[] Signals =
    [
        ("/v1/traces", "OTLP spans: ExportTraceServiceRequest"),
        ("/v1/metrics", "OTLP data points: ExportMetricsServiceRequest; GenAI metrics are kept, others counted"),
        ("/v1/logs", "OTLP log records: ExportLogsServiceRequest; GenAI events are kept, others counted"),
    ];

    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (path, summary) in Signals)
        {
            var content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/x-protobuf"] = new OpenApiMediaType(), ["application/json"] = new OpenApiMediaType(),
            };
            var operation = new OpenApiOperation
            {
                Summary = summary, RequestBody = new OpenApiRequestBody { Required = true, Content = content },
                Responses = new OpenApiResponses
                {
                    ["200"] = new OpenApiResponse { Description = "Stored on disk; what was refused is counted in partial_success." },
                    ["400"] = new OpenApiResponse { Description = "Not OTLP; never to be sent again." },
                    ["401"] = new OpenApiResponse { Description = "An ingest key is needed." },
                    ["413"] = new OpenApiResponse { Description = "Larger than Otlp:MaxBodyBytes." },
                    ["503"] = new OpenApiResponse { Description = "Too much is waiting; to be sent again after Retry-After." },
                },
            };
            document.Paths[path] = new OpenApiPathItem { Operations = new() { [HttpMethod.Post] = operation } };
        }
    }
}
