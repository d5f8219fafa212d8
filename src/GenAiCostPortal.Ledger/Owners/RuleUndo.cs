using System.Text.Json;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Takes a change of the rules back, if nothing has changed the same rule since.</summary>
internal static class RuleUndo
{
    /// <param name="later">The newest later change of the same rule (or order), if there is one.</param>
    public static RuleAnswer Undo(RuleEdit edit, RuleChange change, RuleChange? later)
    {
        if (change.UndoneAt is { } at) return RuleAnswer.Refused(FormattableString.Invariant($"It was undone already on {at:d MMM yyyy HH:mm} (UTC)."));
        var kind = Enum.Parse<RuleKind>(change.Kind);
        if (change.RuleId == 0) return Order(edit, kind, change, later);
        var now = edit.Find(kind, change.RuleId);
        var (before, after) = (Sheet(change.Before), Sheet(change.After));
        if (!Same(now is null ? null : edit.Sheet(now), after)) return Changed(later, now is null ? "The rule was removed since" : "The rule has changed since");
        if (before is null) return edit.Remove(kind, change.RuleId);
        var draft = before.Read(kind);
        return now is null ? edit.Add(draft, before.Position, change.RuleId) : edit.Change(change.RuleId, draft);
    }

    private static RuleAnswer Order(RuleEdit edit, RuleKind kind, RuleChange change, RuleChange? later)
    {
        var (before, after) = (Ids(change.Before), Ids(change.After));
        return edit.Of(kind).Select(r => r.Id).SequenceEqual(after) ? edit.Order(kind, before) : Changed(later, "Rules were added, removed or moved since");
    }

    private static RuleAnswer Changed(RuleChange? later, string what) =>
        RuleAnswer.Refused(later is null ? $"{what}." : FormattableString.Invariant($"{what}, by {later.Who} on {later.At:d MMM yyyy HH:mm} (UTC). Undo that change first."));

    // The place in the order is no part of what a rule says: other rules come and go.
    private static bool Same(RuleSheet? a, RuleSheet? b) => (a is null) == (b is null) && (a is null || (a with { Position = null }).ToJson() == (b! with { Position = null }).ToJson());

    private static RuleSheet? Sheet(string? json) => json is null ? null : RuleSheet.FromJson(json);
    private static int[] Ids(string? json) => json is null ? [] : JsonSerializer.Deserialize<int[]>(json) ?? [];
}
