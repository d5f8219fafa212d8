namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>Answers being typed. Key: scope (empty = the whole organisation).</summary>
public sealed class AssessmentDraft
{
    public required string Scope { get; set; }
    /// <summary>JSON: answers by question id.</summary>
    public string Answers { get; set; } = "[]";
    public DateTime UpdatedAt { get; set; }
    public string UpdatedBy { get; set; } = "";
}

/// <summary>A submitted assessment with the evidence as it was. Never changed.</summary>
public sealed class AssessmentSubmission
{
    public long Id { get; set; }
    public required string Scope { get; set; }
    public DateTime SubmittedAt { get; set; }
    public string SubmittedBy { get; set; } = "";
    /// <summary>Percent 0–100; null when nothing was applicable.</summary>
    public double? Score { get; set; }
    public string Answers { get; set; } = "[]";
    /// <summary>JSON: evidence per question, frozen.</summary>
    public string Evidence { get; set; } = "[]";
}
