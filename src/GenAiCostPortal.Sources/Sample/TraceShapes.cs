using GenAiCostPortal.Sources.Otlp.Wire;
using static GenAiCostPortal.Sources.Sample.TraceSheet;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>How each of Larkfield's services looks in a trace.</summary>
internal static class TraceShapes
{
    internal const int Internal = 1, Server = 2, Client = 3;

    /// <summary>Spans of a request.</summary>
    public static IReadOnlyList<(Instrument Scope, WireSpan Span)> Write(MadeRequest request)
    {
        var sheet = new TraceSheet(request);
        switch (request.Workload.Sender)
        {
            case SenderStyle.LangChainPython: AgentShapes.LangChain(sheet); break;
            case SenderStyle.Strands: AgentShapes.Strands(sheet); break;
            case SenderStyle.OpenInference: OpenInference(sheet); break;
            case SenderStyle.AwsSdkJs: SearchShapes.AwsSdkJs(sheet); break;
            case SenderStyle.DotNet: DotNet(sheet); break;
            case SenderStyle.OpenLlmetry: Batch(sheet); break;
            default: SearchShapes.VercelAi(sheet); break;
        }
        return sheet.Spans;
    }

    /// <summary>The server span that a web framework's instrumentation makes.</summary>
    internal static WireSpan Http(TraceSheet sheet, Instrument scope, string method = "POST") =>
        sheet.Add(scope, null, $"{method} {sheet.Request.Workload.Route}", Server, sheet.Request.Start, sheet.Request.End,
            Word("http.request.method", method),
            Word("http.route", sheet.Request.Workload.Route),
            Number("http.response.status_code", 200),
            Word("app.feature", sheet.Request.Workload.Feature),
            Word("gen_ai.workflow.name", sheet.Request.Workload.Workflow));

    private static readonly Instrument FastApi = new("opentelemetry.instrumentation.fastapi", "0.58b0");
    private static readonly Instrument OpenInferenceBedrock = new("openinference.instrumentation.bedrock", "0.1.29");
    private static readonly Instrument AspNetCore = new("Microsoft.AspNetCore", "");
    private static readonly Instrument InvoiceGenAi = new("Larkfield.Invoices.GenAi", "2.1.0");
    private static readonly Instrument Jobs = new("larkfield.jobs", "1.4.0");
    internal static readonly Instrument OpenLlmetryBedrock = new("opentelemetry.instrumentation.bedrock", "0.47.5");

    private static void OpenInference(TraceSheet sheet)
    {
        var root = Http(sheet, FastApi);
        foreach (var call in sheet.Request.Calls)
        {
            var span = sheet.Add(OpenInferenceBedrock, root, "bedrock.converse", Internal, call.Start, call.End,
                Word("openinference.span.kind", "LLM"),
                Word("llm.provider", "aws"),
                Word("llm.model_name", call.Model.ModelId));
            if (call.Outcome != MadeOutcome.Throttled)
                span.Attributes.Add(
                [
                    Number("llm.token_count.prompt", call.Tokens.Input),
                    Number("llm.token_count.completion", call.Tokens.Output),
                    Number("llm.token_count.total", call.Tokens.Input + call.Tokens.Output),
                ]);
            Fail(span, call);
        }
    }

    private static void DotNet(TraceSheet sheet)
    {
        var root = Http(sheet, AspNetCore);
        foreach (var call in sheet.Request.Calls)
        {
            var span = sheet.Add(InvoiceGenAi, root, $"chat {call.Model.ModelId}", Client, call.Start, call.End,
                Word("gen_ai.operation.name", "chat"),
                Word("gen_ai.provider.name", call.Model.Provider),
                Word("gen_ai.request.model", call.Model.ModelId),
                Real("gen_ai.request.temperature", 0));
            if (call.Outcome != MadeOutcome.Throttled)
                span.Attributes.Add(
                [
                    Number("gen_ai.usage.input_tokens", call.Tokens.Input),
                    Number("gen_ai.usage.output_tokens", call.Tokens.Output),
                    Words("gen_ai.response.finish_reasons", "end_turn"),
                ]);
            Fail(span, call);
        }
    }

    private static void Batch(TraceSheet sheet)
    {
        var root = sheet.Add(Jobs, null, sheet.Request.Workload.Workflow, Internal, sheet.Request.Start, sheet.Request.End,
            Word("app.feature", sheet.Request.Workload.Feature),
            Word("traceloop.span.kind", "workflow"),
            Word("traceloop.workflow.name", sheet.Request.Workload.Workflow),
            Word("traceloop.entity.name", sheet.Request.Workload.Workflow),
            Number("batch.products", 240));
        foreach (var call in sheet.Request.Calls) Traceloop(sheet, root, call, "bedrock.converse");
    }

    /// <summary>A call as OpenLLMetry's Bedrock instrumentation writes it: input without the cached tokens.</summary>
    internal static WireSpan Traceloop(TraceSheet sheet, WireSpan parent, MadeCall call, string name)
    {
        var span = sheet.Add(OpenLlmetryBedrock, parent, name, Client, call.Start, call.End,
            Word("gen_ai.provider.name", "aws.bedrock"),
            Word("gen_ai.operation.name", "chat"),
            Word("llm.request.type", "chat"),
            Word("gen_ai.request.model", call.Model.ModelId),
            Word("traceloop.workflow.name", sheet.Request.Workload.Workflow));
        if (call.Outcome != MadeOutcome.Throttled)
        {
            span.Attributes.Add(
            [
                Number("gen_ai.usage.input_tokens", call.Tokens.Input),
                Number("gen_ai.usage.output_tokens", call.Tokens.Output),
                Number("gen_ai.usage.total_tokens", call.Tokens.Input + call.Tokens.Output),
            ]);
            if (call.Tokens.CacheRead + call.Tokens.CacheWrite > 0)
                span.Attributes.Add(
                [
                    Number("gen_ai.usage.cache_read.input_tokens", call.Tokens.CacheRead),
                    Number("gen_ai.usage.cache_creation.input_tokens", call.Tokens.CacheWrite),
                ]);
        }
        Fail(span, call);
        return span;
    }
}
