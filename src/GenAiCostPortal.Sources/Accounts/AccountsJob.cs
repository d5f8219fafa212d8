using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.Accounts;

/// <summary>Reads the names of the organisation's accounts, so that people read names and not numbers.</summary>
internal sealed class AccountsJob(AwsConnections connections, AwsOptions options, AccountLabels labels, FeedRuns runs, TimeProvider time) : IScheduledJob
{
    public string Name => "Accounts";
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.Accounts.Enabled).Select(c => c.Name)];
    /// <summary>Names are as they are today.</summary>
    public TimeSpan? Reach => null;

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OnOrFirst(c => c.Accounts.Enabled).Select(c => new FeedPlan(
        Name, c.Name, "Account names", "Names of the accounts, from the organisation's management account", "Nothing", ["organizations:ListAccounts"],
        c.Accounts.Enabled, c.Accounts.Enabled ? when : "off", TimeSpan.FromDays(2), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        var names = await ListAsync(connection, run.Tally, cancel);
        var (known, renamed) = await labels.WriteAsync(names, cancel);
        var now = time.GetUtcNow().UtcDateTime;
        run.Cover(await runs.CoveredToAsync(Name, run.Connection, cancel) ?? now.AddMinutes(-1), now);
        run.Rows = names.Count;
        run.Message = string.Create(CultureInfo.InvariantCulture, $"{names.Count} accounts listed; {known} of them are known here, {renamed} got a new name.");
    }

    private static async Task<Dictionary<string, string>> ListAsync(AwsConnection connection, AwsRequestTally tally, CancellationToken cancel)
    {
        var api = new AwsJsonApi(connection, "organizations", connection.HomeRegion, "AWSOrganizationsV20161128", tally);
        var names = new Dictionary<string, string>();
        try
        {
            await foreach (var page in api.PagesAsync<ListAccountsResponse>("ListAccounts", t => new ListAccountsRequest(t), a => a.NextToken, cancel))
                foreach (var account in page.Accounts) names[account.Id] = account.Name.Trim();
        }
        catch (AwsRefusedException refusal) when (refusal.Code == "AWSOrganizationsNotInUseException")
        {
            throw new CannotRunException($"The account of connection {connection.Name} is in no organisation, so there is no list of names. Names come from the bill where it has them.",
                "Set Accounts:Enabled of this connection to false.");
        }
        // A member account is denied in the same words as a role without the action: both cures are told.
        catch (AwsRefusedException refusal) when (refusal.IsAccessDenied)
        {
            throw new CannotRunException($"AWS does not list the organisation's accounts to connection {connection.Name}. Until it does, names come from the bill where it has them.",
                "Only the management account, or a delegated administrator, may list accounts: enable Accounts on that connection, and allow its role organizations:ListAccounts.");
        }
        return names;
    }
}
