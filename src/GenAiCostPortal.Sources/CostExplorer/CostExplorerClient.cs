using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>Cost Explorer's operations over <see cref="IAwsApi"/>. Each page is a paid request and is counted.</summary>
internal sealed class CostExplorerClient(AwsConnection connection, AwsRequestTally tally)
{
    private const int MostPages = 100;

    /// <summary>Every page of a query.</summary>
    /// <exception cref="AwsRefusedException">AWS refused a page, or pages do not end.</exception>
    public async Task<IReadOnlyList<GetCostAndUsageResponse>> GetCostAndUsageAsync(GetCostAndUsageRequest request, CancellationToken cancel)
    {
        var pages = new List<GetCostAndUsageResponse>();
        for (string? token = null; ;)
        {
            var body = AwsJson.Write(request with { NextPageToken = token });
            var call = new AwsCall("ce", connection.HomeRegion, "AWSInsightsIndexService.GetCostAndUsage", "application/x-amz-json-1.1", body);
            var answer = await connection.Api.CallAsync(call, cancel);
            tally.Add(AwsRequestTally.CostExplorerPageNanoUsd);
            var page = AwsJson.Read<GetCostAndUsageResponse>(answer);
            pages.Add(page);
            if (string.IsNullOrEmpty(page.NextPageToken)) return pages;
            // Each page costs money: pages that do not end are a fault, not patience.
            if (page.NextPageToken == token || pages.Count == MostPages)
                throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, "The pages of the answer do not end.", 200);
            token = page.NextPageToken;
        }
    }
}
