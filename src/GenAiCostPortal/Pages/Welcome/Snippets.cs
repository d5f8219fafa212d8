namespace GenAiCostPortal.Pages.Welcome;

/// <summary>What to run so that a service sends its traces to this portal.</summary>
internal static class Snippets
{
    public static readonly (string Word, string Name)[] Languages = [("python", "Python"), ("javascript", "JavaScript"), ("dotnet", ".NET"), ("java", "Java"), ("collector", "Collector")];

    /// <param name="address">Where this portal takes OTLP over HTTP, without a trailing slash.</param>
    /// <param name="needsKey">Leave a place for an ingest key.</param>
    public static string For(string language, string address, bool needsKey)
    {
        var header = needsKey ? "\nexport OTEL_EXPORTER_OTLP_HEADERS=\"Authorization=Bearer%20KEY\"" : "";
        return language switch
        {
            "javascript" => $$"""
                npm install @opentelemetry/auto-instrumentations-node
                export OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
                export OTEL_EXPORTER_OTLP_ENDPOINT={{address}}{{header}}
                export OTEL_RESOURCE_ATTRIBUTES="service.name=copilot,team=Support,genai.feature=support-copilot"
                node --require @opentelemetry/auto-instrumentations-node/register app.js
                """,
            "dotnet" => $$"""
                using var tracing = Sdk.CreateTracerProviderBuilder()
                    .ConfigureResource(r => r.AddService("contracts", serviceVersion: "2.4.1")
                        .AddAttributes([new("genai.feature", "contract-summary"), new("team", "Billing")]))
                    .AddSource("Experimental.Microsoft.Extensions.AI")
                    .AddOtlpExporter(o =>
                    {
                        o.Endpoint = new("{{address}}/v1/traces");
                        o.Protocol = OtlpExportProtocol.HttpProtobuf;{{(needsKey ? "\n        o.Headers = \"Authorization=Bearer KEY\";" : "")}}
                    })
                    .Build();
                """,
            "java" => $$"""
                java -javaagent:opentelemetry-javaagent.jar \
                  -Dotel.exporter.otlp.protocol=http/protobuf \
                  -Dotel.exporter.otlp.endpoint={{address}} \{{(needsKey ? "\n  -Dotel.exporter.otlp.headers=\"Authorization=Bearer KEY\" \\" : "")}}
                  -Dotel.resource.attributes=service.name=search,team=Search,genai.feature=product-search \
                  -Dotel.metrics.exporter=none -Dotel.logs.exporter=none -jar app.jar
                """,
            "collector" => $$"""
                exporters:
                  otlphttp/genaicostportal:
                    endpoint: {{address}}{{(needsKey ? "\n    headers: { Authorization: \"Bearer KEY\" }" : "")}}
                service:
                  pipelines:
                    traces: { receivers: [otlp], exporters: [otlphttp/genaicostportal] }
                """,
            _ => $$"""
                pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http \
                  opentelemetry-instrumentation-botocore
                export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
                export OTEL_EXPORTER_OTLP_ENDPOINT={{address}}{{header}}
                export OTEL_RESOURCE_ATTRIBUTES="service.name=contracts,service.version=2.4.1,team=Billing,genai.feature=contract-summary"
                opentelemetry-instrument python app.py
                """,
        };
    }

    /// <summary>The actions the portal needs today; none of them can be limited to a resource.</summary>
    public const string Policy = """
        {
          "Version": "2012-10-17",
          "Statement": [{
            "Sid": "GenAiCostPortalReads",
            "Effect": "Allow",
            "Action": [
              "ce:GetCostAndUsage",
              "cloudwatch:ListMetrics",
              "cloudwatch:GetMetricData"
            ],
            "Resource": "*"
          }]
        }
        """;

    public const string Connection = """
        "Aws": { "Connections": [{
          "Name": "payer",
          "AccountId": "111122223333",
          "Regions": ["us-east-1"],
          "RoleArn": "arn:aws:iam::111122223333:role/genai-cost-portal",
          "ExternalId": "choose-one",
          "CostExplorer": { "Enabled": true },
          "CloudWatch": { "Enabled": true }
        }] }
        """;
}
