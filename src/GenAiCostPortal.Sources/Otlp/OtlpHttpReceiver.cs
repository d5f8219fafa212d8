using System.Text.Json;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>OTLP over HTTP, to the letter of the protocol: types, encodings, limits, partial success and what may be retried.</summary>
public static class OtlpHttpReceiver
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";

    /// <summary>Answers <c>/v1/traces</c>; <c>/v1/metrics</c> and <c>/v1/logs</c> are refused in words. Keys are checked here, by <see cref="IngestCheck"/>.</summary>
    public static IEndpointRouteBuilder MapOtlp(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("/v1/traces", context => AnswerAsync(context, TracesAsync)).AllowAnonymous().DisableAntiforgery();
        endpoints.Map("/v1/metrics", context => AnswerAsync(context, (_, _) => throw OtlpRefusal.NotServed("Metrics"))).AllowAnonymous().DisableAntiforgery();
        endpoints.Map("/v1/logs", context => AnswerAsync(context, (_, _) => throw OtlpRefusal.NotServed("Logs"))).AllowAnonymous().DisableAntiforgery();
        return endpoints;
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, bool, Task<IntakeResult>> take)
    {
        var isJson = OtlpBody.IsJson(context.Request);
        try
        {
            if (!HttpMethods.IsPost(context.Request.Method)) throw OtlpRefusal.WrongMethod();
            if (isJson is not { } json) throw OtlpRefusal.WrongType("The content type is not supported: send application/x-protobuf or application/json.");
            var result = await take(context, json);
            if (result.State != IntakeState.Stored) throw OtlpRefusal.ComeBack(result.Message);
            await SucceedAsync(context, json, result);
        }
        catch (OtlpRefusal refusal)
        {
            await RefuseAsync(context, isJson ?? true, refusal);
        }
        catch (OtlpFormatException e)
        {
            await RefuseAsync(context, isJson ?? true, OtlpRefusal.Malformed(e.Message));
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, isJson ?? true, new OtlpRefusal(e.StatusCode, 3, "The request body could not be read."));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e)
        {
            var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OtlpHttpReceiver));
            log.LogError(e, "An OTLP request failed.");
            await RefuseAsync(context, isJson ?? true, new OtlpRefusal(StatusCodes.Status500InternalServerError, 13, "The request failed inside the portal; its log says why."));
        }
    }

    private static async Task<IntakeResult> TracesAsync(HttpContext context, bool isJson)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<OtlpOptions>();
        IngestBinding? binding = null;
        if (options.RequireApiKey)
        {
            // No check registered refuses all: a door is never open by omission.
            binding = services.GetService<IngestCheck>() is { } check ? await check(context) : null;
            if (binding is null) throw OtlpRefusal.KeyMissing();
        }
        using var body = await OtlpBody.ReadAsync(context, options);
        return await services.GetRequiredService<OtlpIntake>().AcceptAsync(body.Memory, isJson, binding, context.RequestAborted);
    }

    private static Task SucceedAsync(HttpContext context, bool isJson, IntakeResult result)
    {
        var response = new ExportTraceServiceResponse();
        if (result.Rejected > 0) response.PartialSuccess = new ExportTracePartialSuccess { RejectedSpans = result.Rejected, ErrorMessage = result.Message };
        var bytes = isJson ? JsonOf(response) : response.ToByteArray();
        return WriteAsync(context, StatusCodes.Status200OK, isJson, bytes);
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

    private static byte[] JsonOf(ExportTraceServiceResponse response) => response.PartialSuccess is not { } partial
        ? "{}"u8.ToArray()
        : JsonSerializer.SerializeToUtf8Bytes(new
        {
            partialSuccess = new { rejectedSpans = partial.RejectedSpans.ToString(System.Globalization.CultureInfo.InvariantCulture), errorMessage = partial.ErrorMessage },
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
