using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>What a rule would move, tried a moment after the last key was pressed.</summary>
public sealed partial class RuleEffectView
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(350);
    private CancellationTokenSource? _current;
    private string? _asked;
    private RuleKind _kind;
    private RuleEffect? _effect;
    private string _refusal = "";
    private string? _fault;
    private bool _isBusy, _triedRemoval;

    private bool IsRemoval => Proposal is { Draft: null, Id: not 0 };

    /// <summary>Null while the rule is not complete.</summary>
    [Parameter] public RuleProposal? Proposal { get; set; }

    protected override void OnParametersSet()
    {
        if (Proposal is { } proposal) _kind = proposal.Kind;
        // The name moves no dollar.
        var asked = Proposal is { Draft: { } draft } p ? FormattableString.Invariant($"{p.Id} {p.Position} {RuleWords.Whole(draft with { Name = "" })}")
            : IsRemoval ? FormattableString.Invariant($"without {Proposal!.Id}") : null;
        if (asked == _asked) return;
        // With the rule and without it are opposites: the one never stands there while the other is built.
        if (_triedRemoval != IsRemoval) (_effect, _refusal) = (null, "");
        _triedRemoval = IsRemoval;
        _asked = asked;
        _current?.Cancel();
        _current = null;
        if (asked is null) (_effect, _isBusy, _fault, _refusal) = (null, false, null, "");
        else _ = TryAsync(IsRemoval ? TimeSpan.Zero : TypingPause);
    }

    private Task RetryAsync() => TryAsync(TimeSpan.Zero);

    private async Task TryAsync(TimeSpan pause)
    {
        using var mine = _current = new CancellationTokenSource();
        (_isBusy, _fault) = (true, null);
        try
        {
            await Task.Delay(pause, Clock, mine.Token);
            var proposal = Proposal!;
            // Off the circuit's turn: building days takes a moment, and typing goes on.
            var (answer, effect) = await Task.Run(() => Preview.TryAsync(proposal, mine.Token), mine.Token);
            if (_current == mine) (_effect, _refusal) = (effect, answer.Words);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            return;
        }
        catch (Exception fault)
        {
            if (_current != mine) return;
            _fault = FaultId.New();
            Log.LogError(fault, "A rule could not be tried. Id {FaultId}.", _fault);
        }
        finally
        {
            if (_current == mine)
            {
                (_current, _isBusy) = (null, false);
                StateHasChanged();
            }
        }
    }

    private static string Lead(RuleEffect effect, bool isRemoval)
    {
        if (effect.Days == 0) return "No day of the last 30 is billed yet, so nothing can be tried.";
        var share = effect.BilledUsd > 0 ? $", {NumberText.Share(effect.MovedUsd / effect.BilledUsd)} of the bill" : "";
        var days = $" on {effect.DaysTouched} {(effect.DaysTouched == 1 ? "day" : "days")}";
        var decides = effect.DecidedUsd != 0 ? $" The rule would decide {UsdText.Exact(effect.DecidedUsd)}." : "";
        if (effect.MovedUsd == 0 && isRemoval) return "Nothing would move: the rule decides no billed dollar of these days, or another rule says the same.";
        if (effect.MovedUsd > 0) return $"{UsdText.Exact(effect.MovedUsd)} would get another owner{days}{share}.{decides}";
        return effect.DecidedUsd != 0 ? $"Nothing would move: the {UsdText.Exact(effect.DecidedUsd)} that it would decide belong to these owners already."
            : effect.Border.Moves ? "Of what is in the scope now nothing would move."
            : "Nothing would move: no billed dollar of these days meets the conditions and is still without an owner when the rule is asked.";
    }

    private static IEnumerable<(MovedUsd Move, decimal Usd)> Moves(RuleEffect effect)
    {
        var shown = DisplayedUsd.Parts(effect.Moves.Sum(m => m.Usd), [.. effect.Moves.Select(m => m.Usd)]);
        return effect.Moves.Zip(shown);
    }

    private static string Owner(string name) => name.Length == 0 ? SpendQuery.Unattributed : name;

    public void Dispose() => _current?.Cancel();
}
