using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>From a call to the HTTP request with its signature (Signature Version 4 by AWSSDK.Core).</summary>
internal static class SignedRequest
{
    // A key may hold "//" or "..": Uri must not tidy what was signed.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The request as it goes over the wire.</summary>
    /// <param name="signedAt">AWS's time, UTC.</param>
    public static HttpRequestMessage Of(AwsCall call, string? serviceUrl, ImmutableCredentials credentials, DateTime signedAt)
    {
        var (url, region) = AwsEndpoints.Find(call, serviceUrl);
        var content = call.Body.ToArray();
        var host = url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}";
        var path = AwsEndpoints.PathOf(call, url, serviceUrl);
        var query = string.Join('&', call.Query.Select(q => (Name: Uri.EscapeDataString(q.Name), Value: Uri.EscapeDataString(q.Value)))
            .OrderBy(q => q.Name, StringComparer.Ordinal).ThenBy(q => q.Value, StringComparer.Ordinal).Select(q => $"{q.Name}={q.Value}"));
        var headers = Headers(call, host, content, credentials, signedAt);
        var names = string.Join(';', headers.Keys);
        // S3 signs the path as sent, the others sign it encoded once more.
        var signedPath = call.Service == "s3" ? path : string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var canonical = $"{call.Method}\n{signedPath}\n{query}\n{string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n"))}\n{names}\n{headers["x-amz-content-sha256"]}";
        var signature = AWS4Signer.ComputeSignature(credentials, region, signedAt, call.Service, names, canonical);

        var address = $"{url.Scheme}://{host}{path}{(query.Length > 0 ? "?" + query : "")}";
        var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(address, AsWritten));
        if (call.ContentType.Length > 0)
        {
            request.Content = new ByteArrayContent(content);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(call.ContentType);
        }
        foreach (var (name, value) in headers)
            if (name is not ("host" or "content-type")) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return request;
    }

    private static SortedDictionary<string, string> Headers(AwsCall call, string host, byte[] content, ImmutableCredentials credentials, DateTime signedAt)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = host,
            ["x-amz-content-sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
            ["x-amz-date"] = signedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
        };
        if (call.ContentType.Length > 0) headers["content-type"] = call.ContentType;
        if (call.Target.Length > 0) headers["x-amz-target"] = call.Target;
        if (credentials.UseToken) headers["x-amz-security-token"] = credentials.Token;
        foreach (var (name, value) in call.Headers) headers[name] = value;
        return headers;
    }
}
