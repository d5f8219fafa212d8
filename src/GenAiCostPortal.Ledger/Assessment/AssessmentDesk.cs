using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>The answers being typed for a scope.</summary>
/// <param name="UpdatedAt">Null when nothing was typed since the last submission.</param>
public sealed record Draft(string Scope, IReadOnlyList<Answer> Answers, DateTime? UpdatedAt, string UpdatedBy);

/// <summary>A submission as kept, with the evidence of its day.</summary>
public sealed record Submission(
    long Id, string Scope, DateTime SubmittedAt, string SubmittedBy, IReadOnlyList<Answer> Answers, IReadOnlyList<Evidence> Evidence)
{
    public Score Score => Score.Of(Answers);
    public Score Area(AssessmentArea area) => Score.Of(Answers, area);
    public IReadOnlyList<Contradiction> Contradictions => Contradiction.Find(Answers, Evidence);
}

/// <summary>Where assessments are filled in: a draft per scope kept as typed, submissions that never change.</summary>
public sealed class AssessmentDesk(
    IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, Dimensions dimensions, EvidenceReport evidence, TimeProvider clock)
{
    /// <summary>The draft of a scope; empty when nothing was typed since the last submission.</summary>
    public async Task<Draft> DraftAsync(string scope, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await db.AssessmentDrafts.AsNoTracking().FirstOrDefaultAsync(d => d.Scope == scope, cancel) is { } draft)
            return new(scope, Answer.FromJson(draft.Answers), draft.UpdatedAt, draft.UpdatedBy);
        return new(scope, [], null, "");
    }

    /// <summary>Keeps one answer; the others stay as they are. Returns the draft as it is now.</summary>
    /// <exception cref="ArgumentException">No such question.</exception>
    public async Task<Draft> SaveAsync(string scope, Answer answer, string who, CancellationToken cancel = default)
    {
        if (Questionnaire.Find(answer.Id) is null) throw new ArgumentException($"There is no question {answer.Id}.", nameof(answer));
        if (answer.Note.Length > Answer.NoteLimit) answer = answer with { Note = answer.Note[..Answer.NoteLimit] };
        Draft saved;
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var draft = await db.AssessmentDrafts.FirstOrDefaultAsync(d => d.Scope == scope, cancel);
            if (draft is null) db.AssessmentDrafts.Add(draft = new AssessmentDraft { Scope = scope });
            var answers = Answer.FromJson(draft.Answers).Where(a => a.Id != answer.Id).Append(answer).OrderBy(a => Questionnaire.Find(a.Id)?.Number).ToList();
            (draft.Answers, draft.UpdatedAt, draft.UpdatedBy) = (Answer.ToJson(answers), clock.GetUtcNow().UtcDateTime, who);
            await db.SaveChangesAsync(cancel);
            saved = new(scope, answers, draft.UpdatedAt, who);
        }
        changes.Say(LedgerPart.Assessment);
        return saved;
    }

    /// <summary>Submits answers with the evidence as it is now, frozen; the scope's draft is done with.</summary>
    /// <exception cref="ArgumentException">No answer, an answer without a choice, one question twice or an unknown one.</exception>
    public async Task<Submission> SubmitAsync(string scope, IReadOnlyList<Answer> answers, string who, CancellationToken cancel = default)
    {
        if (answers.Count == 0) throw new ArgumentException("There is no answer to submit.", nameof(answers));
        if (answers.FirstOrDefault(a => a.Choice is null || Questionnaire.Find(a.Id) is null) is { } odd)
            throw new ArgumentException($"Question {odd.Id} has no answer, or does not exist.", nameof(answers));
        if (answers.DistinctBy(a => a.Id).Count() != answers.Count) throw new ArgumentException("A question is answered twice.", nameof(answers));
        var now = await evidence.ReadAsync(scope, cancel);
        var row = new AssessmentSubmission
        {
            Scope = scope, SubmittedAt = clock.GetUtcNow().UtcDateTime, SubmittedBy = who, Score = Score.Of(answers).Percent,
            Answers = Answer.ToJson(answers.OrderBy(a => Questionnaire.Find(a.Id)!.Number)), Evidence = Answer.ToJson(now.Evidence),
        };
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            db.AssessmentSubmissions.Add(row);
            db.AssessmentDrafts.RemoveRange(db.AssessmentDrafts.Where(d => d.Scope == scope));
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Assessment);
        return Read(row);
    }

    /// <summary>Submissions of a scope, oldest first.</summary>
    public async Task<IReadOnlyList<Submission>> HistoryAsync(string scope, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rows = await db.AssessmentSubmissions.AsNoTracking().Where(s => s.Scope == scope).OrderBy(s => s.SubmittedAt).ThenBy(s => s.Id).ToListAsync(cancel);
        return [.. rows.Select(Read)];
    }

    /// <summary>One submission, or null.</summary>
    public async Task<Submission?> OpenAsync(long id, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.AssessmentSubmissions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancel) is { } row ? Read(row) : null;
    }

    /// <summary>Teams that can be assessed on their own, besides the whole organisation.</summary>
    public async Task<IReadOnlyList<string>> ScopesAsync(CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        return [.. dimensions.All(DimensionKind.Team).Select(t => t.Name)];
    }

    private static Submission Read(AssessmentSubmission row) => new(
        row.Id, row.Scope, row.SubmittedAt, row.SubmittedBy, Answer.FromJson(row.Answers), Answer.EvidenceFromJson(row.Evidence));
}
