namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>What the portal's own figures say of a question's literal "yes".</summary>
public enum EvidenceState { MeasuredYes, MeasuredNo, NotMeasurable }

/// <summary>Evidence beside a question; frozen into a submission.</summary>
/// <param name="Value">0–1 for shares; null when not measurable.</param>
/// <param name="Threshold">What the value is held against; null when not measurable.</param>
/// <param name="Text">One line.</param>
/// <param name="Note">Second line: period, remainder, or why it cannot be measured.</param>
/// <param name="CostUsd">Dollars behind a bad finding; null when not measured.</param>
public sealed record Evidence(
    string Id, EvidenceState State, double? Value, double? Threshold, string Text, string Note = "", decimal? CostUsd = null)
{
    /// <summary>The words for what has no measurement.</summary>
    public const string NotMeasurableYet = "not measurable yet";

    /// <summary>Holds a share of 0–1 against its threshold; at the threshold counts as met.</summary>
    public static Evidence Share(string id, decimal share, decimal threshold, string text, string note, decimal? costUsd = null) => new(
        id, share >= threshold ? EvidenceState.MeasuredYes : EvidenceState.MeasuredNo, (double)share, (double)threshold, text, note, costUsd);

    /// <summary>Evidence that cannot be had, and why.</summary>
    public static Evidence None(string id, string why) => new(id, EvidenceState.NotMeasurable, null, null, NotMeasurableYet, why);
}

/// <summary>All evidence of one scope at one time.</summary>
/// <param name="From">First day of the window.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Hint">Set when GenAI cost is one aggregated line; empty otherwise.</param>
public sealed record EvidenceAnswer(DateTime AsOf, DateOnly From, DateOnly To, IReadOnlyList<Evidence> Evidence, string Hint);
