using System.Text;
using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// Which lines of an export come in whole: those of GenAI services, those with a feature tag, and those that a rule may bring in. It
/// may take too many, never too few: whether a line belongs to the bill is decided line by line when the rows are read.
/// </summary>
internal sealed class BorderSql(ScopeBorder border, KeptTags kept, ExportTable table)
{
    /// <summary>More resources of one given name than this are not listed one by one.</summary>
    private const int ResourcesAtMost = 200;
    private static readonly string[] Maps = ["tags", "resource_tags", "cost_category", "x_costcategories"];
    private const string Canonical = @"regexp_replace(regexp_replace(lower(k), '^(resourcetags/|iamprincipal/|costcategory/|user_|user:)+', ''), '[^\p{L}\p{Nd}]', '')";

    /// <summary>The condition on a line.</summary>
    /// <param name="service">Expression of the service's name, never null.</param>
    public string Of(string service) => string.Join(" OR ", HasTag(kept.FeatureKey).Prepend(Listed(service)).Concat(border.Rules.Select(r => MayMeet(r, service))));

    /// <summary>Those of a map's tags that are kept, as JSON.</summary>
    public string Kept(string map) => $"json_format(CAST(map_filter(coalesce(\"{map}\", MAP()), (k, v) -> {Canonical} IN ({string.Join(", ", kept.Keys.Select(k => $"'{k}'"))})) AS JSON))";

    private string Listed(string service) => border.Listed.Count == 0 ? "false" : $"regexp_like({service}, '(?is)^({string.Join('|', border.Listed.Select(Like))})$')";

    private string MayMeet(BorderRule rule, string service)
    {
        List<string> parts = [.. rule.Conditions.Where(c => c.Subject == RuleSubject.Service && IsNamed(c)).Select(c => $"regexp_like({service}, '(?is)^{Like(c)}$')")];
        foreach (var condition in rule.TagConditions.Where(c => c.Match != RuleMatch.IsNot && TagNames.Canonical(c.Key).Length > 0))
            parts.Add($"({string.Join(" OR ", HasTag(TagNames.Canonical(condition.Key)).DefaultIfEmpty("false"))})");
        foreach (var condition in rule.Conditions.Where(c => c.Match != RuleMatch.IsNot))
            if (condition.Subject == RuleSubject.Principal) parts.Add(table.IsNotEmpty("line_item_iam_principal"));
            else if (condition.Subject is RuleSubject.Resource or RuleSubject.Profile) parts.Add(OfResource(condition));
        return parts.Count == 0 ? "true" : $"({string.Join(" AND ", parts)})";
    }

    // A resource is known by its ARN, by the id at the end of it, and by the name it was given, which only the inventory knows.
    private string OfResource(RuleCondition condition)
    {
        var column = table.First("line_item_resource_id", "resourceid");
        if (column is null) return "false";
        var named = border.ResourcesNamed(condition);
        if (!IsNamed(condition) || named.Count > ResourcesAtMost) return table.IsNotEmpty(column);
        List<string> any = [$"regexp_like(coalesce(\"{column}\", ''), '(?is){Like(condition).Trim('.', '*')}')"];
        if (named.Count > 0) any.Add($"regexp_like(coalesce(\"{column}\", ''), '(?is)^({string.Join('|', named.Select(Literal))})$')");
        return $"({string.Join(" OR ", any)})";
    }

    private IEnumerable<string> HasTag(string key) =>
        table.Those(Maps).Select(m => table.IsMap(m)
                ? $"cardinality(map_filter(coalesce(\"{m}\", MAP()), (k, v) -> {Canonical} = '{key}' AND v <> '')) > 0"
                : $@"regexp_replace(lower(coalesce(""{m}"", '')), '[^\p{{L}}\p{{Nd}}]', '') LIKE '%{key}%'")
            .Concat(table.KeysOf(Maps).Where(c => TagNames.Canonical(c.Key) == key).Select(c => table.IsNotEmpty(c.Name)));

    private static bool IsNamed(RuleCondition c) => c.Match is not (RuleMatch.IsPresent or RuleMatch.IsNot);

    private static string Like(RuleCondition c) => c.Match switch
    {
        RuleMatch.StartsWith => Like(c.Value.Trim() + "*"),
        RuleMatch.Contains => Like($"*{c.Value.Trim()}*"),
        RuleMatch.Pattern => Like(c.Value.Trim()),
        _ => Literal(c.Value.Trim()),
    };

    private static string Like(string pattern) => string.Join(".*", pattern.Split('*').Select(Literal));

    // What people typed goes into the text: whatever is no plain letter stands for any one character, so that none can mean anything
    // to SQL or to an expression. Ways to write it by its number differ between the engines of regular expressions.
    private static string Literal(string text) => string.Concat(text.EnumerateRunes().Select(r => Rune.IsLetterOrDigit(r) && r.IsAscii || r.Value == ' ' ? r.ToString() : "."));
}
