using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Assessment;

namespace GenAiCostPortal.Api;

/// <summary>The questionnaire with its evidence, and submissions.</summary>
internal static class AssessmentApi
{
    public sealed record EvidenceItem(EvidenceState State, double? Value, double? Threshold, string Text, string Note);
    public sealed record QuestionItem(string Id, AssessmentArea Area, string Text, Polarity Polarity, EvidenceItem Evidence);
    public sealed record QuestionsAnswer(DateTime AsOf, string Hint, IReadOnlyList<QuestionItem> Questions);
    public sealed record GivenAnswer(string? Id, string? Answer, string? Note);
    public sealed record SubmissionRequest(string? Scope, IReadOnlyList<GivenAnswer>? Answers);
    public sealed record AreaScore(AssessmentArea Area, double? Score, string? Band);
    public sealed record SubmissionAnswer(long Id, double? Score, IReadOnlyList<AreaScore> Areas, string? Band, IReadOnlyList<string> Contradictions);

    public static void MapAssessment(this IEndpointRouteBuilder api)
    {
        api.MapGet("/assessment", Questions).WithTags("Assessment").Produces<QuestionsAnswer>();
        api.MapPost("/assessment/submissions", Submit).RequireAuthorization(Policies.Analyst).WithTags("Assessment").Produces<SubmissionAnswer>();
    }

    private static async Task<IResult> Questions(EvidenceReport report, string? scope, CancellationToken cancel)
    {
        var evidence = await report.ReadAsync(scope ?? "", cancel);
        return Results.Ok(new QuestionsAnswer(evidence.AsOf, evidence.Hint, [.. Questionnaire.Questions.Select(q =>
        {
            var e = evidence.Evidence.First(x => x.Id == q.Id);
            return new QuestionItem(q.Id, q.Area, q.Text, q.Polarity, new EvidenceItem(e.State, e.Value, e.Threshold, e.Text, e.Note));
        })]));
    }

    private static async Task<IResult> Submit(HttpContext context, AssessmentDesk desk, ActionLog log, SubmissionRequest request)
    {
        var mistakes = new QueryMistakes();
        var answers = Read(request, mistakes);
        if (mistakes.Any) return mistakes.ToResult();
        var who = context.User.Identity?.Name ?? "";
        var submission = await desk.SubmitAsync(request.Scope?.Trim() ?? "", answers, who, context.RequestAborted);
        await log.WriteAsync(who, "Submit the assessment", submission.Scope, "done", context.RequestAborted);
        return Results.Ok(new SubmissionAnswer(
            submission.Id, submission.Score.Percent,
            [.. Enum.GetValues<AssessmentArea>().Select(a => new AreaScore(a, submission.Area(a).Percent, BandOf(submission.Area(a))))],
            BandOf(submission.Score), [.. submission.Contradictions.Select(c => c.Question.Id)]));
    }

    private static List<Answer> Read(SubmissionRequest request, QueryMistakes mistakes)
    {
        var answers = new List<Answer>();
        if (request.Answers is not { Count: > 0 }) mistakes.Add("answers", "Give at least one answer.");
        foreach (var given in request.Answers ?? [])
        {
            if (given.Id is null || Questionnaire.Find(given.Id) is null) mistakes.Add("answers.id", $"There is no question '{given.Id}'.");
            else if (answers.Any(a => a.Id == given.Id)) mistakes.Add("answers.id", $"Question {given.Id} is answered twice.");
            else if (given.Answer is not { Length: > 0 } text || char.IsAsciiDigit(text[0]) || !Enum.TryParse<AnswerChoice>(text, ignoreCase: true, out var choice) || !Enum.IsDefined(choice))
                mistakes.Add("answers.answer", $"'{given.Answer}' is not one of {string.Join(", ", Enum.GetNames<AnswerChoice>())}.");
            else if (given.Note is { Length: > Answer.NoteLimit }) mistakes.Add("answers.note", $"A note has at most {Answer.NoteLimit} characters.");
            else answers.Add(new Answer(given.Id, choice, given.Note ?? ""));
        }
        return answers;
    }

    private static string? BandOf(Score score) => score.Band is { } band ? Score.Words(band) : null;
}
