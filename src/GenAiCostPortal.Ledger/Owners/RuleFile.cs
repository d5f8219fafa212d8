using System.Text.Json;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>All rules as one JSON file: the same rules always give the same text, and reading it back gives the same rules.</summary>
public sealed record RuleFile(IReadOnlyList<OwnerRuleDraft> Owners, IReadOnlyList<SplitRuleDraft> Splits)
{
    /// <summary>The only version so far.</summary>
    public const int Version = 1;
    private const string Format = "genai-cost-portal-rules";
    private static readonly JsonSerializerOptions Json = new(RuleSheet.Json) { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    private sealed record Page(string? Format, int? Version, IReadOnlyList<RuleSheet>? OwnerRules, IReadOnlyList<RuleSheet>? SplitRules);

    /// <summary>The drafts of a kind, in their order.</summary>
    public IReadOnlyList<RuleDraft> Of(RuleKind kind) => kind == RuleKind.Owner ? Owners : Splits;

    /// <summary>The file of these rules.</summary>
    public static string Write(RuleLists rules) =>
        JsonSerializer.Serialize(new Page(Format, Version, [.. rules.Owners.Select(r => RuleSheet.Of(r.Draft))], [.. rules.Splits.Select(r => RuleSheet.Of(r.Draft))]), Json) + "\n";

    /// <summary>Reads a file; null when it cannot be used, then <paramref name="mistakes"/> says why by place (<c>ownerRules[2].conditions</c>).</summary>
    public static RuleFile? Read(string text, IDictionary<string, string> mistakes)
    {
        if (PageOf(text, mistakes) is not { } page) return null;
        if (page.Format != Format || page.Version is null) mistakes["file"] = $"It is no file of rules: it must say \"format\": \"{Format}\" and \"version\": {Version}.";
        else if (page.Version != Version) mistakes["file"] = $"It is of version {page.Version}; this portal reads version {Version}.";
        var file = new RuleFile(
            [.. Drafts(page.OwnerRules, RuleKind.Owner, "ownerRules", mistakes).Cast<OwnerRuleDraft>()], [.. Drafts(page.SplitRules, RuleKind.Split, "splitRules", mistakes).Cast<SplitRuleDraft>()]);
        return mistakes.Count == 0 ? file : null;
    }

    private static Page? PageOf(string text, IDictionary<string, string> mistakes)
    {
        try
        {
            if (JsonSerializer.Deserialize<Page>(text, Json) is { } page) return page;
            mistakes["file"] = "The file is empty.";
        }
        catch (JsonException wrong)
        {
            var place = wrong.Path is { Length: > 2 } path ? $" at {path[2..]}" : "";
            mistakes["file"] = FormattableString.Invariant($"The file cannot be read{place}{(wrong.LineNumber is { } line ? $", line {line + 1}" : "")}: it is not JSON, or has a word that no rule has.");
        }
        return null;
    }

    private static List<RuleDraft> Drafts(IReadOnlyList<RuleSheet>? sheets, RuleKind kind, string place, IDictionary<string, string> mistakes)
    {
        var drafts = new List<RuleDraft>();
        if (sheets?.Count > RuleCheck.RulesAtMost) mistakes[place] = $"At most {RuleCheck.RulesAtMost} rules of a kind are kept.";
        foreach (var sheet in sheets ?? [])
        {
            var ofRule = new Dictionary<string, string>();
            var draft = sheet is null ? null : sheet.Read(kind, ofRule);
            if (draft is null) ofRule["name"] = "It is empty.";
            else if (drafts.Exists(d => d.Name.Equals(draft.Name, StringComparison.OrdinalIgnoreCase))) ofRule.TryAdd("name", $"The name {draft.Name} is there twice.");
            foreach (var (field, wrong) in ofRule) mistakes[FormattableString.Invariant($"{place}[{drafts.Count}].{field}")] = wrong;
            drafts.Add(draft ?? new OwnerRuleDraft());
        }
        return drafts;
    }
}

/// <summary>What an import does to a rule.</summary>
public enum RuleImportKind { Added, Changed, Removed, Moved }

/// <summary>One step of an import.</summary>
/// <param name="Name">Of the rule; empty for the order.</param>
/// <param name="Text">The rule, or what it says otherwise.</param>
public sealed record RuleImportStep(RuleKind Kind, RuleImportKind What, string Name, string Text);

/// <summary>Makes the rules those of a file; rules are told apart by their names.</summary>
internal static class RuleImport
{
    public static void Into(RuleEdit edit, RuleFile file)
    {
        foreach (var kind in Enum.GetValues<RuleKind>())
        {
            var wanted = file.Of(kind);
            foreach (var gone in edit.Of(kind).Where(r => !wanted.Any(w => w.Name.Equals(r.Draft.Name, StringComparison.OrdinalIgnoreCase))).ToArray()) edit.Remove(kind, gone.Id);
            foreach (var draft in wanted)
            {
                var answer = edit.Find(kind, draft.Name) is { } known ? edit.Change(known.Id, draft) : edit.Add(draft);
                // The file was checked as a whole before: what fails here is a mistake of ours, not of the file.
                if (!answer.IsDone) throw new InvalidOperationException($"Rule {draft.Name} of a checked file was refused: {answer.Words}");
            }
            edit.Order(kind, [.. wanted.Select(w => edit.Find(kind, w.Name)!)]);
        }
    }

    public static IReadOnlyList<RuleImportStep> Describe(IEnumerable<RuleStep> steps) =>
    [
        .. steps.Select(s => s switch
        {
            { Rule: null } => new RuleImportStep(s.Kind, RuleImportKind.Moved, "", "The order is that of the file."),
            { Before: null } => new RuleImportStep(s.Kind, RuleImportKind.Added, s.Rule.Draft.Name, RuleWords.Whole(s.Rule.Draft)),
            { After: null } => new RuleImportStep(s.Kind, RuleImportKind.Removed, s.Rule.Draft.Name, RuleWords.Whole(s.Rule.Draft)),
            _ => new RuleImportStep(s.Kind, RuleImportKind.Changed, s.Rule.Draft.Name, RuleWords.Difference(s.Before.Read(s.Kind), s.After.Read(s.Kind))),
        }),
    ];
}
