using System.Globalization;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>
/// AWS over HTTP: credentials and signature by AWSSDK.Core, the wire by HttpClient. Throttling, errors of AWS's own and cut
/// connections are tried again with exponential backoff and jitter; an expired session is renewed and a wrong clock corrected once.
/// </summary>
internal sealed partial class SignedAwsApi(AwsConnectionOptions connection, HttpClient http, TimeProvider time, ILogger<SignedAwsApi> log) : IAwsApi
{
    internal const int MaxAttempts = 8;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private readonly AwsCredentialSource _credentials = new(connection, time);
    private TimeSpan _clockOffset;

    public async Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default)
    {
        var isRenewed = false;
        var isClockSet = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendAsync(call, cancel);
            }
            catch (AwsRefusedException refusal) when (!isClockSet && AwsErrors.IsSkewed(refusal) && OffsetOf(refusal) is { } offset)
            {
                (isClockSet, _clockOffset) = (true, offset);
                Say("signing again by AWS's clock", call.Target, refusal.Code);
            }
            catch (AwsRefusedException refusal) when (!isRenewed && AwsErrors.IsExpired(refusal))
            {
                isRenewed = true;
                _credentials.Forget();
                Say("renewing the session", call.Target, refusal.Code);
            }
            catch (AwsRefusedException refusal) when (attempt < MaxAttempts && AwsErrors.IsWorthRetrying(refusal))
            {
                Say("waiting and trying again", call.Target, refusal.Code);
                await Task.Delay(WaitOf(attempt, refusal), time, cancel);
            }
        }
    }

    /// <summary>Half of the wait is certain, half is chance, so that several portals do not come back at once.</summary>
    internal static TimeSpan WaitOf(int attempt, AwsRefusedException refusal)
    {
        if (refusal.Data["RetryAfter"] is TimeSpan asked && asked <= TimeSpan.FromMinutes(1)) return asked;
        var full = TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 0.5 * Math.Pow(2, attempt - 1)));
        return full * (0.5 + Random.Shared.NextDouble() / 2);
    }

    private async Task<byte[]> SendAsync(AwsCall call, CancellationToken cancel)
    {
        var credentials = await _credentials.GetAsync(cancel);
        using var request = Sign(call, credentials);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            var body = await answer.Content.ReadAsByteArrayAsync(cancel);
            if (answer.IsSuccessStatusCode) return body;
            throw Refusal(call, answer, body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new AwsRefusedException(AwsErrors.ConnectionFailed, e.Message, 0, null, e);
        }
    }

    private static AwsRefusedException Refusal(AwsCall call, HttpResponseMessage answer, byte[] body)
    {
        var headerCode = answer.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.First()
            : answer.Headers.TryGetValues("x-amzn-query-error", out var codes) ? codes.First() : null;
        var refusal = AwsErrors.Read(call, (int)answer.StatusCode, body, headerCode);
        if (answer.Headers.Date is { } date) refusal.Data["Date"] = date.UtcDateTime;
        if (answer.Headers.RetryAfter?.Delta is { } wait) refusal.Data["RetryAfter"] = wait;
        return refusal;
    }

    private TimeSpan? OffsetOf(AwsRefusedException refusal) =>
        refusal.Data["Date"] is DateTime theirs && (theirs - time.GetUtcNow().UtcDateTime) is var offset && offset.Duration() > TimeSpan.FromMinutes(1)
            ? offset : null;

    private HttpRequestMessage Sign(AwsCall call, ImmutableCredentials credentials)
    {
        var (url, region) = AwsEndpoints.Find(call.Service, call.Region, connection.ServiceUrl);
        var signedAt = time.GetUtcNow().UtcDateTime + _clockOffset;
        var content = call.Body.ToArray();
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = call.ContentType,
            ["host"] = url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}",
            ["x-amz-content-sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)),
            ["x-amz-date"] = signedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            ["x-amz-target"] = call.Target,
        };
        if (credentials.UseToken) headers["x-amz-security-token"] = credentials.Token;
        var names = string.Join(';', headers.Keys);
        var canonical = $"POST\n{url.AbsolutePath}\n\n{string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n"))}\n{names}\n{headers["x-amz-content-sha256"]}";
        var signature = AWS4Signer.ComputeSignature(credentials, region, signedAt, call.Service, names, canonical);

        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(call.ContentType);
        foreach (var (name, value) in headers)
            if (name.StartsWith("x-amz-", StringComparison.Ordinal)) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return request;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "AWS {Target} answered {Code}: {What}.")]
    private partial void Say(string what, string target, string code);
}
