using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>One condition, ready to be asked many times: each value it looks at is compared once.</summary>
internal sealed class RuleTest
{
    private static readonly string[] ProjectTags = ["project", "projectid", "bedrockproject", "workspace", "workspaceid", "anthropicworkspace"];
    private readonly RuleCondition _condition;
    private readonly RuleNames _names;
    private readonly string _key;
    private readonly string _value;
    private readonly Regex? _pattern;
    private readonly Dictionary<long, bool> _known = [];

    public RuleTest(RuleCondition condition, RuleNames names)
    {
        (_condition, _names) = (condition, names);
        _key = condition.Subject == RuleSubject.Tag ? TagNames.Canonical(condition.Key) : condition.Key.Trim();
        _value = condition.Subject == RuleSubject.Component ? condition.Value.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal) : condition.Value.Trim();
        if (condition.Match == RuleMatch.Pattern)
            _pattern = new Regex("^" + Regex.Escape(_value).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
                RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }

    /// <summary>Whether it asks for what only calls (or an owner found before) can say.</summary>
    public bool IsOfOwners => _condition.Subject is RuleSubject.Feature or RuleSubject.Application or RuleSubject.Environment or RuleSubject.Attribute;

    /// <summary>Whether it asks who called: the IAM principal, or a tag of its session.</summary>
    public bool IsOfPrincipal => _condition.Subject == RuleSubject.Principal
        || _condition.Subject == RuleSubject.Tag && TagNames.IsOfPrincipal(_condition.Key.TrimStart());

    /// <summary>The place that it names outright: its subject and value; null when it names none.</summary>
    public (RuleSubject Subject, string Value)? Place =>
        _condition is { Match: RuleMatch.Is, Subject: RuleSubject.Account or RuleSubject.Region } ? (_condition.Subject, _value) : null;

    public bool Holds(in RuleFacts facts)
    {
        var key = KeyOf(facts);
        if (_known.TryGetValue(key, out var holds)) return holds;
        return _known[key] = Compare(Texts(facts));
    }

    private long KeyOf(in RuleFacts f) => _condition.Subject switch
    {
        RuleSubject.Account => f.AccountId,
        RuleSubject.Region => f.RegionId,
        RuleSubject.Service => f.ServiceId,
        RuleSubject.UsageType => f.UsageTypeId,
        RuleSubject.Component => (int)f.Component,
        RuleSubject.Model => f.ModelId,
        RuleSubject.Tag => f.TagSetId,
        RuleSubject.Resource or RuleSubject.Profile => f.ResourceId,
        RuleSubject.Principal => f.PrincipalId,
        RuleSubject.Project => ((long)f.ResourceId << 32) | (uint)f.TagSetId,
        RuleSubject.Feature => f.FeatureId,
        RuleSubject.Application => f.ApplicationId,
        RuleSubject.Environment => f.EnvironmentId,
        _ => OfAttribute(f),
    };

    private IEnumerable<string> Texts(in RuleFacts f) => _condition.Subject switch
    {
        RuleSubject.Component => [f.Component.ToString()],
        RuleSubject.Tag => _names.Tags(f.TagSetId).TryGetValue(_key, out var value) ? [value] : [],
        RuleSubject.Resource => OfResource(f.ResourceId, ""),
        RuleSubject.Profile => OfResource(f.ResourceId, "inference-profile/"),
        RuleSubject.Principal => OfPrincipal(_names.Name(f.PrincipalId)),
        RuleSubject.Project => [.. OfResource(f.ResourceId, "project/"), .. OfResource(f.ResourceId, "workspace/"), .. OfProjectTags(f.TagSetId)],
        _ => OfNumber((int)KeyOf(f)),
    };

    private IEnumerable<string> OfNumber(int id) => id == 0 ? [] : [_names.Name(id), _names.Label(id)];

    // A resource is known by its ARN, by the id at the end of it, and by the name it was given.
    private IEnumerable<string> OfResource(int id, string part)
    {
        var name = id == 0 ? "" : _names.Name(id);
        if (name.Length == 0 || part.Length > 0 && !name.Contains(part, StringComparison.OrdinalIgnoreCase)) return [];
        return _names.ResourceNames.TryGetValue(name, out var given) ? [name, ResourceKinds.IdOf(name), given] : [name, ResourceKinds.IdOf(name)];
    }

    // arn:aws:sts::123456789012:assumed-role/RoleName/session is known as the role, the session and both.
    private static IEnumerable<string> OfPrincipal(string arn)
    {
        if (arn.Length == 0) return [];
        var parts = arn.Split('/');
        return parts.Length switch
        {
            1 => [arn],
            2 => [arn, parts[1]],
            _ => [arn, string.Join('/', parts[1..]), .. parts[1..]],
        };
    }

    private IEnumerable<string> OfProjectTags(int tagSetId)
    {
        foreach (var key in ProjectTags)
            if (_names.Tags(tagSetId).TryGetValue(key, out var value)) yield return value;
    }

    // Of attributes only what an owner was read from is known of calls on the bill.
    private int OfAttribute(in RuleFacts f) =>
        _names.Keys.FeatureAttributes.Contains(_key) ? f.FeatureId
        : _names.Keys.TeamAttributes.Contains(_key) ? f.TeamId
        : _names.Keys.ApplicationAttributes.Contains(_key) ? f.ApplicationId
        : _names.Keys.EnvironmentAttributes.Contains(_key) ? f.EnvironmentId
        : _key == "service.version" ? f.ReleaseId
        : 0;

    private bool Compare(IEnumerable<string> texts)
    {
        var any = false;
        foreach (var text in texts)
        {
            if (text.Length == 0) continue;
            any |= _condition.Match switch
            {
                RuleMatch.Is or RuleMatch.IsNot => text.Equals(_value, StringComparison.OrdinalIgnoreCase),
                RuleMatch.StartsWith => text.StartsWith(_value, StringComparison.OrdinalIgnoreCase),
                RuleMatch.Contains => text.Contains(_value, StringComparison.OrdinalIgnoreCase),
                RuleMatch.Pattern => _pattern!.IsMatch(text),
                _ => true,
            };
        }
        return any != (_condition.Match == RuleMatch.IsNot);
    }
}
