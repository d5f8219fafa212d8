using System.Text;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

public sealed class OtlpHttpTests
{
    [Fact]
    public async Task Protobuf_is_answered_200_with_no_byte_and_is_on_disk_by_then()
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.PostAsync(MadeRequest.Calls(3));
        Assert.Equal(3, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal((200, OtlpHost.Protobuf, 0), (answer.Status, answer.Type, answer.Body.Length));
        Assert.Equal(300, host.Number("SELECT SUM(Input) FROM usage_rollup WHERE Span=2"));
    }

    [Fact]
    public async Task Json_is_answered_in_json()
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.PostAsync(Encoding.UTF8.GetBytes(MadeRequest.Json), "application/json; charset=utf-8");
        Assert.Equal((200, OtlpHost.Json, "{}"), (answer.Status, answer.Type, answer.Text));
        Assert.Equal(100, host.Number("SELECT SUM(Input) FROM usage_rollup WHERE Span=2"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Gzip_and_chunked_bodies_are_read(bool gzip, bool chunked)
    {
        await using var host = await OtlpHost.StartAsync();
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Calls(200).ToByteArray(), gzip: gzip, chunked: chunked)).Status);
        Assert.Equal(200, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Fact]
    public async Task Identity_is_no_encoding_and_others_are_415()
    {
        await using var host = await OtlpHost.StartAsync();
        var body = MadeRequest.Calls(1).ToByteArray();
        Assert.Equal(200, (await host.PostAsync(body, encoding: "identity")).Status);
        var answer = await host.PostAsync(body, encoding: "br");
        Assert.Equal((415, OtlpHost.Protobuf), (answer.Status, answer.Type));
        Assert.Contains("gzip", answer.Refusal.Message);
    }

