namespace GenAiCostPortal.Sources.Accounts;

// Named and shaped like the official SDK's types (API model organizations 2016-11-28), so that AWSSDK.Organizations can take their place.

internal sealed record ListAccountsRequest(string? NextToken, int MaxResults = 20);

internal sealed record ListAccountsResponse
{
    public IReadOnlyList<Account> Accounts { get; init; } = [];
    public string? NextToken { get; init; }
}

internal sealed record Account
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
}
