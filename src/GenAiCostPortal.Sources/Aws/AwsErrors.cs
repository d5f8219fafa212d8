using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>Reads what AWS says when it refuses, and says it in our words.</summary>
internal static partial class AwsErrors
{
    /// <summary>Code of requests that never got an answer.</summary>
    public const string ConnectionFailed = "ConnectionFailed";
    /// <summary>Code when no credentials could be had.</summary>
    public const string NoCredentials = "NoCredentials";
    /// <summary>Code of answers that are not what the API promises.</summary>
    public const string UnexpectedAnswer = "UnexpectedAnswer";

    private static readonly HashSet<string> Throttles = new(StringComparer.Ordinal)
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
        "LimitExceededException", "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete", "TransactionInProgressException",
    };
    private static readonly HashSet<string> Denials = new(StringComparer.Ordinal)
    {
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError",
    };
    private static readonly HashSet<string> Expired = new(StringComparer.Ordinal)
    {
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "SSOTokenExpired",
    };
    private static readonly HashSet<string> Skewed = new(StringComparer.Ordinal) { "RequestTimeTooSkewed", "RequestInTheFuture", "AuthFailure" };
    private static readonly HashSet<string> BadKeys = new(StringComparer.Ordinal)
    {
        "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidAccessKeyId",
    };

    /// <summary>The refusal behind an HTTP status and its body, JSON or XML.</summary>
    public static AwsRefusedException Read(AwsCall call, int status, ReadOnlyMemory<byte> body, string? headerCode, string? bucketRegion = null)
    {
        var (code, message) = ReadBody(body);
        // x-amzn-ErrorType: Code:http://… ; x-amzn-query-error: Code;Sender
        if (code == "") code = headerCode?.Split(':', ';')[0] ?? "";
        if (code == "") code = status == 429 ? "TooManyRequestsException" : $"Http{status}";
        var action = Denials.Contains(code) ? ActionIn(message) ?? ActionOf(call) : null;
        return new AwsRefusedException(code, message, status, action) { BucketRegion = bucketRegion };
    }

    /// <summary>IAM action of a call: <c>ce:GetCostAndUsage</c>, <c>cloudwatch:ListMetrics</c>, <c>s3:GetObject</c>.</summary>
    public static string ActionOf(AwsCall call) => call.Action.Length > 0 ? call.Action
        : $"{call.Service switch { "monitoring" => "cloudwatch", "tagging" => "tag", var service => service }}:{call.Target[(call.Target.LastIndexOf('.') + 1)..]}";

    public static bool IsThrottle(AwsRefusedException refusal) => refusal.Status == 429 || Throttles.Contains(refusal.Code);

    public static bool IsWorthRetrying(AwsRefusedException refusal) =>
        !refusal.IsAccessDenied && (IsThrottle(refusal) || refusal.Status >= 500 || refusal.Code == ConnectionFailed);

    public static bool IsExpired(AwsRefusedException refusal) => Expired.Contains(refusal.Code);

    /// <summary>The signature's time was not AWS's time; some services say so only in the message.</summary>
    public static bool IsSkewed(AwsRefusedException refusal) => Skewed.Contains(refusal.Code)
        || (refusal.Code is "InvalidSignatureException" or "SignatureDoesNotMatch"
            && (refusal.Message.Contains("Signature expired", StringComparison.Ordinal) || refusal.Message.Contains("Signature not yet current", StringComparison.Ordinal)));

    /// <summary>What went wrong and what to do about it, for people.</summary>
    public static (string Message, string Cure) Words(AwsRefusedException refusal, AwsConnectionOptions connection)
    {
        var who = connection.RoleArn is { Length: > 0 } role ? $"the role {role}" : $"the credentials of connection {connection.Name}";
        return refusal switch
        {
            { IsAccessDenied: true } => (
                $"{(connection.RoleArn is { Length: > 0 } ? "The role lacks" : "The credentials lack")} {refusal.MissingAction}.",
                $"Allow the action {refusal.MissingAction} to {who}, then run it again. A service control policy or a permission boundary can deny it too."),
            _ when IsThrottle(refusal) => ("AWS answered that requests come too fast, for longer than we retry.", "Nothing to do: the next run tries again."),
            _ when IsSkewed(refusal) => ("AWS refused the time of our signature.", "Set this machine's clock (NTP): it is more than 5 minutes off."),
            _ when IsExpired(refusal) => ($"The session of connection {connection.Name} has expired.",
                connection.Profile is { Length: > 0 } profile ? $"Sign in again: aws sso login --profile {profile}." : "Renew the credentials this portal runs with."),
            { Code: NoCredentials } => ($"No AWS credentials were found for connection {connection.Name}.",
                connection.Profile is { Length: > 0 } p ? $"Check the profile {p}; with SSO sign in: aws sso login --profile {p}."
                    : "Give the portal a role (instance, task or pod), or name a Profile or RoleArn in the connection."),
            _ when BadKeys.Contains(refusal.Code) => ($"AWS does not accept the credentials of connection {connection.Name} ({refusal.Code}).",
                "Check the access key, its secret and that the key is active."),
            { Code: ConnectionFailed } => ("AWS could not be reached.", "Check network, proxy and DNS of this machine; the next run tries again."),
            { Code: UnexpectedAnswer } => ("The answer was not what the AWS API promises.",
                connection.ServiceUrl is { Length: > 0 } ? "Check what answers at ServiceUrl." : "Check for a proxy that rewrites answers."),
            { Code: "NoSuchBucket" } => ("The bucket does not exist.", "Check the bucket's name in the connection."),
            { Code: "DataUnavailableException" } => ("Cost Explorer has no data yet for these days.", "Newly enabled Cost Explorer needs up to 24 hours; the next run tries again."),
            { Status: >= 500 } => ("AWS had an error of its own, for longer than we retry.", "Nothing to do: the next run tries again."),
            _ => ($"AWS refused the request ({refusal.Code}).", "The log names the request; the next run tries again."),
        };
    }

    private static (string Code, string Message) ReadBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (body.Span.TrimStart(" \r\n\t"u8).StartsWith("<"u8)) return ReadXml(body);
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return ("", "");
            var code = Text(json.RootElement, "__type") ?? Text(json.RootElement, "code") ?? "";
            return (code[(code.LastIndexOf('#') + 1)..], Text(json.RootElement, "message") ?? Text(json.RootElement, "Message") ?? "");
        }
        catch (Exception e) when (e is JsonException or XmlException)
        {
            return ("", "");
        }
    }

    // S3 says <Error><Code>…, others wrap it in <ErrorResponse>.
    private static (string Code, string Message) ReadXml(ReadOnlyMemory<byte> body)
    {
        using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        var error = XElement.Load(reader).DescendantsAndSelf().FirstOrDefault(e => e.Name.LocalName == "Error");
        string Part(string name) => error?.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value.Trim() ?? "";
        return (Part("Code"), Part("Message"));
    }

    private static string? Text(JsonElement e, string name) =>
        e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? ActionIn(string message) => ActionPattern().Match(message) is { Success: true } m ? m.Groups[1].Value : null;

    [GeneratedRegex(@"perform: ([a-z0-9-]+:[A-Za-z]+)")]
    private static partial Regex ActionPattern();
}
