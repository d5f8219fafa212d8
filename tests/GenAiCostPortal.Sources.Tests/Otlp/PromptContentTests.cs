using System.Text;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Otlp.Wire;
using Xunit;
using static GenAiCostPortal.Sources.Otlp.MadeBodies;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Prompt content never gets past the decoder unless capture is on; only its keyed hash does.</summary>
public sealed class PromptContentTests
{
    private const string Canary = "canary-7f3a prompt text";

    [Theory]
    [InlineData("gen_ai.prompt.0.content")]
    [InlineData("gen_ai.completion.0.content")]
    [InlineData("gen_ai.input.messages")]
    [InlineData("gen_ai.output.messages")]
    [InlineData("gen_ai.system_instructions")]
    [InlineData("gen_ai.tool.call.arguments")]
    [InlineData("gen_ai.tool.definitions")]
    [InlineData("llm.input_messages.0.message.content")]
    [InlineData("llm.output_messages.0.message.contents.0.message_content.text")]
    [InlineData("input.value")]
    [InlineData("traceloop.entity.output")]
    [InlineData("ai.prompt")]
    [InlineData("ai.prompt.messages")]
    [InlineData("ai.response.text")]
    [InlineData("ai.toolCall.args")]
    [InlineData("embedding.embeddings.0.embedding.text")]
    public void Content_is_dropped_unless_capture_is_on(string key)
    {
        var span = WireSpan();
        span.Attributes.Add(Text(key, Canary));
        span.Attributes.Add(new KeyValue { Key = key, Value = new() { KvlistValue = new() { Values = { Text("text", Canary) } } } });
        foreach (var decoded in new[] { Decode(span), DecodeJson(JsonFormatterOf(span)) })
        {
            var attributes = Assert.Single(decoded.Spans).Attributes;
            Assert.DoesNotContain("canary", attributes.ToJson(), StringComparison.Ordinal);
            Assert.Equal(ContentAttributes.IsPrompt(key), attributes.Count(TraceReader.PromptHash) is not null);
        }
        var captured = new OtlpDecoder(new OtlpOptions { CaptureContent = true }, new TestClock(Now), Key).DecodeTraces(Body(span), false);
        Assert.Contains(Canary, Assert.Single(captured.Spans).Attributes.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Event_content_is_dropped_and_the_error_type_of_an_exception_kept()
    {
        var span = WireSpan();
        span.Events.Add(new WireEvent { Name = "gen_ai.user.message", Attributes = { Text("content", Canary), Text("gen_ai.prompt", Canary) } });
        span.Events.Add(new WireEvent { Name = "gen_ai.choice", Attributes = { Text("message", Canary) } });
        span.Events.Add(new WireEvent { Name = "exception", Attributes = { Text("exception.type", "ThrottlingException"), Text("exception.message", Canary), Text("exception.stacktrace", Canary) } });
        foreach (var decoded in new[] { Decode(span), DecodeJson(JsonFormatterOf(span)) })
        {
            var attributes = Assert.Single(decoded.Spans).Attributes;
            Assert.DoesNotContain("canary", attributes.ToJson(), StringComparison.Ordinal);
            Assert.Equal("ThrottlingException", attributes.Text("error.type"));
            Assert.NotNull(attributes.Count(TraceReader.PromptHash));
        }
        span.Attributes.Add(Text("error.type", "own"));
        Assert.Equal("own", Assert.Single(Decode(span).Spans).Attributes.Text("error.type"));
    }

    [Fact]
    public void Equal_prompts_hash_alike_over_both_wire_forms_and_only_with_the_same_key()
    {
        long Hash(string prompt, bool json, PromptHashKey key)
        {
            var span = WireSpan();
            span.Attributes.Add(Text("gen_ai.input.messages", prompt));
            span.Attributes.Add(Text("gen_ai.output.messages", Guid.NewGuid().ToString()));
            var decoder = new OtlpDecoder(new OtlpOptions(), new TestClock(Now), key);
            var body = json ? Encoding.UTF8.GetBytes(JsonFormatterOf(span)) : Body(span);
            return Assert.Single(decoder.DecodeTraces(body, json).Spans).Attributes.Count(TraceReader.PromptHash)!.Value;
        }
        Assert.Equal(Hash("a", false, Key), Hash("a", true, Key));
        Assert.NotEqual(Hash("a", false, Key), Hash("b", false, Key));
        Assert.NotEqual(Hash("a", false, Key), Hash("a", false, new([9])));
    }
}
