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

    public Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default) => TryAsync(call, SendAsync, cancel);

    public Task<Stream> OpenAsync(AwsCall call, CancellationToken cancel = default) => TryAsync(call, BeginAsync, cancel);

    private async Task<T> TryAsync<T>(AwsCall call, Func<AwsCall, CancellationToken, Task<T>> send, CancellationToken cancel)
    {
        var isRenewed = false;
        var isClockSet = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await send(call, cancel);
            }
            catch (AwsRefusedException refusal) when (!isClockSet && AwsErrors.IsSkewed(refusal) && OffsetOf(refusal) is { } offset)
            {
                (isClockSet, _clockOffset) = (true, offset);
                Say("signing again by AWS's clock", AwsErrors.ActionOf(call), refusal.Code);
            }
            catch (AwsRefusedException refusal) when (!isRenewed && AwsErrors.IsExpired(refusal))
            {
                isRenewed = true;
                _credentials.Forget();
                Say("renewing the session", AwsErrors.ActionOf(call), refusal.Code);
            }
            catch (AwsRefusedException refusal) when (attempt < MaxAttempts && AwsErrors.IsWorthRetrying(refusal))
            {
                Say("waiting and trying again", AwsErrors.ActionOf(call), refusal.Code);
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
        try
        {
            using var answer = await AnswerAsync(call, cancel);
            return await answer.Content.ReadAsByteArrayAsync(cancel);
        }
        catch (Exception e) when (IsFault(e, cancel))
        {
            throw new AwsRefusedException(AwsErrors.ConnectionFailed, e.Message, 0, null, e);
        }
    }

    private async Task<Stream> BeginAsync(AwsCall call, CancellationToken cancel)
    {
        try
        {
            var answer = await AnswerAsync(call, cancel);
            return new AnswerStream(answer, await answer.Content.ReadAsStreamAsync(cancel));
        }
        catch (Exception e) when (IsFault(e, cancel))
        {
            throw new AwsRefusedException(AwsErrors.ConnectionFailed, e.Message, 0, null, e);
        }
    }

    /// <summary>An answer that says yes; its body is still on the way.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(AwsCall call, CancellationToken cancel)
    {
        var credentials = await _credentials.GetAsync(cancel);
        using var request = SignedRequest.Of(call, connection.ServiceUrl, credentials, time.GetUtcNow().UtcDateTime + _clockOffset);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw Refusal(call, answer, await answer.Content.ReadAsByteArrayAsync(cancel));
    }

    private static bool IsFault(Exception e, CancellationToken cancel) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    private static AwsRefusedException Refusal(AwsCall call, HttpResponseMessage answer, byte[] body)
    {
        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
        var refusal = AwsErrors.Read(
            call, (int)answer.StatusCode, body, Header("x-amzn-ErrorType") ?? Header("x-amzn-query-error"), Header("x-amz-bucket-region"));
        if (answer.Headers.Date is { } date) refusal.Data["Date"] = date.UtcDateTime;
        if (answer.Headers.RetryAfter?.Delta is { } wait) refusal.Data["RetryAfter"] = wait;
        return refusal;
    }

    private TimeSpan? OffsetOf(AwsRefusedException refusal) =>
        refusal.Data["Date"] is DateTime theirs && (theirs - time.GetUtcNow().UtcDateTime) is var offset && offset.Duration() > TimeSpan.FromMinutes(1)
            ? offset : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "AWS answered {Action} with {Code}: {What}.")]
    private partial void Say(string what, string action, string code);
}
