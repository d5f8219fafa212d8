using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>What Larkfield declares where nothing is measured: a split of the guardrail checks that carry no tag, and who answers for us-west-2.</summary>
internal static class LarkfieldRules
{
    private const string Who = "Sample";

    /// <summary>Days that the second rule reaches back: before it nobody answered for that region.</summary>
    public const int DeclaredDays = 7;

    /// <summary>Team that runs the reports of us-west-2.</summary>
    public const string ReportsTeam = "Reporting";

    public static IEnumerable<RuleDraft> Of(SampleCalendar calendar) =>
    [
        new OwnerRuleDraft
        {
            Name = "Reports in us-west-2 (sample)", Team = ReportsTeam, EffectiveFrom = calendar.Today.AddDays(-DeclaredDays),
            Conditions = [new RuleCondition(RuleSubject.Account, RuleMatch.Is, Larkfield.Production.Id), new RuleCondition(RuleSubject.Region, RuleMatch.Is, "us-west-2")],
        },
        new SplitRuleDraft
        {
            Name = "Sensitive-information checks of support (sample)", Basis = SplitBasis.Fixed,
            Conditions = [new RuleCondition(RuleSubject.UsageType, RuleMatch.Contains, "SensitiveInformation")],
            Shares = new SortedDictionary<string, decimal>(StringComparer.Ordinal) { ["support-copilot"] = 0.75m, ["ticket-triage"] = 0.25m },
        },
    ];

    /// <summary>Adds the rules as a person would.</summary>
    public static async Task AddAsync(RuleDesk desk, SampleCalendar calendar, CancellationToken cancel)
    {
        foreach (var rule in Of(calendar))
            if (await desk.AddAsync(rule, Who, null, cancel) is { IsDone: false } answer) throw new InvalidOperationException($"The sample's rule was refused: {answer.Words}");
    }
}
