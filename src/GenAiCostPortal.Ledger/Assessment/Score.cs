namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>How mature, in four steps (algorithms §12).</summary>
public enum ScoreBand { BlindSpots, Emerging, Managed, ProfitFirst }

/// <summary>Good answers of applicable ones. Questions without an answer are in neither.</summary>
public readonly record struct Score(int Good, int Applicable)
{
    /// <summary>Percent, 0–100; null when nothing is applicable.</summary>
    public double? Percent => Applicable == 0 ? null : 100.0 * Good / Applicable;

    /// <summary>Below 50 %, 80 %, 95 % and from there; compared in whole numbers, so a border belongs to the band above it.</summary>
    public ScoreBand? Band => Applicable == 0 ? null
        : Good * 100 < 50 * Applicable ? ScoreBand.BlindSpots
        : Good * 100 < 80 * Applicable ? ScoreBand.Emerging
        : Good * 100 < 95 * Applicable ? ScoreBand.Managed
        : ScoreBand.ProfitFirst;

    /// <summary>The score of some answers; of one area, or of all with null.</summary>
    public static Score Of(IEnumerable<Answer> answers, AssessmentArea? area = null)
    {
        var (good, applicable) = (0, 0);
        foreach (var answer in answers)
        {
            if (answer.Choice is not { } choice || Questionnaire.Find(answer.Id) is not { } question) continue;
            if (choice == AnswerChoice.NotApplicable || (area is { } only && question.Area != only)) continue;
            applicable++;
            if (question.IsGood(choice)) good++;
        }
        return new Score(good, applicable);
    }

    /// <summary>The band's name as people read it.</summary>
    public static string Words(ScoreBand band) => band switch
    {
        ScoreBand.BlindSpots => "Blind spots",
        ScoreBand.Emerging => "Emerging",
        ScoreBand.Managed => "Managed",
        _ => "Profit-first",
    };
}

/// <summary>An answer that the measured evidence denies.</summary>
public sealed record Contradiction(Question Question, Answer Answer, Evidence Evidence)
{
    /// <summary>
    /// Answers that say the opposite of what was measured. Evidence that is not measurable neither agrees nor contradicts, and
    /// "not sure" and "not applicable" deny nothing.
    /// </summary>
    public static IReadOnlyList<Contradiction> Find(IEnumerable<Answer> answers, IReadOnlyList<Evidence> evidence)
    {
        var found = new List<Contradiction>();
        foreach (var answer in answers)
        {
            if (Questionnaire.Find(answer.Id) is not { } question || evidence.FirstOrDefault(e => e.Id == answer.Id) is not { } measured) continue;
            if ((answer.Choice, measured.State) is (AnswerChoice.Yes, EvidenceState.MeasuredNo) or (AnswerChoice.No, EvidenceState.MeasuredYes))
                found.Add(new(question, answer, measured));
        }
        return [.. found.OrderBy(c => c.Question.Number)];
    }
}

/// <summary>What to do next: the playbook of a bad answer.</summary>
/// <param name="CostUsd">Measured cost behind it, USD; null when none is measured.</param>
public sealed record NextAction(Question Question, Answer Answer, decimal? CostUsd)
{
    /// <summary>Bad answers: the largest measured cost first, then plain bad answers before "not sure", then by number.</summary>
    public static IReadOnlyList<NextAction> Of(IEnumerable<Answer> answers, IReadOnlyList<Evidence> evidence, int count = 3) =>
    [
        .. answers
            .Where(a => a.Choice is { } choice && choice != AnswerChoice.NotApplicable && Questionnaire.Find(a.Id) is { } q && !q.IsGood(choice))
            .Select(a => new NextAction(Questionnaire.Find(a.Id)!, a, evidence.FirstOrDefault(e => e.Id == a.Id)?.CostUsd))
            .OrderByDescending(n => n.CostUsd ?? 0).ThenBy(n => n.Answer.Choice == AnswerChoice.NotSure).ThenBy(n => n.Question.Number)
            .Take(count),
    ];
}
