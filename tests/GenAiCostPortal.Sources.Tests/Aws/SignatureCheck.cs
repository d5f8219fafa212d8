using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>A key pair the server knows; with a token for sessions.</summary>
internal sealed record TestKey(string AccessKey, string Secret, string? Token = null);

/// <summary>Recomputes Signature Version 4 from the request as it arrived, by the documented algorithm, without the SDK.</summary>
internal static partial class SignatureCheck
{
    /// <summary>The AWS error the request deserves, or null; and the region and service its signature names.</summary>
    public static (string? Code, string? Message, string Region, string Service) Check(HttpRequest request, byte[] body, IReadOnlyCollection<TestKey> keys, DateTime now)
    {
        var match = Authorization().Match(request.Headers.Authorization.ToString());
        if (!match.Success) return ("MissingAuthenticationTokenException", "Missing Authentication Token", "", "");
        var (accessKey, day, region, service) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value);
        var signedNames = match.Groups[5].Value.Split(';');
        (string?, string?, string, string) No(string code, string message) => (code, message, region, service);

        if (keys.FirstOrDefault(k => k.AccessKey == accessKey) is not { } key) return No("UnrecognizedClientException", "The security token included in the request is invalid.");
        if (!signedNames.SequenceEqual(signedNames.Order(StringComparer.Ordinal))) return No("IncompleteSignature", "Signed headers are not in order.");
        string[] due = key.Token is null ? ["host", "x-amz-date"] : ["host", "x-amz-date", "x-amz-security-token"];
        if (due.Except(signedNames).Any()) return No("IncompleteSignature", "A header that must be signed is not.");
        if (key.Token is { } token && request.Headers["X-Amz-Security-Token"] != token) return No("ExpiredTokenException", "The security token included in the request is expired");

        var stamp = request.Headers["X-Amz-Date"].ToString();
        if (!DateTime.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at)
            || day != stamp[..8]) return No("IncompleteSignature", "Date");
        if ((now - at).Duration() > TimeSpan.FromMinutes(5)) return No("InvalidSignatureException", $"Signature expired: {stamp} is now earlier than allowed");

        var payload = Hex(SHA256.HashData(body));
        if (request.Headers.TryGetValue("X-Amz-Content-SHA256", out var said) && said != payload) return No("XAmzContentSHA256Mismatch", "The body is not what was signed.");
        if (service == "s3" && !signedNames.Contains("x-amz-content-sha256")) return No("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
        var (path, query) = Target(request, service == "s3");
        var canonical = new StringBuilder().Append(request.Method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (var name in signedNames) canonical.Append(name).Append(':').Append(Spaces().Replace(request.Headers[name].ToString().Trim(), " ")).Append('\n');
        canonical.Append('\n').Append(match.Groups[5].Value).Append('\n').Append(payload);

        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var signing = new[] { day, region, service, "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4" + key.Secret), Hmac);
        return Hex(Hmac(signing, toSign)) == match.Groups[6].Value ? (null, null, region, service)
            : No("InvalidSignatureException", "The request signature we calculated does not match the signature you provided.");
    }

    /// <summary>Path and query in the canonical form: S3's path is encoded once, others' the path as sent encoded again; the query is sorted by name.</summary>
    private static (string Path, string Query) Target(HttpRequest request, bool isS3)
    {
        var raw = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var path = string.Join('/', raw[0].Split('/').Select(s => Uri.EscapeDataString(isS3 ? Uri.UnescapeDataString(s) : s)));
        var pairs = raw.Length < 2 || raw[1].Length == 0 ? [] : raw[1].Split('&').Select(p => p.Split('=', 2)).Select(p => (
            Name: Uri.EscapeDataString(Uri.UnescapeDataString(p[0])), Value: p.Length < 2 ? "" : Uri.EscapeDataString(Uri.UnescapeDataString(p[1])))).ToArray();
        return (path, string.Join('&', pairs.OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}")));
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [GeneratedRegex(@"^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$")]
    private static partial Regex Authorization();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
