using System.Net;
using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.PriceList;

/// <summary>The public offer files of the AWS price list: no credentials, plain GET.</summary>
internal sealed class OfferFiles(AwsOptions options, TimeProvider time) : IDisposable
{
    private const int MaxAttempts = 4;
    private static readonly TimeSpan LongestFile = TimeSpan.FromMinutes(10);
    private const int MostIndexBytes = 4 * 1024 * 1024;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.GZip })
    {
        // Of the answer's begin; the body is read under the run's own cancellation.
        Timeout = TimeSpan.FromSeconds(100),
    };

    /// <summary>Path of an offer's current file by region; null when there is no such offer.</summary>
    /// <exception cref="AwsRefusedException">The index cannot be had, or is none.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> RegionsAsync(string offer, AwsRequestTally tally, CancellationToken cancel)
    {
        using var answer = await GetAsync($"/offers/v1.0/aws/{offer}/current/region_index.json", tally, cancel);
        // The files lie in a bucket that says 403 of what it does not have.
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden) return null;
        try
        {
            if (answer.Content.Headers.ContentLength > MostIndexBytes) throw new JsonException("The index is too long.");
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            using var json = await JsonDocument.ParseAsync(body, default, cancel);
            return json.RootElement.GetProperty("regions").EnumerateObject().ToDictionary(r => r.Name, r => PathOf(r.Value.GetProperty("currentVersionUrl").GetString()));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, e.Message, 200, null, e);
        }
    }

    /// <summary>Reads a file of the index to its end.</summary>
    /// <exception cref="AwsRefusedException">It cannot be had, breaks off, or is no offer file.</exception>
    public async Task ReadAsync(string path, OfferFile file, AwsRequestTally tally, CancellationToken cancel)
    {
        // A file of a few megabytes that takes so long has stalled.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(LongestFile);
        using var answer = await GetAsync(path, tally, cancel);
        if (!answer.IsSuccessStatusCode) throw new AwsRefusedException($"Http{(int)answer.StatusCode}", path, (int)answer.StatusCode);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            await file.ReadAsync(body, patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new AwsRefusedException(AwsErrors.ConnectionFailed, e.Message, 0, null, e);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>An index must not lead to another machine.</summary>
    private static string PathOf(string? path) =>
        path is not null && path.StartsWith("/offers/", StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal) ? path : throw new JsonException("The index leads elsewhere.");

    private async Task<HttpResponseMessage> GetAsync(string path, AwsRequestTally tally, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            AwsRefusedException refusal;
            try
            {
                var answer = await _http.GetAsync(new Uri(options.PriceList.Url.TrimEnd('/') + path), HttpCompletionOption.ResponseHeadersRead, cancel);
                if ((int)answer.StatusCode is not (429 or >= 500))
                {
                    tally.Add(0);
                    return answer;
                }
                refusal = new AwsRefusedException($"Http{(int)answer.StatusCode}", path, (int)answer.StatusCode);
                answer.Dispose();
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                refusal = new AwsRefusedException(AwsErrors.ConnectionFailed, e.Message, 0, null, e);
            }
            if (attempt == MaxAttempts) throw refusal;
            await Task.Delay(SignedAwsApi.WaitOf(attempt, refusal), time, cancel);
        }
    }
}
