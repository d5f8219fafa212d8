using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>The REST side: rest-json by the API models, S3 by its public reference.</summary>
internal sealed partial class AwsTestServer
{
    /// <summary>Bytes of an object after which its delivery breaks off; asked per delivery, null delivers all.</summary>
    public Func<TestCall, int?> CutAfterBytes { get; set; } = _ => null;

    private async Task AnswerRestAsync(HttpContext context, ShapeValidator model, string region, string service, byte[] body)
    {
        var (operation, input, mistakes) = model.ReadRest(context.Request.Method, RawTarget(context), context.Request.Headers, body);
        if (body.Length > 0 && context.Request.ContentType != "application/json") mistakes = [.. mistakes, $"content type {context.Request.ContentType}"];
        if (context.Request.Headers.ContainsKey("X-Amz-Target")) mistakes = [.. mistakes, "X-Amz-Target has no place here"];
        await AnswerAsync(context, model, new TestCall(service, region, operation ?? "", input, 0), mistakes);
    }

    private async Task AnswerS3Async(HttpContext context, string region)
    {
        var target = RawTarget(context).Split('?', 2);
        var place = target[0].TrimStart('/').Split('/', 2);
        var (bucket, key) = (Uri.UnescapeDataString(place[0]), place.Length > 1 ? Uri.UnescapeDataString(place[1]) : "");
        var query = QueryHelpers.ParseQuery(target.Length > 1 ? target[1] : "").ToDictionary(q => q.Key, q => q.Value.ToString());
        var mistakes = TestBuckets.Mistakes(query, key).ToList();
        if (context.Request.Method != "GET") mistakes.Add("S3: " + context.Request.Method);
        var call = new TestCall("s3", region, key.Length > 0 ? "GetObject" : "ListObjectsV2",
            JsonSerializer.SerializeToElement(new { Bucket = bucket, Key = key, Query = query }), Interlocked.Increment(ref _numbers));
        foreach (var mistake in mistakes) Breaches.Enqueue(mistake);
        Calls.Enqueue(call);

        if (Fault(call) is { } fault)
        {
            Refusals.Enqueue(fault.Code);
            if (fault.IsCut) await FailAsync(context, fault, isRest: true);
            else await WriteS3ErrorAsync(context, fault.Status, fault.Code, fault.Message);
        }
        else if (Buckets.Elsewhere.TryGetValue(bucket, out var home) && home != region)
        {
            context.Response.Headers["x-amz-bucket-region"] = home;
            await WriteS3ErrorAsync(context, 301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.");
        }
        else if (!Buckets.All.TryGetValue(bucket, out var objects)) await WriteS3ErrorAsync(context, 404, "NoSuchBucket", "The specified bucket does not exist");
        else if (key.Length == 0)
        {
            context.Response.ContentType = "application/xml";
            await context.Response.Body.WriteAsync(Buckets.List(bucket, query));
        }
        else if (!objects.TryGetValue(key, out var found)) await WriteS3ErrorAsync(context, 404, "NoSuchKey", "The specified key does not exist.");
        else await DeliverAsync(context, found.Bytes, CutAfterBytes(call));
    }

    private static async Task DeliverAsync(HttpContext context, byte[] bytes, int? cutAfter)
    {
        context.Response.ContentType = "binary/octet-stream";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, Math.Min(bytes.Length, cutAfter ?? bytes.Length)));
        if (cutAfter is null || cutAfter >= bytes.Length) return;
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static string RawTarget(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static Task WriteS3ErrorAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.Body.WriteAsync(TestBuckets.Error(code, message)).AsTask();
    }

    // rest-json names the error in a header; the body has the message alone.
    private static Task WriteRestErrorAsync(HttpContext context, TestFault fault)
    {
        context.Response.StatusCode = fault.Status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-amzn-ErrorType"] = fault.Code + ":http://internal.amazon.com/coral/com.amazon.bedrock/";
        if (fault.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return context.Response.WriteAsync(new JsonObject { ["message"] = fault.Message }.ToJsonString());
    }
}
