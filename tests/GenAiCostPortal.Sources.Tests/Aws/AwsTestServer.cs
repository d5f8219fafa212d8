using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>A request that came with a right signature and in the right shape.</summary>
internal sealed record TestCall(string Service, string Region, string Operation, JsonElement Body, int Number);

/// <summary>What the server does with one request instead of answering it.</summary>
internal sealed record TestFault(int Status, string Code, string Message, bool IsCut = false, int? RetryAfterSeconds = null)
{
    public static readonly TestFault Throttle = new(400, "ThrottlingException", "Rate exceeded");
    public static readonly TestFault Limit = new(400, "LimitExceededException", "You have exceeded the limit");
    public static readonly TestFault Cut = new(200, "", "", IsCut: true);
    public static TestFault Denied(string action) => new(400, "AccessDeniedException",
        $"User: arn:aws:sts::123456789012:assumed-role/portal-reader/x is not authorized to perform: {action} on resource: * because no identity-based policy allows the {action} action");
}

/// <summary>
/// AWS on this machine: recomputes each signature, checks each request and each of its own answers against the API models, and
/// refuses, throttles or cuts on demand. Any breach of a shape fails the test when the server is disposed.
/// </summary>
internal sealed partial class AwsTestServer : IAsyncDisposable
{
    public const string AccessKey = "AKIDEXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly ConcurrentDictionary<string, ShapeValidator?> Models = new();
    private readonly WebApplication _app;
    private readonly TestClock _clock;
    private int _numbers;

    private AwsTestServer(WebApplication app, TestClock clock) => (_app, _clock) = (app, clock);

    public string Url { get; private set; } = "";
    public List<TestKey> Keys { get; } = [new(AccessKey, Secret)];
    public TestBill Bill { get; } = new();
    public TestMetrics Metrics { get; } = new();
    public TestBuckets Buckets { get; } = new();
    public ConcurrentQueue<TestCall> Calls { get; } = new();
    public ConcurrentQueue<string> Refusals { get; } = new();
    public ConcurrentQueue<string> Breaches { get; } = new();
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> AssumedRoles { get; } = new();
    /// <summary>Asked before each answer; null lets it pass.</summary>
    public Func<TestCall, TestFault?> Fault { get; set; } = _ => null;
    /// <summary>Answers by operation, for services that have no part of their own here.</summary>
    public Dictionary<string, Func<TestCall, JsonObject>> Answers { get; } = [];
    /// <summary>How far AWS's clock is ahead of ours.</summary>
    public TimeSpan ClockAhead { get; set; }

    public static async Task<AwsTestServer> StartAsync(TestClock clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new AwsTestServer(builder.Build(), clock);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Url = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    public AwsConnectionOptions Connection(params string[] regions) => new()
    {
        Name = "Payer", AccountId = "111111111111", Regions = [.. regions], AccessKeyId = AccessKey, SecretAccessKey = Secret, ServiceUrl = Url,
        CostExplorer = { Enabled = true }, CloudWatch = { Enabled = true },
    };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Assert.Empty(Breaches);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var body = buffer.ToArray();
        var now = _clock.Now + ClockAhead;
        context.Response.Headers.Date = now.ToString("R", CultureInfo.InvariantCulture);
        var isQuery = context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true;
        // The SDK's own STS client signs by this machine's clock, not by the test's.
        var signed = SignatureCheck.Check(context.Request, body, Keys, isQuery ? TimeProvider.System.GetUtcNow().UtcDateTime : now);
        if (signed.Code is { } wrong)
        {
            Refusals.Enqueue(wrong);
            await WriteErrorAsync(context, 403, wrong, signed.Message!, null);
            return;
        }
        if (isQuery) await StsAnswers.AnswerAsync(this, context, Encoding.UTF8.GetString(body));
        else if (signed.Service == "s3") await AnswerS3Async(context, signed.Region);
        else if (ModelOf(signed.Service) is not { } model) await BreachAsync(context, $"no API model of {signed.Service}");
        else if (model.IsRest) await AnswerRestAsync(context, model, signed.Region, signed.Service, body);
        else await AnswerJsonAsync(context, model, signed.Region, signed.Service, body);
    }

    private static ShapeValidator? ModelOf(string service) => Models.GetOrAdd(service == "monitoring" ? "cloudwatch" : service, name =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "Data", "models", name + ".json")) ? new ShapeValidator(name) : null);

    private async Task AnswerJsonAsync(HttpContext context, ShapeValidator model, string region, string service, byte[] body)
    {
        var target = context.Request.Headers["X-Amz-Target"].ToString().Split('.');
        var scopeRegion = service is "ce" or "organizations" or "pricing" ? "us-east-1" : region;
        if (target.Length != 2 || target[0] != model.TargetPrefix || region != scopeRegion || context.Request.ContentType != model.ContentType)
        {
            await BreachAsync(context, $"{service} in {region}: target {string.Join('.', target)}, content type {context.Request.ContentType}");
            return;
        }
        var json = JsonDocument.Parse(body).RootElement;
        await AnswerAsync(context, model, new TestCall(service, region, target[1], json, 0), model.Request(target[1], json));
    }

    private async Task AnswerAsync(HttpContext context, ShapeValidator model, TestCall call, IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0)
        {
            await BreachAsync(context, string.Join("; ", mistakes));
            return;
        }
        call = call with { Number = Interlocked.Increment(ref _numbers) };
        Calls.Enqueue(call);
        if (Fault(call) is { } fault)
        {
            Refusals.Enqueue(fault.Code);
            await FailAsync(context, fault, model.IsRest);
            return;
        }
        var answer = Answers.TryGetValue(call.Operation, out var made) ? made(call) : call.Operation switch
        {
            "GetCostAndUsage" => Bill.Answer(call.Body),
            "ListMetrics" => Metrics.List(call.Region, call.Body),
            "GetMetricData" => Metrics.Data(call.Region, call.Body),
            _ => null,
        };
        var own = answer is null ? [$"nothing answers {call.Service} {call.Operation}"] : model.Answer(call.Operation, JsonSerializer.SerializeToElement(answer));
        if (own.Count > 0)
        {
            await BreachAsync(context, "own answer: " + string.Join("; ", own));
            return;
        }
        context.Response.ContentType = model.ContentType;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer!.ToJsonString()));
    }

    private static async Task FailAsync(HttpContext context, TestFault fault, bool isRest)
    {
        if (!fault.IsCut)
        {
            await (isRest ? WriteRestErrorAsync(context, fault) : WriteErrorAsync(context, fault.Status, fault.Code, fault.Message, fault.RetryAfterSeconds));
            return;
        }
        // Half an answer, then nothing: what a dying connection looks like.
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("{\"ResultsByTime\":["u8.ToArray());
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private async Task BreachAsync(HttpContext context, string what)
    {
        Breaches.Enqueue(what);
        await WriteErrorAsync(context, 400, "ValidationException", what, null);
    }

    private static Task WriteErrorAsync(HttpContext context, int status, string code, string message, int? retryAfter)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return context.Response.WriteAsync(new JsonObject { ["__type"] = "com.amazonaws#" + code, ["Message"] = message }.ToJsonString());
    }
}
