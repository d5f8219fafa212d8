using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace GenAiCostPortal.Actions;

/// <summary>What an action says when it is done.</summary>
/// <param name="Message">One sentence for the person who asked.</param>
/// <param name="IsDone">False when there was a reason not to, such as "already running".</param>
public sealed record ActionOutcome(string Message, bool IsDone = true);

/// <summary>
/// The one way in which a click changes something: policy → act → action log → notification. The page re-reads by the change
/// notice of what was written.
/// </summary>
public sealed class UserAction(
    AuthenticationStateProvider signIn, IAuthorizationService policies, ActionLog log, NotificationService notifications, ILogger<UserAction> logger)
{
    private const double ShownMs = 8_000;

    /// <summary>Whether the person may, so that a page can leave out what would be refused.</summary>
    public async Task<bool> MayAsync(string policy)
    {
        var user = (await signIn.GetAuthenticationStateAsync()).User;
        return (await policies.AuthorizeAsync(user, null, policy)).Succeeded;
    }

    /// <summary>Name of who is signed in.</summary>
    public async Task<string> WhoAsync() => (await signIn.GetAuthenticationStateAsync()).User.Identity?.Name is { Length: > 0 } name ? name : "unknown";

    /// <summary>Acts if the policy allows it. True when it was done; otherwise the person has been told why not.</summary>
    /// <param name="action">What is done, as the log keeps it: "Run now".</param>
    /// <param name="target">To what: "CostExplorer".</param>
    /// <param name="act">Gets the name of who asks.</param>
    /// <param name="isQuiet">Done without a notification, because the page itself shows it.</param>
    /// <param name="isLogged">False for steps of something that is logged when it is done, such as the answers of a form; refusals and failures are logged all the same.</param>
    public async Task<bool> RunAsync(string policy, string action, string target, Func<string, Task<ActionOutcome>> act, bool isQuiet = false, bool isLogged = true)
    {
        var who = await WhoAsync();
        if (!await MayAsync(policy))
        {
            await log.WriteAsync(who, action, target, "refused");
            Say(NotificationSeverity.Warning, $"{action} needs the role {policy}", "An administrator can grant it. Nothing was changed.");
            return false;
        }
        try
        {
            var outcome = await act(who);
            if (isLogged || !outcome.IsDone) await log.WriteAsync(who, action, target, outcome.IsDone ? "done" : outcome.Message);
            if (!isQuiet || !outcome.IsDone) Say(outcome.IsDone ? NotificationSeverity.Info : NotificationSeverity.Warning, $"{action}: {target}", outcome.Message);
            return outcome.IsDone;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            var id = FaultId.New();
            logger.LogError(fault, "The action {Action} on {Target} failed. Id {FaultId}.", action, target, id);
            await log.WriteAsync(who, action, target, $"failed, {id}");
            Say(NotificationSeverity.Error, $"{action}: {target}", $"It could not be done; nothing was changed. The log has the details under {id}.");
            return false;
        }
    }

    private void Say(NotificationSeverity severity, string summary, string detail) =>
        notifications.Notify(new NotificationMessage { Severity = severity, Summary = summary, Detail = detail, Duration = ShownMs });
}
