using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>OTLP over HTTP, to the letter of the protocol: types, encodings, limits, partial success and what may be retried.</summary>
public static class OtlpHttpReceiver
{
    /// <summary>What the paths of the gRPC calls begin with.</summary>
    public const string GrpcPaths = "/opentelemetry.proto.collector.";

    private const string Protobuf = "application/x-protobuf", Json = "application/json";

    /// <summary>Answers <c>/v1/traces</c>, <c>/v1/metrics</c> and <c>/v1/logs</c>, and the same over gRPC. Keys are checked here, by <see cref="IngestCheck"/>.</summary>
    public static IEndpointRouteBuilder MapOtlp(this IEndpointRouteBuilder endpoints)
    {
        foreach (var signal in OtlpSignals.All)
            endpoints.Map("/v1/" + signal.Word(), context => AnswerAsync(context, signal)).AllowAnonymous().DisableAntiforgery();
        endpoints.MapOtlpGrpc();
        return endpoints;
    }

    private static async Task AnswerAsync(HttpContext context, OtlpSignal signal)
    {
        var isJson = OtlpBody.IsJson(context.Request);
        try
        {
            if (!HttpMethods.IsPost(context.Request.Method)) throw OtlpRefusal.WrongMethod();
            if (isJson is not { } json) throw OtlpRefusal.WrongType("The content type is not supported: send application/x-protobuf or application/json.");
            var result = await OtlpDoor.TakeAsync(context, signal, json, OtlpBody.ReadAsync);
            await WriteAsync(context, StatusCodes.Status200OK, json, json ? JsonOf(signal, result) : OtlpDoor.Response(result).ToByteArray());
        }
        catch (Exception e)
        {
            if (OtlpDoor.Refusal(context, e) is { } refusal) await RefuseAsync(context, isJson ?? true, refusal);
            else context.Abort();
        }
    }

    private static Task RefuseAsync(HttpContext context, bool isJson, OtlpRefusal refusal)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        if (refusal.HttpStatus == StatusCodes.Status405MethodNotAllowed) context.Response.Headers.Allow = HttpMethods.Post;
        if (refusal.HttpStatus == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        if (refusal.HttpStatus == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        var bytes = isJson
            ? JsonSerializer.SerializeToUtf8Bytes(new { code = refusal.Code, message = refusal.Message })
            : new RpcStatus { Code = refusal.Code, Message = refusal.Message }.ToByteArray();
        return WriteAsync(context, refusal.HttpStatus, isJson, bytes);
    }

    private static byte[] JsonOf(OtlpSignal signal, IntakeResult result) => result.Rejected == 0
        ? "{}"u8.ToArray()
        : JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, Dictionary<string, string>>
        {
            ["partialSuccess"] = new()
            {
                [signal.RejectedField()] = result.Rejected.ToString(CultureInfo.InvariantCulture),
                ["errorMessage"] = result.Message,
            },
        });

    private static Task WriteAsync(HttpContext context, int status, bool isJson, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = isJson ? Json : Protobuf;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }
}
