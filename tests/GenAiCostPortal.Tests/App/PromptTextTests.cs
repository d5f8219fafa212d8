using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>A string hidden in prompts, completions, tool arguments and events is looked for in everything that is written.</summary>
public sealed class PromptTextTests
{
    private const string Canary = "canary-7f3a91-do-not-store";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prompt_text_is_on_disk_only_if_capture_is_on(bool capture)
    {
        var log = new CollectedLog();
        using var app = new PortalApp(
            new() { ["Otlp:CaptureContent"] = capture ? "true" : "false", ["Otlp:RequireApiKey"] = "false", ["Logging:LogLevel:Default"] = "Trace" },
            services => services.AddSingleton<ILoggerProvider>(log));
        using var client = app.Admin();
        using var body = new StringContent(Body, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v1/traces", body)).StatusCode);

        var export = await client.GetStringAsync("/api/v1/export/spend.csv?view=estimated&groupBy=feature,model");
        var trace = await client.GetStringAsync("/api/v1/traces/0af7651916cd43dd8448eb211c80319c");
        var page = await client.GetStringAsync("/traces/0af7651916cd43dd8448eb211c80319c");

        Assert.Contains("canary-feature", export, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, export, StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, l => l.Contains(Canary, StringComparison.Ordinal));
        Assert.Equal(capture, OnDisk(app.Folder));
        if (capture) return;
        Assert.DoesNotContain(Canary, trace, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, page, StringComparison.Ordinal);
    }

    private static bool OnDisk(string folder)
    {
        var found = false;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            found |= bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary)) >= 0;
        }
        return found;
    }

    private static string Body
    {
        get
        {
            var start = DateTimeOffset.Parse("2026-11-20T09:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() * 1_000_000;
            string Text(string key, string value) => $$$"""{"key":"{{{key}}}","value":{"stringValue":"{{{value}}}"}}""";
            var attributes = string.Join(",",
                Text("gen_ai.operation.name", "chat"), Text("gen_ai.provider.name", "aws.bedrock"), Text("gen_ai.request.model", "amazon.nova-lite-v1:0"), Text("app.feature", "canary-feature"),
                """{"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"}}""", """{"key":"gen_ai.usage.output_tokens","value":{"intValue":"10"}}""",
                Text("gen_ai.prompt.0.content", Canary), Text("gen_ai.completion.0.content", Canary), Text("gen_ai.input.messages", Canary), Text("gen_ai.output.messages", Canary),
                Text("gen_ai.system_instructions", Canary), Text("input.value", Canary), Text("output.value", Canary), Text("llm.input_messages.0.message.content", Canary),
                Text("traceloop.entity.input", Canary), Text("gen_ai.tool.call.arguments", Canary), Text("ai.prompt.messages", Canary), Text("ai.response.text", Canary));
            var events = $$$"""[{"timeUnixNano":"{{{start}}}","name":"gen_ai.user.message","attributes":[{{{Text("content", Canary)}}},{{{Text("gen_ai.event.content", Canary)}}}]}]""";
            return $$$"""
                {"resourceSpans":[{"resource":{"attributes":[{{{Text("service.name", "canary")}}}]},"scopeSpans":[{"scope":{"name":"canary"},"spans":[
                {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"chat amazon.nova-lite","kind":3,
                "startTimeUnixNano":"{{{start}}}","endTimeUnixNano":"{{{start + 900_000_000}}}","attributes":[{{{attributes}}}],"events":{{{events}}} }]}]}]}
                """;
        }
    }

    private sealed class CollectedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);
        public void Dispose() { }
    }
}
