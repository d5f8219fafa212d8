using GenAiCostPortal.Sources.Otlp.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>What HTTP and gRPC have in common: the key, the intake, and refusals in words.</summary>
internal static class OtlpDoor
{
    /// <summary>Checks the key, reads the body and stores it; returns after the commit.</summary>
    /// <exception cref="OtlpRefusal">The request is refused, with what to answer.</exception>
    public static async Task<IntakeResult> TakeAsync(HttpContext context, OtlpSignal signal, bool isJson, Func<HttpContext, OtlpOptions, Task<OtlpBody>> read)
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
        using var body = await read(context, options);
        var result = await services.GetRequiredService<OtlpIntake>().AcceptAsync(signal, body.Memory, isJson, binding, context.RequestAborted);
        return result.State == IntakeState.Stored ? result : throw OtlpRefusal.ComeBack(result.Message);
    }

    /// <summary>What to answer to a failure; null when the sender has gone.</summary>
    public static OtlpRefusal? Refusal(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case OtlpRefusal refusal: return refusal;
            case OtlpFormatException e: return OtlpRefusal.Malformed(e.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }: return OtlpRefusal.TooLarge("The request body is too large.");
            case BadHttpRequestException e: return new OtlpRefusal(e.StatusCode, 3, "The request body could not be read.");
        }
        if (context.RequestAborted.IsCancellationRequested) return null;
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OtlpDoor));
        log.LogError(failure, "An OTLP request failed.");
        return new OtlpRefusal(StatusCodes.Status500InternalServerError, 13, "The request failed inside the portal; its log says why.");
    }

    /// <summary>The answer of any signal: all three have the same fields.</summary>
    public static ExportTraceServiceResponse Response(IntakeResult result)
    {
        var response = new ExportTraceServiceResponse();
        if (result.Rejected > 0) response.PartialSuccess = new ExportTracePartialSuccess { RejectedSpans = result.Rejected, ErrorMessage = result.Message };
        return response;
    }
}
