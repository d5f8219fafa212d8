using GenAiCostPortal.Ledger.Assessment;

namespace GenAiCostPortal.Pages.Assessment;

/// <summary>All that the assessment shows: what is being answered, what was measured, what was submitted before.</summary>
public sealed record AssessmentAnswer(Draft Draft, EvidenceAnswer Measured, IReadOnlyList<Submission> History, IReadOnlyList<string> Scopes)
{
    public IReadOnlyList<Answer> Answers => Draft.Answers;
    public Submission? Last => History.Count > 0 ? History[^1] : null;
    public int Answered => Answers.Count(a => a.Choice is not null);
    public IReadOnlyList<Question> Open => [.. Questionnaire.Questions.Where(q => Answers.All(a => a.Id != q.Id || a.Choice is null))];
}

/// <summary>A submission that was asked for with the one before it; null when there is none.</summary>
public sealed record OpenedSubmission(Submission? Submission, IReadOnlyList<Submission> History);

/// <summary>Answers and evidence in words.</summary>
internal static class AnswerText
{
    public static readonly IReadOnlyList<(AnswerChoice Choice, string Label)> Choices =
        [(AnswerChoice.Yes, "Yes"), (AnswerChoice.No, "No"), (AnswerChoice.NotSure, "Not sure"), (AnswerChoice.NotApplicable, "N/A")];

    public static string Of(AnswerChoice choice) => choice == AnswerChoice.NotApplicable ? "not applicable" : choice == AnswerChoice.NotSure ? "not sure" : choice.ToString().ToLowerInvariant();

    public static string Percent(Score score) => score.Percent is { } percent ? Percent(percent) : "–";

    /// <summary>Whole per cent. With sixteen questions no score below a band's border rounds up to it.</summary>
    public static string Percent(double percent) => Whole(percent).ToString(System.Globalization.CultureInfo.InvariantCulture) + "\u00a0%";

    public static int Whole(double percent) => (int)Math.Round(percent, MidpointRounding.AwayFromZero);

    public static string Band(Score score) => score.Band is { } band ? Score.Words(band) : "no score";

    /// <summary>Shape and colour of evidence: green where it speaks for the good answer, amber where against, a ring where nothing is measured.</summary>
    public static string Css(Question question, Evidence evidence) => evidence.State switch
    {
        EvidenceState.NotMeasurable => "off",
        EvidenceState.MeasuredYes => question.Polarity == Polarity.YesIsGood ? "good" : "warn",
        _ => question.Polarity == Polarity.YesIsGood ? "warn" : "good",
    };

    /// <summary>Answers with each contradicted one replaced by what was measured.</summary>
    public static IEnumerable<Answer> ByEvidence(IReadOnlyList<Answer> answers, IReadOnlyList<Contradiction> contradictions) =>
        answers.Select(a => contradictions.FirstOrDefault(c => c.Question.Id == a.Id) is { } c
            ? a with { Choice = c.Evidence.State == EvidenceState.MeasuredYes ? AnswerChoice.Yes : AnswerChoice.No } : a);
}
