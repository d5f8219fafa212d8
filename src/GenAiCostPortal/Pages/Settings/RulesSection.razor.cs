using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>Rules of one kind with what each decides, and what can be chosen from while one is written.</summary>
public sealed record RulesAnswer(RuleReportAnswer Report, IReadOnlyList<PlacedRule> Rules, RuleChoicesAnswer Choices, bool MayEdit);

/// <summary>The rules of one kind: a list in order, or one of them open. The address says which.</summary>
public sealed partial class RulesSection
{
    private const string RuleWord = "rule", NewRule = "new";
    // What is typed stays when the page reads again, until another rule is opened.
    private RuleForm? _form;
    private string? _opened;
    private string _refusal = "";
    private bool _isRemoving;

    [Parameter, EditorRequired] public RuleKind Kind { get; set; }

    private string Home => Kind == RuleKind.Owner ? "/settings/rules" : "/settings/splits";

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Rules or LedgerPart.Costs;

    protected override async Task<RulesAnswer> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var mayEdit = await Act.MayAsync(Policies.Administrator);
        var report = await Report.ReadAsync(cancel);
        return new RulesAnswer(report, report.Rules.Of(Kind), await Choices.ReadAsync(cancel), mayEdit);
    }

    private RuleForm? FormOf(RulesAnswer answer)
    {
        var asked = Url[RuleWord];
        if (asked == _opened && _form is not null) return _form;
        (_opened, _refusal, _isRemoving) = (asked, "", false);
        return _form = asked switch
        {
            null => null,
            NewRule => RuleForm.New(Kind),
            _ => answer.Rules.FirstOrDefault(r => FormattableString.Invariant($"{r.Id}") == asked) is { } rule ? RuleForm.Of(rule) : null,
        };
    }

    private string Lead(RulesAnswer answer)
    {
        var usd = answer.Rules.Sum(r => answer.Report.Use(r)?.Usd ?? 0);
        var what = answer.Rules.Count == 1 ? "One rule decides" : $"{answer.Rules.Count} rules decide";
        var how = Kind == RuleKind.Owner ? "The first rule in order whose conditions all hold names the owner of what no tag and no call owns. " + BorderText.Which
            : "The first rule in order whose conditions all hold splits what is left without a feature.";
        return answer.Rules.Count == 0 ? how : $"{what} {UsdText.Round(usd)} of the bill of {DayText.Days(answer.Report.From, answer.Report.To)}. {how}";
    }

    private async Task SaveAsync()
    {
        var form = _form!;
        _refusal = "";
        var isDone = await ActAsync(form.Id == 0 ? "Add the rule" : "Change the rule", form.Draft.Name,
            who => form.Id == 0 ? Desk.AddAsync(form.Draft, who) : Desk.ChangeAsync(form.Id, form.Draft, who), isEditing: true);
        if (isDone) Close();
    }

    private async Task RemoveAsync()
    {
        if (await ActAsync("Remove the rule", _form!.Draft.Name, who => Desk.RemoveAsync(Kind, _form.Id, who), isEditing: true)) Close();
    }

    private Task SwitchAsync(PlacedRule rule) => ActAsync(rule.Draft.IsEnabled ? "Switch the rule off" : "Switch the rule on", rule.Draft.Name,
        who => Desk.ChangeAsync(rule.Id, rule.Draft with { IsEnabled = !rule.Draft.IsEnabled }, who));

    private Task MoveAsync((PlacedRule Rule, int Places) move)
    {
        var ids = Reading.Answer!.Rules.Select(r => r.Id).ToList();
        var at = ids.IndexOf(move.Rule.Id);
        ids.RemoveAt(at);
        ids.Insert(Math.Clamp(at + move.Places, 0, ids.Count), move.Rule.Id);
        return ActAsync("Move the rule", move.Rule.Draft.Name, who => Desk.OrderAsync(Kind, ids, who));
    }

    private async Task<bool> ActAsync(string action, string target, Func<string, Task<RuleAnswer>> act, bool isEditing = false)
    {
        var isDone = await Act.RunAsync(Policies.Administrator, action, target, async who =>
        {
            var answer = await act(who);
            if (isEditing) _refusal = answer.Words;
            return answer.IsDone ? new ActionOutcome("The ledger is built anew where it concerns it; History can undo it.") : new ActionOutcome(answer.Words, IsDone: false);
        });
        if (!isEditing) await ReadAgainAsync();
        return isDone;
    }

    private void Close()
    {
        (_form, _opened) = (null, null);
        Links.NavigateTo(Home);
    }
}
