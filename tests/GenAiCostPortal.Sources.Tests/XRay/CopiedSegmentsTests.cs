using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>One dependency span at the root of its service is exported as two documents; it is one call.</summary>
public sealed class CopiedSegmentsTests
{
    private const string Call = "\"annotations\":{\"feature\":\"search\",\"gen_ai_request_model\":\"amazon.nova-pro-v1:0\",\"gen_ai_system\":\"aws.bedrock\",\"gen_ai_usage_input_tokens\":100,\"gen_ai_usage_output_tokens\":10}";
    private const string Times = "\"start_time\":1763800000.25,\"end_time\":1763800002.5";
    private const string Service = "{\"id\":\"00000000000000f1\",\"name\":\"worker\"," + Times + "," + Call + "}";
    private const string Dependency = "{\"id\":\"00000000000000c3\",\"parent_id\":\"00000000000000f1\",\"type\":\"subsegment\",\"namespace\":\"remote\",\"name\":\"bedrock-runtime\"," + Times + "," + Call
        + ",\"metadata\":{\"default\":{\"gen_ai.operation.name\":\"chat\"}}}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_call_is_on_the_subsegment_alone_whatever_comes_first(bool serviceFirst)
    {
        var read = serviceFirst ? Segments.Decode(Service, Dependency) : Segments.Decode(Dependency, Service);
        Assert.Equal(2, read.Spans.Count);
        Assert.Equal("{\"feature\":\"search\"}", read.Of("00000000000000f1").Attributes.ToJson());
        Assert.Equal(100, read.Of("00000000000000c3").Attributes.Count("gen_ai.usage.input_tokens"));
        var call = Assert.Single(TraceReader.Read(read.Spans, new OwnerKeys()).Calls);
        Assert.Equal(("00000000000000c3", 100L, 10L, "worker"), (call.SpanId.ToString(), call.Tokens.Input, call.Tokens.Output, call.Service));
    }

    [Fact]
    public void In_two_reads_it_is_still_one_call()
    {
        // The segment came first and was stored with what it says of the call.
        Span[] stored = [.. Segments.Decode(Service).Spans, .. Segments.Decode(Dependency).Spans];
        var call = Assert.Single(TraceReader.Read(stored, new OwnerKeys()).Calls);
        Assert.Equal(100, call.Tokens.Input);
    }

    [Fact]
    public void Calls_that_only_follow_each_other_stay_two()
    {
        var other = Dependency.Replace("1763800002.5", "1763800002.4", StringComparison.Ordinal).Replace("_input_tokens\":100", "_input_tokens\":300", StringComparison.Ordinal);
        Assert.Equal(400, TraceReader.Read(Segments.Decode(Service, other).Spans, new OwnerKeys()).Calls.Sum(c => c.Tokens.Input));
    }

    [Fact]
    public void A_segment_with_another_call_than_its_child_keeps_it()
    {
        var other = Dependency.Replace("_input_tokens\":100", "_input_tokens\":300", StringComparison.Ordinal);
        var read = Segments.Decode(Service, other);
        Assert.Equal(100, read.Of("00000000000000f1").Attributes.Count("gen_ai.usage.input_tokens"));
    }
}
