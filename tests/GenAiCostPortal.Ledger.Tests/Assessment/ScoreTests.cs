using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GenAiCostPortal.Ledger.Assessment;

public sealed class ScoreTests
{
    private static readonly Arbitrary<Answer[]> Answers = (
        from choices in Gen.Choose(0, 4).ArrayOf(Questionnaire.Questions.Count)
        select choices.Select((c, i) => new Answer(Questionnaire.Questions[i].Id, c == 4 ? null : (AnswerChoice)c)).ToArray()).ToArbitrary();

    [Fact]
    public void There_are_sixteen_questions_four_to_an_area_with_stable_ids()
    {
        Assert.Equal("V1 V2 V3 V4 A1 A2 A3 A4 O1 O2 O3 O4 G1 G2 G3 G4", string.Join(' ', Questionnaire.Questions.Select(q => q.Id)));
        Assert.Equal(Enumerable.Range(1, 16), Questionnaire.Questions.Select(q => q.Number));
        Assert.All(Questionnaire.Questions.GroupBy(q => q.Area), area => Assert.Equal(4, area.Count()));
        Assert.All(Questionnaire.Questions, q => Assert.Equal(q.Area == AssessmentArea.Architecture ? Polarity.YesIsBad : Polarity.YesIsGood, q.Polarity));
        Assert.All(Questionnaire.Questions, q => Assert.True(q.Text.EndsWith('?') && q.Guidance.Length > 0 && q.HowMeasured.Length > 0 && q.Playbook.Steps.Count > 0));
    }

    [Fact]
    public void In_architecture_no_is_the_good_answer()
    {
        Assert.Equal(new Score(1, 1), Score.Of([new("A4", AnswerChoice.No)]));
        Assert.Equal(new Score(0, 1), Score.Of([new("A4", AnswerChoice.Yes)]));
        Assert.Equal(new Score(1, 1), Score.Of([new("V1", AnswerChoice.Yes)]));
    }

    [Fact]
    public void Not_sure_counts_as_not_good_and_not_applicable_does_not_count()
    {
        Assert.Equal(new Score(1, 2), Score.Of([new("V1", AnswerChoice.Yes), new("V2", AnswerChoice.NotSure), new("V3", AnswerChoice.NotApplicable)]));
        Assert.Null(Score.Of([new("V3", AnswerChoice.NotApplicable)]).Percent);
        Assert.Null(Score.Of([]).Band);
    }

    // The bands of algorithms §12: [0,50) [50,80) [80,95) [95,100].
    [Theory]
    [InlineData(0, 16, ScoreBand.BlindSpots)]
    [InlineData(7, 15, ScoreBand.BlindSpots)]
    [InlineData(1, 2, ScoreBand.Emerging)]
    [InlineData(11, 14, ScoreBand.Emerging)]
    [InlineData(4, 5, ScoreBand.Managed)]
    [InlineData(15, 16, ScoreBand.Managed)]
    [InlineData(19, 20, ScoreBand.ProfitFirst)]
    [InlineData(16, 16, ScoreBand.ProfitFirst)]
    public void A_border_belongs_to_the_band_above_it(int good, int applicable, ScoreBand band) => Assert.Equal(band, new Score(good, applicable).Band);

    [Fact]
    public void The_areas_add_up_to_the_whole() => Prop.ForAll(Answers, answers =>
    {
        var areas = Enum.GetValues<AssessmentArea>().Select(a => Score.Of(answers, a)).ToList();
        return new Score(areas.Sum(a => a.Good), areas.Sum(a => a.Applicable)) == Score.Of(answers);
    }).Holds();

    [Fact]
    public void A_score_lies_between_nothing_and_all_and_a_better_answer_never_lowers_it() => Prop.ForAll(Answers, answers =>
    {
        var score = Score.Of(answers);
        if (score.Percent is < 0 or > 100) return false;
        return Questionnaire.Questions.Where(q => answers.Any(a => a.Id == q.Id && a.Choice is AnswerChoice.Yes or AnswerChoice.No or AnswerChoice.NotSure)).All(q =>
        {
            var good = q.Polarity == Polarity.YesIsGood ? AnswerChoice.Yes : AnswerChoice.No;
            return Score.Of(answers.Select(a => a.Id == q.Id ? a with { Choice = good } : a)).Percent >= score.Percent;
        });
    }).Holds();

    [Theory]
    [InlineData(AnswerChoice.Yes, EvidenceState.MeasuredNo, true)]
    [InlineData(AnswerChoice.No, EvidenceState.MeasuredYes, true)]
    [InlineData(AnswerChoice.Yes, EvidenceState.MeasuredYes, false)]
    [InlineData(AnswerChoice.No, EvidenceState.MeasuredNo, false)]
    [InlineData(AnswerChoice.Yes, EvidenceState.NotMeasurable, false)]
    [InlineData(AnswerChoice.No, EvidenceState.NotMeasurable, false)]
    [InlineData(AnswerChoice.NotSure, EvidenceState.MeasuredNo, false)]
    [InlineData(AnswerChoice.NotApplicable, EvidenceState.MeasuredYes, false)]
    public void Only_a_measurement_can_contradict_and_only_a_plain_answer_can_be_contradicted(AnswerChoice answer, EvidenceState state, bool contradicts)
    {
        var found = Contradiction.Find([new("A4", answer)], [new("A4", state, 0.1, 0.02, "x")]);
        Assert.Equal(contradicts, found.Count == 1);
    }

    [Fact]
    public void The_next_actions_are_the_bad_answers_dearest_first_then_those_not_sure()
    {
        Answer[] answers = [new("V1", AnswerChoice.No), new("V2", AnswerChoice.NotSure), new("A4", AnswerChoice.Yes), new("G1", AnswerChoice.Yes), new("G4", AnswerChoice.No)];
        var actions = NextAction.Of(answers, [new("A4", EvidenceState.MeasuredYes, 0.1, 0.02, "x", "", 316.25m)], 10);
        Assert.Equal(["A4", "V1", "G4", "V2"], actions.Select(a => a.Question.Id));
    }
}
