using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.BedrockMetrics;

namespace GenAiCostPortal.Sources.ModelProfiles;

/// <summary>
/// Reads metrics again that were stored under a profile before its model was known. Hours that CloudWatch does not give again (it
/// lists metrics of the last two weeks only) stay under the profile.
/// </summary>
internal sealed class ProfileMeters(AwsConnections connections, AwsOptions options, BedrockMetricsReader reader, MeterWriter writer, MeteredProfiles profiles)
{
    private static readonly TimeSpan Step = TimeSpan.FromDays(14);

    /// <summary>Returns how many hours went from profiles to their models.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; the next run goes on.</exception>
    public async Task<long> ReadAgainAsync(AwsRequestTally tally, CancellationToken cancel)
    {
        var moved = 0L;
        foreach (var left in await profiles.LeftAsync(cancel))
        {
            var owner = options.Connections.Find(c => c.CloudWatch.Enabled && c.AccountId == left.AccountId && c.Regions.Contains(left.Region));
            if (owner is null) continue;
            for (var from = left.From; from < left.To; from += Step)
            {
                var to = from + Step < left.To ? from + Step : left.To;
                var read = await reader.ReadAsync(connections.Get(owner.Name), left.Region, from, to, tally, null, cancel);
                var hours = read.Rows.Where(r => r.ModelId == left.Arn).Select(r => r.Hour).ToHashSet();
                // In part is not again: what is missing of a series would be lost.
                if (hours.Count == 0 || read.Refused > 0 || read.IsForbidden) continue;
                await writer.WriteAsync(read.Rows, cancel);
                await profiles.DropAsync(left, hours, cancel);
                moved += hours.Count;
            }
        }
        return moved;
    }
}
