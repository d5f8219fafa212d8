namespace GenAiCostPortal.Ledger.Owners;

/// <summary>One change of one rule, or of the order of a kind.</summary>
/// <param name="Rule">Null when the order changed.</param>
internal sealed record RuleStep(RuleKind Kind, RuleEdit.Entry? Rule, RuleSheet? Before, RuleSheet? After)
{
    public IReadOnlyList<RuleEdit.Entry> OrderBefore { get; init; } = [];
    public IReadOnlyList<RuleEdit.Entry> OrderAfter { get; init; } = [];
}

/// <summary>The rules while they are changed. Pure: what comes of it is stored, tried or only shown.</summary>
internal sealed class RuleEdit
{
    /// <summary>A rule; 0 until it is stored.</summary>
    internal sealed class Entry(int id, RuleDraft draft)
    {
        public int Id { get; set; } = id;
        public RuleDraft Draft { get; set; } = draft;
    }

    private readonly List<Entry> _owners, _splits;

    public RuleEdit(RuleLists rules)
    {
        _owners = [.. rules.Owners.Select(r => new Entry(r.Id, r.Draft))];
        _splits = [.. rules.Splits.Select(r => new Entry(r.Id, r.Draft))];
    }

    /// <summary>What was done, in order.</summary>
    public List<RuleStep> Steps { get; } = [];

    public IReadOnlyList<Entry> Of(RuleKind kind) => List(kind);

    public RuleLists Result => new([.. _owners.Select(Placed)], [.. _splits.Select(Placed)]);

    /// <param name="position">1 is first; null = last.</param>
    /// <param name="id">The number it had before it was removed; 0 = a new one.</param>
    public RuleAnswer Add(RuleDraft draft, int? position = null, int id = 0)
    {
        var rules = List(draft.Kind);
        if (rules.Count >= RuleCheck.RulesAtMost) return RuleAnswer.Refused($"There are {RuleCheck.RulesAtMost} rules already; remove one first.");
        if (Mistakes(draft, null) is { Count: > 0 } mistakes) return RuleAnswer.Wrong(mistakes);
        var rule = new Entry(id, draft);
        rules.Insert(Math.Clamp((position ?? int.MaxValue) - 1, 0, rules.Count), rule);
        Steps.Add(new RuleStep(draft.Kind, rule, null, Sheet(rule)));
        return RuleAnswer.Done(Placed(rule));
    }

    public RuleAnswer Change(int id, RuleDraft draft)
    {
        if (Find(draft.Kind, id) is not { } rule) return Gone(draft.Kind, id);
        if (Mistakes(draft, rule) is { Count: > 0 } mistakes) return RuleAnswer.Wrong(mistakes);
        var before = Sheet(rule);
        rule.Draft = draft;
        if (before.ToJson() != Sheet(rule).ToJson()) Steps.Add(new RuleStep(draft.Kind, rule, before, Sheet(rule)));
        return RuleAnswer.Done(Placed(rule));
    }

    public RuleAnswer Remove(RuleKind kind, int id)
    {
        if (Find(kind, id) is not { } rule) return Gone(kind, id);
        Steps.Add(new RuleStep(kind, rule, Sheet(rule), null));
        List(kind).Remove(rule);
        return RuleAnswer.Done();
    }

    /// <summary>Puts the rules of a kind into this order; every one must be named once.</summary>
    public RuleAnswer Order(RuleKind kind, IReadOnlyList<int> ids)
    {
        var rules = List(kind);
        if (ids.Count != rules.Count || ids.Distinct().Count() != ids.Count || ids.Any(id => Find(kind, id) is null))
            return RuleAnswer.Refused("The order must name every rule once; the rules have changed since, or one is missing.");
        Order(kind, [.. ids.Select(id => Find(kind, id)!)]);
        return RuleAnswer.Done();
    }

    public void Order(RuleKind kind, IReadOnlyList<Entry> order)
    {
        var rules = List(kind);
        if (rules.SequenceEqual(order)) return;
        Steps.Add(new RuleStep(kind, null, null, null) { OrderBefore = [.. rules], OrderAfter = [.. order] });
        rules.Clear();
        rules.AddRange(order);
    }

    public Entry? Find(RuleKind kind, int id) => List(kind).Find(r => r.Id == id);

    public Entry? Find(RuleKind kind, string name) => List(kind).Find(r => r.Draft.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public RuleSheet Sheet(Entry rule) => RuleSheet.Of(rule.Draft, List(rule.Draft.Kind).IndexOf(rule) + 1);

    public PlacedRule Placed(Entry rule) => new(rule.Id, List(rule.Draft.Kind).IndexOf(rule) + 1, rule.Draft);

    private List<Entry> List(RuleKind kind) => kind == RuleKind.Owner ? _owners : _splits;

    private Dictionary<string, string> Mistakes(RuleDraft draft, Entry? itself)
    {
        var mistakes = RuleCheck.Mistakes(draft).ToDictionary();
        if (Find(draft.Kind, draft.Name) is { } other && other != itself) mistakes.TryAdd("name", $"Another rule is named {other.Draft.Name}.");
        return mistakes;
    }

    private static RuleAnswer Gone(RuleKind kind, int id) => RuleAnswer.Missing(FormattableString.Invariant($"There is no {(kind == RuleKind.Owner ? "owner" : "split")} rule {id}; it may have been removed."));
}
