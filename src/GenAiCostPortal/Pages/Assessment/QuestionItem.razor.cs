using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Assessment;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages.Assessment;

/// <summary>One question with its answer, note and evidence. A note is kept a moment after the last key, and when it is left.</summary>
public sealed partial class QuestionItem
{
    private static readonly TimeSpan KeepsAfter = TimeSpan.FromMilliseconds(700);
    private string _note = "";
    private bool _isTyping;
    private bool _isNoteOpen;
    private ITimer? _timer;

    [Inject] private TimeProvider Time { get; set; } = default!;
    [Parameter, EditorRequired] public Question Question { get; set; } = default!;
    [Parameter] public Answer? Answer { get; set; }
    [Parameter] public Evidence? Evidence { get; set; }
    [Parameter] public Contradiction? Contradiction { get; set; }
    [Parameter] public bool IsReadOnly { get; set; }
    [Parameter] public EventCallback<Answer> OnAnswer { get; set; }

    // What is being typed is never overwritten by what the store had before.
    protected override void OnParametersSet()
    {
        if (!_isTyping) _note = Answer?.Note ?? "";
    }

    private Task ChooseAsync(AnswerChoice choice) => OnAnswer.InvokeAsync(new Answer(Question.Id, choice, _note));

    private void Typed(ChangeEventArgs change)
    {
        (_note, _isTyping) = ((string?)change.Value ?? "", true);
        _timer ??= Time.CreateTimer(_ => _ = InvokeAsync(KeepNoteAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(KeepsAfter, Timeout.InfiniteTimeSpan);
    }

    private async Task KeepNoteAsync()
    {
        if (!_isTyping) return;
        _isTyping = false;
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await OnAnswer.InvokeAsync(new Answer(Question.Id, Answer?.Choice, _note));
    }

    private IReadOnlyList<(string, string)> EvidenceInputs => Evidence is null ? [] :
    [
        ("State", Evidence.State switch { EvidenceState.MeasuredYes => "measured yes", EvidenceState.MeasuredNo => "measured no", _ => "not measurable" }),
        ("Value", Evidence.Value is { } value ? Shown(value) : "unknown"), ("Threshold", Evidence.Threshold is { } threshold ? Shown(threshold) : "none"),
        .. Evidence.CostUsd is { } usd ? new[] { ("Dollars concerned", UsdText.Exact(usd)) } : [],
    ];

    // Shares are 0–1; counts and hours are above.
    private static string Shown(double value) => value is >= 0 and <= 1 ? NumberText.Share((decimal)value) : value.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose() => _timer?.Dispose();
}
