using Microsoft.AspNetCore.Http;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>A request that is refused, with its HTTP status and the gRPC code of its google.rpc.Status body.</summary>
internal sealed class OtlpRefusal(int httpStatus, int code, string message) : Exception(message)
{
    public int HttpStatus { get; } = httpStatus;
    public int Code { get; } = code;

    public static OtlpRefusal Malformed(string message) => new(StatusCodes.Status400BadRequest, 3, message);
    public static OtlpRefusal KeyMissing() => new(StatusCodes.Status401Unauthorized, 16, "An ingest key is needed: Authorization: Bearer KEY.");
    public static OtlpRefusal WrongMethod() => new(StatusCodes.Status405MethodNotAllowed, 12, "Only POST is answered here.");
    public static OtlpRefusal TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, 8, message);
    public static OtlpRefusal WrongType(string message) => new(StatusCodes.Status415UnsupportedMediaType, 3, message);
    public static OtlpRefusal ComeBack(string message) => new(StatusCodes.Status503ServiceUnavailable, 14, message);
}
