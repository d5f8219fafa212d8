using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.ModelProfiles;

/// <summary>Finds the models behind profiles that calls or metrics named, and reads those calls anew.</summary>
internal sealed class InferenceProfilesJob(AwsOptions options, ProfileResolver resolver, InferenceProfiles profiles, ProfileCalls calls, ProfileMeters meters) : IScheduledJob
{
    public string Name => "InferenceProfiles";
    public IReadOnlyList<string> Connections => options.Connections.Count > 0 ? [""] : [];
    public TimeSpan? Reach => null;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var resolved = await resolver.ResolveAsync(run.Tally, !run.Request.IsScheduled, cancel);
        run.Rows = await calls.ReadAnewAsync(cancel);
        var hours = await meters.ReadAgainAsync(run.Tally, cancel);
        var open = profiles.Unresolved;
        run.Outcome = resolved > 0 || run.Rows > 0 || hours > 0 ? FeedOutcome.Succeeded : FeedOutcome.NothingToDo;
        run.Message = $"{Count(resolved, "profile")} resolved, {Count(run.Rows, "trace")} read anew, {Count(hours, "metered hour")} moved to the model.";
        if (open.Count == 0) return;
        run.Message += string.Create(CultureInfo.InvariantCulture, $" {Count(open.Count, "profile")} without a known model; the first: {open[0].Arn}. {open[0].Problem}").TrimEnd();
        run.Cure = open.Any(p => p.Problem.Contains(ProfileResolver.Action, StringComparison.Ordinal))
            ? $"Allow the action {ProfileResolver.Action} in the accounts of these profiles." : "Add a connection for the account of each profile.";
    }

    private static string Count(long number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number} {word}{(number == 1 ? "" : "s")}");
}
