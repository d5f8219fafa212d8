using GenAiCostPortal.Sources.Otlp.Wire;
using static GenAiCostPortal.Sources.Sample.TraceSheet;
using static GenAiCostPortal.Sources.Sample.TraceShapes;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>Traces of the services in JavaScript.</summary>
internal static class SearchShapes
{
    private static readonly Instrument NodeHttp = new("@opentelemetry/instrumentation-http", "0.208.0");
    private static readonly Instrument AwsSdk = new("@opentelemetry/instrumentation-aws-sdk", "0.78.0");
    private static readonly Instrument SearchApi = new("search-api", "12.8.1");
    private static readonly Instrument NextJs = new("next.js", "0.0.1");
    private static readonly Instrument Ai = new("ai", "");

    /// <summary>Embedding, retrieval from the vector store, rewriting, ranking.</summary>
    public static void AwsSdkJs(TraceSheet sheet)
    {
        var root = Http(sheet, NodeHttp, "GET");
        foreach (var call in sheet.Request.Calls)
        {
            var isEmbedding = call.Step.Operation == "embeddings";
            var span = sheet.Add(AwsSdk, root, isEmbedding ? "BedrockRuntime.InvokeModel" : $"chat {call.Model.ModelId}", Client, call.Start, call.End,
                Word("rpc.system", "aws-api"),
                Word("rpc.service", "BedrockRuntime"),
                Word("rpc.method", isEmbedding ? "InvokeModel" : "Converse"),
                Word("gen_ai.system", "aws.bedrock"),
                Word("gen_ai.request.model", call.Model.ModelId),
                Word("aws.request.id", RequestId(sheet.Dice)));
            if (!isEmbedding) span.Attributes.Add(Word("gen_ai.operation.name", "chat"));
            if (call.Outcome != MadeOutcome.Throttled) span.Attributes.Add(Number("gen_ai.usage.input_tokens", call.Tokens.Input));
            if (call.Outcome != MadeOutcome.Throttled && !isEmbedding) span.Attributes.Add(Number("gen_ai.usage.output_tokens", call.Tokens.Output));
            Fail(span, call);
            if (isEmbedding && call.Outcome == MadeOutcome.Answered)
                sheet.Add(SearchApi, root, "retrieval products", Client, call.End.AddMilliseconds(1), call.End.AddMilliseconds(18),
                    Word("gen_ai.operation.name", "retrieval"), Word("gen_ai.data_source.id", "products"), Number("gen_ai.request.top_k", 40));
        }
    }

    /// <summary>Each call inside the SDK's own wrapper span, which repeats its usage.</summary>
    public static void VercelAi(TraceSheet sheet)
    {
        var root = Http(sheet, NextJs);
        foreach (var call in sheet.Request.Calls)
        {
            var provider = call.Model.Provider == "aws.bedrock" ? "amazon-bedrock" : call.Model.Provider;
            var wrapper = sheet.Add(Ai, root, "ai.generateText", Internal, call.Start.AddMilliseconds(-2), call.End.AddMilliseconds(2), Common("ai.generateText"));
            var span = sheet.Add(Ai, wrapper, "ai.generateText.doGenerate", Internal, call.Start, call.End, Common("ai.generateText.doGenerate"));
            sheet.AddUser(wrapper, "ai.telemetry.metadata.userId");
            span.Attributes.Add(
            [
                Word("gen_ai.system", provider),
                Word("gen_ai.request.model", call.Model.ModelId),
                Number("gen_ai.usage.input_tokens", call.Tokens.Input),
                Number("gen_ai.usage.output_tokens", call.Tokens.Output),
            ]);

            KeyValue[] Common(string operation) =>
            [
                Word("operation.name", $"{operation} {sheet.Request.Workload.Feature}"),
                Word("ai.operationId", operation),
                Word("ai.telemetry.functionId", sheet.Request.Workload.Feature),
                Word("ai.telemetry.metadata.team", sheet.Request.Workload.Team),
                Word("ai.model.provider", provider),
                Word("ai.model.id", call.Model.ModelId),
                Number("ai.usage.inputTokens", call.Tokens.Input),
                Number("ai.usage.outputTokens", call.Tokens.Output),
                Number("ai.usage.totalTokens", call.Tokens.Input + call.Tokens.Output),
            ];
        }
    }

    private static string RequestId(Dice dice)
    {
        var (a, b) = (dice.Next(), dice.Next());
        return $"{(uint)(a >> 32):x8}-{(ushort)(a >> 16):x4}-{(ushort)a:x4}-{(ushort)(b >> 48):x4}-{b & 0xffff_ffff_ffff:x12}";
    }
}
