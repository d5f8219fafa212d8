using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Assessment;
using GenAiCostPortal.Ledger.Store;
using Microsoft.JSInterop;

namespace GenAiCostPortal.Pages.Assessment;

/// <summary>The self-assessment: sixteen questions with what was measured beside them. Every answer is kept as it is given.</summary>
public sealed partial class AssessmentPage
{
    // What the person has just chosen; the store's draft takes its place when it has been read again.
    private IReadOnlyList<Answer>? _shown;
    private bool _submitting;

    private string Scope => Url["scope"] ?? "";

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Assessment or LedgerPart.Costs;

    protected override async Task<AssessmentAnswer> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var scope = url["scope"] ?? "";
        return new AssessmentAnswer(
            await Desk.DraftAsync(scope, cancel), await Evidence.ReadAsync(scope, cancel), await Desk.HistoryAsync(scope, cancel), await Desk.ScopesAsync(cancel));
    }

    protected override void Answered(AssessmentAnswer answer) => _shown = null;

    private string Sub => Reading.Answer is not { } answer ? "Sixteen questions in four areas" : string.Join(" · ", new[]
    {
        answer.Draft.UpdatedAt is { } at ? $"Draft of {DayText.Day(DateOnly.FromDateTime(at))} by {answer.Draft.UpdatedBy}" : "No draft yet",
        $"{answer.Answered} of {Questionnaire.Questions.Count} answered",
        answer.Last is { } last ? $"last submitted {DayText.Day(DateOnly.FromDateTime(last.SubmittedAt))}" : "never submitted",
    });

    private string Saved(AssessmentAnswer answer) => answer.Draft.UpdatedAt is { } at ? $"saved {DayText.Moment(at, Now)}" : "";

    private static string MeasuredDays(AssessmentAnswer answer) => DayText.Days(answer.Measured.From, answer.Measured.To);

    private async Task SaveAsync(Answer answer)
    {
        if (Reading.Answer is not { } now) return;
        _shown = [.. (_shown ?? now.Answers).Where(a => a.Id != answer.Id), answer];
        var isSaved = await Act.RunAsync(Policies.Analyst, "Answer a question", answer.Id, async who =>
        {
            await Desk.SaveAsync(Scope, answer, who);
            return new ActionOutcome("saved");
        }, isQuiet: true, isLogged: false);
        if (!isSaved) _shown = null;
        await ReadAgainAsync();
    }

    private async Task SubmitAsync()
    {
        if (Reading.Answer is not { Open.Count: 0 } now || _submitting) return;
        _submitting = true;
        Submission? submission = null;
        await Act.RunAsync(Policies.Analyst, "Submit the assessment", Scope.Length == 0 ? "whole organisation" : Scope, async who =>
        {
            submission = await Desk.SubmitAsync(Scope, now.Answers, who);
            return new ActionOutcome($"Submitted with {AnswerText.Percent(submission.Score)}: {AnswerText.Band(submission.Score)}. The evidence is frozen with it.");
        });
        _submitting = false;
        if (submission is not null) Addresses.NavigateTo($"/assessment/{submission.Id}");
    }

    private async Task PrintAsync() => await Script.InvokeVoidAsync("print");
}
