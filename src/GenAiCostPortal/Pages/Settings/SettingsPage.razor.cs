using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>What the Settings page shows.</summary>
/// <param name="Trial">The keys as typed, tried on recent calls.</param>
/// <param name="Current">The keys in force.</param>
/// <param name="IsSet">They were set in the portal, not by configuration.</param>
public sealed record SettingsAnswer(OwnerTrial Trial, OwnerKeys Current, bool IsSet, bool MayEdit);

/// <summary>Which attributes and tags name an owner, tried on recent calls while they are typed.</summary>
public sealed partial class SettingsPage
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(350);
    // Made from the answer when it is first drawn; what is typed stays when the page reads again.
    private OwnersForm? _form;
    private int _typed;

    protected override bool Concerns(LedgerPart part) => part == LedgerPart.Settings;

    protected override async Task<SettingsAnswer> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var current = Owners.Current;
        return new SettingsAnswer(await Preview.TryAsync(_form?.Keys ?? current, cancel), current, Owners.IsSet, await Act.MayAsync(Policies.Administrator));
    }

    private Task ChangedAsync(string part, string? text)
    {
        if (_form is not null) _form[part] = text ?? "";
        return TryWhenStillAsync();
    }

    private Task TagChangedAsync(string part, string? key)
    {
        _form?.SetTag(part, key ?? "");
        return TryWhenStillAsync();
    }

    private async Task TryWhenStillAsync()
    {
        var mine = ++_typed;
        await Task.Delay(TypingPause, Clock);
        if (mine == _typed && _form?.Mistake.Length == 0) await ReadAgainAsync();
    }

    private async Task SaveAsync()
    {
        await Act.RunAsync(Policies.Administrator, "Change owner keys", "Attribution", async _ =>
        {
            await Owners.SaveAsync(_form!.Keys);
            return new ActionOutcome("Calls are named by these keys from now on.");
        });
        await StartOverAsync();
    }

    private async Task ResetAsync()
    {
        await Act.RunAsync(Policies.Administrator, "Owner keys back to the configuration", "Attribution", async _ =>
        {
            await Owners.ResetAsync();
            return new ActionOutcome("The configuration names the owners again.");
        });
        await StartOverAsync();
    }

    private Task ReadStoredAsync() => Act.RunAsync(Policies.Administrator, "Read stored calls again", "Attribution", async who =>
    {
        var asked = await Schedule.RunNowAsync("Attribution", who);
        return new ActionOutcome(asked.RunId is null ? asked.Message : "It has begun; Sources shows how far it is.", asked.RunId is not null);
    });

    private Task StartOverAsync()
    {
        _form = null;
        return ReadAgainAsync();
    }
}
