using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>CloudWatch's operations as JSON 1.0 over <see cref="IAwsApi"/>, all pages of each. Requests are counted.</summary>
internal sealed class CloudWatchClient(AwsConnection connection, string region, AwsRequestTally tally)
{
    private const string Target = "GraniteServiceVersion20100801.";
    private const int MostPages = 1000;

    /// <summary>Every metric of a namespace; of those only that have the dimension, when one is named.</summary>
    public async Task<IReadOnlyList<Metric>> ListMetricsAsync(string metricNamespace, string? dimension, CancellationToken cancel)
    {
        var metrics = new List<Metric>();
        string? token = null;
        for (var page = 0; page < MostPages; page++)
        {
            var request = new ListMetricsRequest { Namespace = metricNamespace, Dimensions = dimension is null ? null : [new DimensionFilter(dimension)], NextToken = token };
            var answer = await CallAsync<ListMetricsResponse>("ListMetrics", request, 0, cancel);
            metrics.AddRange(answer.Metrics);
            if (string.IsNullOrEmpty(answer.NextToken)) return metrics;
            token = answer.NextToken;
        }
        throw Endless();
    }

    /// <summary>Every page of one question. A page may hold part of a series: parts of one id belong together.</summary>
    public async Task<IReadOnlyList<MetricDataResult>> GetMetricDataAsync(GetMetricDataRequest request, CancellationToken cancel)
    {
        var results = new List<MetricDataResult>();
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await CallAsync<GetMetricDataResponse>(
                "GetMetricData", request, request.MetricDataQueries.Count * AwsRequestTally.MetricNanoUsd, cancel);
            results.AddRange(answer.MetricDataResults);
            if (string.IsNullOrEmpty(answer.NextToken)) return results;
            request = request with { NextToken = answer.NextToken };
        }
        throw Endless();
    }

    private async Task<TAnswer> CallAsync<TAnswer>(string operation, object request, long costNanoUsd, CancellationToken cancel)
    {
        var body = AwsJson.Write(request);
        var answer = await connection.Api.CallAsync(new AwsCall("monitoring", region, Target + operation, "application/x-amz-json-1.0", body), cancel);
        tally.Add(costNanoUsd);
        return AwsJson.Read<TAnswer>(answer);
    }

    private static AwsRefusedException Endless() => new(AwsErrors.UnexpectedAnswer, "The pages of the answer do not end.", 200);
}