    [Theory]
    [InlineData(OtlpHost.Protobuf, "")]
    [InlineData(OtlpHost.Json, "{}")]
    [InlineData(OtlpHost.Json, """{"resourceSpans":[]}""")]
    public async Task An_empty_request_succeeds(string type, string body)
    {
        await using var host = await OtlpHost.StartAsync();
        Assert.Equal(200, (await host.PostAsync(Encoding.UTF8.GetBytes(body), type)).Status);
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("")]
    public async Task Another_content_type_is_415(string type)
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.PostAsync(MadeRequest.Calls(1).ToByteArray(), type);
        Assert.Equal((415, 3), (answer.Status, answer.Refusal.Code));
    }

    [Fact]
    public async Task Only_post_is_answered()
    {
        await using var host = await OtlpHost.StartAsync();
        using var response = await host.Client.GetAsync("/v1/traces");
        var answer = await OtlpAnswer.ReadAsync(response);
        Assert.Equal((405, 12), (answer.Status, answer.Refusal.Code));
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData(OtlpHost.Protobuf)]
    [InlineData(OtlpHost.Json)]
    public async Task What_can_not_be_kept_is_a_partial_success_with_count_and_reason(string type)
    {
        await using var host = await OtlpHost.StartAsync();
        var wrong = MadeRequest.Call(1, 2, 5, 5);
        wrong.TraceId = ByteString.CopyFrom(new byte[15]);
        var body = type == OtlpHost.Protobuf
            ? MadeRequest.Of(MadeRequest.Call(1, 1, 100, 10), wrong).ToByteArray()
            : Encoding.UTF8.GetBytes(MadeRequest.Json.Replace("\"spans\":[", "\"spans\":[{\"traceId\":\"01\",\"spanId\":\"0102030405060708\",\"name\":\"x\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\"},"));
        var answer = await host.PostAsync(body, type);
        Assert.Equal(200, answer.Status);
        if (type == OtlpHost.Protobuf)
        {
            var partial = ExportTraceServiceResponse.Parser.ParseFrom(answer.Body).PartialSuccess;
            Assert.Equal(1, partial.RejectedSpans);
            Assert.NotEqual("", partial.ErrorMessage);
        }
        else
        {
            Assert.Contains("\"rejectedSpans\":\"1\"", answer.Text);
            Assert.Contains("\"errorMessage\":\"", answer.Text);
        }
        Assert.Equal([2L, 1, 1], [host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count"), host.Number("SELECT Rejected FROM signal_count")]);
    }

    [Fact]
    public async Task A_delivery_again_is_answered_200_and_changes_no_number()
    {
        await using var host = await OtlpHost.StartAsync();
        var body = MadeRequest.Calls(5).ToByteArray();
        for (var i = 0; i < 3; i++) Assert.Equal(200, (await host.PostAsync(body, gzip: i == 1)).Status);
        Assert.Equal([5L, 500], [host.Number("SELECT COUNT(*) FROM call"), host.Number("SELECT SUM(Input) FROM cost_rollup WHERE Span=2")]);
    }

    [Theory]
    [InlineData("aws.bedrock.guardrail.id", "sgi5gkybzqak")]
    [InlineData("aws.bedrock.guardrail.arn", "arn:aws:bedrock:us-east-1:111122223333:guardrail/sgi5gkybzqak")]
    public async Task A_guardrail_named_on_a_span_shares_out_its_billed_units(string key, string value)
    {
        await using var host = await OtlpHost.StartAsync();
        var request = MadeRequest.Calls(3);
        var spans = request.ResourceSpans.SelectMany(r => r.ScopeSpans).SelectMany(s => s.Spans).ToList();
        for (var i = 0; i < spans.Count; i++)
        {
            foreach (var (name, text) in ((string, string)[])[("cloud.account.id", "111122223333"), ("cloud.region", "us-east-1"), ("genai.feature", i == 0 ? "chat" : "search")])
                spans[i].Attributes.Add(MadeRequest.Pair(name, new AnyValue { StringValue = text }));
            if (i < 2) spans[i].Attributes.Add(MadeRequest.Pair(key, new AnyValue { StringValue = value }));
        }
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await host.PostAsync(request.ToByteArray())).Status);
        // Two of three calls with 100 input tokens each.
        Assert.Equal([2L, 200, 1], [host.Number("SELECT SUM(Calls) FROM guardrail_rollup"), host.Number("SELECT SUM(PromptTokens) FROM guardrail_rollup"), host.Number("SELECT COUNT(DISTINCT GuardrailId) FROM guardrail_rollup")]);
        Assert.Equal(2, host.Number("SELECT COUNT(*) FROM call c JOIN dimension d ON d.Id=c.GuardrailId WHERE d.Name='Guardrail/sgi5gkybzqak'"));
        // So each of the two features pays half of the units; the third call passed none.
        var day = new DateOnly(2026, 11, 20);
        await host.Services.GetRequiredService<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), OtlpHost.Now.UtcDateTime,
            [new BilledLineRead(day, "111122223333", "us-east-1", "Amazon Bedrock", "USE1-Guardrail-ContentPolicyUnitsConsumed", ChargeCategory.Usage, null, 1, 1_000, "TextUnits", false)], [], new Dictionary<string, string>()));
        await host.Services.GetRequiredService<LedgerBuild>().BuildDueAsync();
        Assert.Equal([500_000_000L, 500_000_000, 2], [.. new[] { "chat", "search" }.Select(f => host.Number($"SELECT SUM(AmountNanoUsd) FROM ledger_entry e JOIN dimension d ON d.Id=e.FeatureId WHERE d.Name='{f}' AND e.Method=6")),
            host.Number("SELECT COUNT(*) FROM ledger_entry")]);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_read()
    {
        await using var host = await OtlpHost.StartAsync(check: _ => ValueTask.FromResult<IngestBinding?>(null));
        var answer = await host.PostAsync(MadeRequest.Calls(1));
        Assert.Equal((401, 16), (answer.Status, answer.Refusal.Code));
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Fact]
    public async Task A_door_that_wants_keys_and_has_no_check_is_shut()
    {
        await using var host = await OtlpHost.StartAsync(o => o.RequireApiKey = true);
        Assert.Equal(401, (await host.PostAsync(MadeRequest.Calls(1))).Status);
    }

    [Fact]
    public async Task The_key_says_whose_traffic_it_is_and_the_sender_can_not()
    {
        await using var host = await OtlpHost.StartAsync(check: _ => ValueTask.FromResult<IngestBinding?>(new IngestBinding("payments", "prod", "111122223333")));
        var request = MadeRequest.Calls(1);
        request.ResourceSpans[0].Resource.Attributes.Add(MadeRequest.Pair("portal.ingest.team", new AnyValue { StringValue = "somebody-else" }));
        Assert.Equal(200, (await host.PostAsync(request)).Status);
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM dimension WHERE Name='payments' AND Kind=6"));
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM dimension WHERE Name='111122223333' AND Kind=1"));
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM dimension WHERE Name='somebody-else'"));
    }
}
