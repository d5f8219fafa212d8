namespace GenAiCostPortal.Sources.Aws;

/// <summary>One AWS JSON service over <see cref="IAwsApi"/>: requests by their operation's name, all pages of an answer, each request counted.</summary>
/// <param name="service">Signing name.</param>
/// <param name="targetPrefix">First half of X-Amz-Target: <c>SageMaker</c>.</param>
internal sealed class AwsJsonApi(AwsConnection connection, string service, string region, string targetPrefix, AwsRequestTally tally)
{
    private const int MostPages = 2000;

    /// <summary>One request and its answer.</summary>
    /// <exception cref="AwsRefusedException">AWS refused, or the answer has another shape.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(string operation, object request, CancellationToken cancel, long costNanoUsd = 0)
    {
        var call = new AwsCall(service, region, $"{targetPrefix}.{operation}", "application/x-amz-json-1.1", AwsJson.Write(request));
        var answer = await connection.Api.CallAsync(call, cancel);
        tally.Add(costNanoUsd);
        return AwsJson.Read<TAnswer>(answer);
    }

    /// <summary>Every page of an answer, as they come.</summary>
    /// <param name="request">The request that carries a token; null asks for the first page.</param>
    /// <param name="next">The token of the next page; null or empty on the last.</param>
    /// <exception cref="AwsRefusedException">AWS refused a page, or pages do not end.</exception>
    public async IAsyncEnumerable<TAnswer> PagesAsync<TAnswer>(
        string operation, Func<string?, object> request, Func<TAnswer, string?> next,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel, long costNanoUsd = 0)
    {
        string? token = null;
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await CallAsync<TAnswer>(operation, request(token), cancel, costNanoUsd);
            yield return answer;
            var following = next(answer);
            if (string.IsNullOrEmpty(following)) yield break;
            if (following == token) break;
            token = following;
        }
        throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, "The pages of the answer do not end.", 200);
    }
}
