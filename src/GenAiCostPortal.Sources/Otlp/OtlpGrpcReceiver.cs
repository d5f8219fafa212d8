using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// OTLP over gRPC: three unary calls, written on HTTP/2 itself. A message is read in place, as with HTTP, so no generated service
/// would save a copy or a line.
/// </summary>
internal static class OtlpGrpcReceiver
{
    /// <summary>Bytes before a message: one of flags, four of length, highest first.</summary>
    public const int FrameHeader = 5;

    private const string Grpc = "application/grpc";
    private const int Unavailable = 14, Unimplemented = 12;

    /// <summary>Answers <c>Export</c> of the trace, metrics and logs services.</summary>
    public static void MapOtlpGrpc(this IEndpointRouteBuilder endpoints)
    {
        foreach (var signal in OtlpSignals.All)
            endpoints.MapPost(signal.GrpcPath(), context => AnswerAsync(context, signal)).AllowAnonymous().DisableAntiforgery();
        endpoints.MapPost(OtlpHttpReceiver.GrpcPaths + "{service}/{call}", NotThere).AllowAnonymous().DisableAntiforgery();
    }

    // Such as profiles: senders that hear "unimplemented" drop and go on, others try again for ever.
    private static void NotThere(HttpContext context)
    {
        if (IsGrpc(context.Request.ContentType)) Refuse(context.Response, new OtlpRefusal(StatusCodes.Status404NotFound, Unimplemented, "Traces, metrics and logs are taken here, by Export."));
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static async Task AnswerAsync(HttpContext context, OtlpSignal signal)
    {
        var response = context.Response;
        if (!IsGrpc(context.Request.ContentType))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }
        try
        {
            var result = await OtlpDoor.TakeAsync(context, signal, isJson: false, OtlpBody.ReadFrameAsync);
            response.ContentType = Grpc;
            response.AppendTrailer("grpc-status", "0");
            await response.Body.WriteAsync(Frame(OtlpDoor.Response(result)));
        }
        catch (Exception e)
        {
            if (OtlpDoor.Refusal(context, e) is { } refusal && !response.HasStarted) Refuse(response, refusal);
            else context.Abort();
        }
    }

    private static bool IsGrpc(string? type) =>
        type is not null && type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)
        && (type.Length == Grpc.Length || type[Grpc.Length] == ';' || type.AsSpan(Grpc.Length).StartsWith("+proto", StringComparison.OrdinalIgnoreCase));

    // Without a message the status goes with the headers, and there are no trailers.
    private static void Refuse(HttpResponse response, OtlpRefusal refusal)
    {
        response.ContentType = Grpc;
        response.Headers["grpc-status"] = refusal.Code.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Percent(refusal.Message);
        if (refusal.Code == Unimplemented) response.Headers["grpc-accept-encoding"] = "identity,gzip";
        if (refusal.Code != Unavailable) return;
        var retry = new RetryInfo { RetryDelay = new RpcDuration { Seconds = 1 } };
        var status = new RpcStatus { Code = refusal.Code, Message = refusal.Message };
        status.Details.Add(new RpcAny { TypeUrl = "type.googleapis.com/google.rpc.RetryInfo", Value = retry.ToByteString() });
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray()).TrimEnd('=');
    }

    private static byte[] Frame(ExportTraceServiceResponse message)
    {
        var frame = new byte[FrameHeader + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - FrameHeader);
        message.WriteTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    private static string Percent(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%') safe.Append((char)b);
            else safe.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return safe.ToString();
    }
}
