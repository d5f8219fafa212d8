using GenAiCostPortal.Sources.Otlp.Wire;
using Xunit;

namespace GenAiCostPortal.Sources.Sample;

public sealed class MadeTracesTests
{
    [Fact]
    public void There_are_as_many_calls_and_spans_as_a_start_can_take()
    {
        var spans = MadeInputs.Bodies.Sum(b => ExportTraceServiceRequest.Parser.ParseFrom(b).ResourceSpans.Sum(r => r.ScopeSpans.Sum(s => s.Spans.Count)));
        Assert.InRange(MadeInputs.SentCalls.Count, 20_000, 40_000);
        Assert.InRange(spans, 30_000, 65_000);
    }

    [Fact]
    public void Calls_lie_in_the_last_fourteen_days_and_not_in_the_future()
    {
        Assert.Equal(new DateOnly(2026, 11, 8), MadeInputs.SentCalls.Min(c => DateOnly.FromDateTime(c.Start)));
        Assert.InRange(MadeInputs.SentCalls.Max(c => c.Start), MadeInputs.Now.AddHours(-1), MadeInputs.Now);
        Assert.Equal(14, MadeInputs.SentCalls.Select(c => DateOnly.FromDateTime(c.Start)).Distinct().Count());
    }

    [Fact]
    public void Larkfield_is_as_large_as_it_should_be()
    {
        var calls = MadeInputs.SentCalls;
        Assert.Equal(3, calls.Select(c => c.Account).Distinct().Count());
        Assert.Equal(7, calls.Select(c => c.Feature).Distinct().Count());
        // The two geographies of Haiku 4.5 are one model.
        Assert.Equal(12, calls.Select(c => c.Model.Replace("eu.anthropic", "us.anthropic", StringComparison.Ordinal)).Distinct().Count());
        Assert.Contains(calls, c => c.Model == "claude-sonnet-4-5-20250929");
        Assert.Contains(calls, c => c.Model == "larkfield-doc-classifier-v2");
        Assert.Contains(calls, c => c.Error == "ThrottlingException");
        Assert.Contains(calls, c => c.Error == "ReadTimeoutError" && c.Output > 0);
        Assert.Contains(calls, c => c.CacheRead > 0 && c.CacheWrite > 0);
        Assert.DoesNotContain(calls, c => c.Region == "us-west-2");
        string[] teams = [.. Resources("team")], environments = [.. Resources("deployment.environment.name")];
        Assert.Equal(["Billing", "Growth", "Search", "Support"], teams.Order());
        Assert.Equal(["dev", "prod", "staging"], environments.Order());
    }

    [Fact]
    public void Some_services_say_who_asked_each_in_the_words_of_its_instrumentation()
    {
        var users = MadeInputs.Bodies.SelectMany(b => ExportTraceServiceRequest.Parser.ParseFrom(b).ResourceSpans).SelectMany(r => r.ScopeSpans).SelectMany(s => s.Spans)
            .SelectMany(s => s.Attributes).Where(a => a.Key is "traceloop.association.properties.user_id" or "enduser.id" or "ai.telemetry.metadata.userId")
            .GroupBy(a => a.Key, a => a.Value.StringValue).ToDictionary(g => g.Key, g => g.Distinct().ToList());
        Assert.Equal(46, users["traceloop.association.properties.user_id"].Count);
        // Two regions of 38 each.
        Assert.InRange(users["enduser.id"].Count, 70, 76);
        Assert.InRange(users["ai.telemetry.metadata.userId"].Count, 8, 9);
    }

    [Fact]
    public void Ids_are_unique_and_every_parent_is_in_the_body()
    {
        var seen = new HashSet<(Google.Protobuf.ByteString, Google.Protobuf.ByteString)>();
        foreach (var body in MadeInputs.Bodies)
        {
            var spans = ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans.SelectMany(r => r.ScopeSpans).SelectMany(s => s.Spans).ToList();
            var here = spans.Select(s => (s.TraceId, s.SpanId)).ToHashSet();
            Assert.Equal(spans.Count, here.Count);
            Assert.False(seen.Overlaps(here));
            seen.UnionWith(here);
            Assert.DoesNotContain(spans, s => !s.ParentSpanId.IsEmpty && !here.Contains((s.TraceId, s.ParentSpanId)));
            Assert.DoesNotContain(spans, s => s.EndTimeUnixNano < s.StartTimeUnixNano);
        }
    }

    [Fact]
    public void The_same_seed_and_end_make_the_same_bodies_and_another_seed_others()
    {
        var again = SampleOrganisation.Make(new SampleOptions { Now = MadeInputs.Now }, default).OtlpBodies().Take(12).ToList();
        Assert.Equal(MadeInputs.Bodies.Take(12), again);
        var other = SampleOrganisation.Make(new SampleOptions { Now = MadeInputs.Now, Seed = 2 }, default).OtlpBodies().First();
        Assert.NotEqual(MadeInputs.Bodies[0], other);
    }

    private static IEnumerable<string> Resources(string key) => MadeInputs.Bodies
        .SelectMany(b => ExportTraceServiceRequest.Parser.ParseFrom(b).ResourceSpans)
        .Select(r => r.Resource.Attributes.First(a => a.Key == key).Value.StringValue).Distinct();
}
