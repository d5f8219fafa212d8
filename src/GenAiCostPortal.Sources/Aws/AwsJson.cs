using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>AWS's JSON: names as in the API models, absent when null.</summary>
internal static class AwsJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = null,
    };

    public static byte[] Write<T>(T request) => JsonSerializer.SerializeToUtf8Bytes(request, Options);

    /// <exception cref="AwsRefusedException">The answer is not JSON of this shape.</exception>
    public static T Read<T>(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(answer, Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, e.Message, 200, null, e);
        }
    }
}
