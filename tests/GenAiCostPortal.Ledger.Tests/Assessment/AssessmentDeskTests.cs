using GenAiCostPortal.Ledger.Traces;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Assessment;

public sealed class AssessmentDeskTests
{
    [Fact]
    public async Task A_draft_keeps_each_answer_as_typed_and_changes_only_the_one_given()
    {
        await using var store = await TraceStore.OpenAsync();
        var desk = store.Get<AssessmentDesk>();
        await desk.SaveAsync("", new("V2", AnswerChoice.No, "Nova Pro"), "Ada");
        await desk.SaveAsync("", new("V1", AnswerChoice.Yes), "Ada");
        await desk.SaveAsync("", new("V2", AnswerChoice.NotSure, "Nova Pro, Llama"), "Ben");
        var draft = await desk.DraftAsync("");
        Assert.Equal([new Answer("V1", AnswerChoice.Yes), new Answer("V2", AnswerChoice.NotSure, "Nova Pro, Llama")], draft.Answers);
        Assert.Equal("Ben", draft.UpdatedBy);
        Assert.Empty((await desk.DraftAsync("platform")).Answers);
    }

    [Fact]
    public async Task Answers_typed_at_the_same_time_are_all_kept()
    {
        await using var store = await TraceStore.OpenAsync();
        var desk = store.Get<AssessmentDesk>();
        await Task.WhenAll(Questionnaire.Questions.Select(q => desk.SaveAsync("", new(q.Id, AnswerChoice.Yes), "Ada")));
        Assert.Equal(16, (await desk.DraftAsync("")).Answers.Count);
    }

    [Fact]
    public async Task An_unknown_question_and_an_empty_submission_are_refused()
    {
        await using var store = await TraceStore.OpenAsync();
        var desk = store.Get<AssessmentDesk>();
        await Assert.ThrowsAsync<ArgumentException>(() => desk.SaveAsync("", new("X9", AnswerChoice.Yes), "Ada"));
        await Assert.ThrowsAsync<ArgumentException>(() => desk.SubmitAsync("", [], "Ada"));
        await Assert.ThrowsAsync<ArgumentException>(() => desk.SubmitAsync("", [new("V1", null, "only a note")], "Ada"));
        await Assert.ThrowsAsync<ArgumentException>(() => desk.SubmitAsync("", [new("V1", AnswerChoice.Yes), new("V1", AnswerChoice.No)], "Ada"));
        await using var db = store.Db();
        Assert.Equal(0, await db.AssessmentSubmissions.CountAsync());
    }

    [Fact]
    public async Task A_submission_freezes_answers_and_evidence_and_ends_the_draft()
    {
        await using var store = await TraceStore.OpenAsync();
        var desk = store.Get<AssessmentDesk>();
        await desk.SaveAsync("platform", new("V1", AnswerChoice.Yes, "by tag"), "Ada");
        var submitted = await desk.SubmitAsync("platform", [new("V1", AnswerChoice.Yes, "by tag"), new("A1", AnswerChoice.Yes)], "Ada");
        Assert.Equal(new Score(1, 2), submitted.Score);
        Assert.Equal(16, submitted.Evidence.Count);
        Assert.Empty((await desk.DraftAsync("platform")).Answers);
        var read = await desk.OpenAsync(submitted.Id);
        Assert.Equal(submitted.Answers, read!.Answers);
        Assert.Equal(submitted.Evidence, read.Evidence);
        Assert.Equal([submitted.Id], (await desk.HistoryAsync("platform")).Select(s => s.Id));
        Assert.Empty(await desk.HistoryAsync(""));
        Assert.Null(await desk.OpenAsync(999));
    }
}
