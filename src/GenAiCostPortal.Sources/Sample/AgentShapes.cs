using GenAiCostPortal.Sources.Otlp.Wire;
using static GenAiCostPortal.Sources.Sample.TraceSheet;
using static GenAiCostPortal.Sources.Sample.TraceShapes;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>Traces with an agent in them.</summary>
internal static class AgentShapes
{
    private static readonly Instrument FastApi = new("opentelemetry.instrumentation.fastapi", "0.58b0");
    private static readonly Instrument LangChainScope = new("opentelemetry.instrumentation.langchain", "0.47.5");
    private static readonly Instrument StrandsScope = new("strands.telemetry.tracer", "1.9.1");

    /// <summary>Request → workflow → agent → its steps, a tool after each check; writing comes after the agent.</summary>
    public static void LangChain(TraceSheet sheet)
    {
        var (request, story) = (sheet.Request, Story.Told);
        var root = Http(sheet, FastApi);
        var workflow = sheet.Add(LangChainScope, root, story.Workflow, Internal, request.Start.AddMilliseconds(4), request.End.AddMilliseconds(-3),
            Word("traceloop.span.kind", "workflow"), Word("traceloop.workflow.name", story.Workflow), Word("traceloop.entity.name", story.Workflow));
        var agentCalls = request.Calls.Where(c => c.Step.Name != "write").ToList();
        var agent = sheet.Add(LangChainScope, workflow, story.Agent, Internal, agentCalls[0].Start.AddMilliseconds(-6), agentCalls[^1].End.AddMilliseconds(14),
            Word("gen_ai.operation.name", "invoke_agent"), Word("gen_ai.agent.name", story.Agent),
            Word("traceloop.span.kind", "agent"), Word("traceloop.entity.name", story.Agent));
        foreach (var call in request.Calls)
        {
            var span = Traceloop(sheet, call.Step.Name == "write" ? workflow : agent, call, call.Step.Name);
            sheet.AddUser(span, "traceloop.association.properties.user_id");
            // The same question again and again: what the receiver hashes before it drops the text.
            span.Attributes.Add(Word("gen_ai.input.messages", Prompt(call.Step.Name)));
            if (call.Step.Name != story.LoopedStep || call.Outcome != MadeOutcome.Answered) continue;
            span.Attributes.Add(Words("gen_ai.response.finish_reasons", "tool_use"));
            sheet.Add(LangChainScope, agent, "execute_tool lookup_clause", Internal, call.End.AddMilliseconds(2), call.End.AddMilliseconds(12),
                Word("gen_ai.operation.name", "execute_tool"), Word("gen_ai.tool.name", "lookup_clause"),
                Word("traceloop.span.kind", "tool"), Word("traceloop.entity.name", "lookup_clause"));
        }
    }

    /// <summary>Request → agent that repeats the sum of its calls' usage → calls.</summary>
    public static void Strands(TraceSheet sheet)
    {
        var request = sheet.Request;
        var root = Http(sheet, FastApi);
        var sum = request.Calls.Aggregate(default(MadeTokens), (total, c) => total + c.Tokens);
        var agent = sheet.Add(StrandsScope, root, "invoke_agent support-copilot", Internal, request.Start.AddMilliseconds(8), request.End.AddMilliseconds(-5),
            Word("gen_ai.system", "strands-agents"), Word("gen_ai.operation.name", "invoke_agent"), Word("gen_ai.agent.name", "support-copilot"),
            Word("gen_ai.request.model", request.Calls[^1].Model.ModelId));
        agent.Attributes.Add(StrandsUsage(sum));
        sheet.AddUser(root, "enduser.id");
        foreach (var call in request.Calls)
        {
            var span = sheet.Add(StrandsScope, agent, "chat", Internal, call.Start, call.End,
                Word("gen_ai.system", "strands-agents"), Word("gen_ai.operation.name", "chat"),
                Word("gen_ai.agent.name", "support-copilot"), Word("gen_ai.request.model", call.Model.ModelId));
            if (call.Outcome != MadeOutcome.Throttled)
            {
                span.Attributes.Add(StrandsUsage(call.Tokens));
                span.Attributes.Add(Number("gen_ai.server.time_to_first_token", (long)(call.DurationMs * sheet.Dice.Between(0.12, 0.3))));
            }
            Fail(span, call);
        }
    }

    private static KeyValue[] StrandsUsage(MadeTokens tokens) =>
    [
        Number("gen_ai.usage.prompt_tokens", tokens.Input),
        Number("gen_ai.usage.input_tokens", tokens.Input),
        Number("gen_ai.usage.completion_tokens", tokens.Output),
        Number("gen_ai.usage.output_tokens", tokens.Output),
        Number("gen_ai.usage.total_tokens", tokens.Input + tokens.Output),
        Number("gen_ai.usage.cache_read_input_tokens", tokens.CacheRead),
        Number("gen_ai.usage.cache_write_input_tokens", tokens.CacheWrite),
    ];

    private static string Prompt(string step) => step switch
    {
        "plan" => """[{"role":"user","parts":[{"type":"text","content":"List the clauses of this contract that need a check."}]}]""",
        "write" => """[{"role":"user","parts":[{"type":"text","content":"Write the summary for the account manager."}]}]""",
        _ => """[{"role":"user","parts":[{"type":"text","content":"Check the next clause against the playbook."}]}]""",
    };
}
