using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>A condition as written down.</summary>
/// <param name="Subject">A <see cref="RuleSubject"/>.</param>
/// <param name="Match">A <see cref="RuleMatch"/>; <c>Is</c> when left out.</param>
public sealed record ConditionSheet(string? Subject, string? Match = null, string? Value = null, string? Key = null);

/// <summary>A rule as written down: in the exported file, in the history and in the API. What does not belong to its kind is left out.</summary>
public sealed record RuleSheet
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        // Read by people and by this portal; never put into a page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Only in the history: where the rule stood.</summary>
    public int? Position { get; init; }
    public string? Name { get; init; }
    public IReadOnlyList<ConditionSheet>? Conditions { get; init; }
    public string? Feature { get; init; }
    public string? Team { get; init; }
    public string? Application { get; init; }
    public string? Environment { get; init; }
    /// <summary>A <see cref="SplitBasis"/>.</summary>
    public string? Basis { get; init; }
    /// <summary>Feature → share of 1, for the basis Fixed.</summary>
    public IReadOnlyDictionary<string, decimal>? Shares { get; init; }
    /// <summary>Features that take part, for the other bases; left out = all.</summary>
    public IReadOnlyList<string>? Features { get; init; }
    /// <summary>First day, YYYY-MM-DD.</summary>
    public string? EffectiveFrom { get; init; }
    /// <summary>First day it no longer holds, YYYY-MM-DD.</summary>
    public string? EffectiveTo { get; init; }
    /// <summary>On when left out.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>Writes a rule down.</summary>
    public static RuleSheet Of(RuleDraft draft, int? position = null)
    {
        var sheet = new RuleSheet
        {
            Position = position, Name = draft.Name, EffectiveFrom = Day(draft.EffectiveFrom), EffectiveTo = Day(draft.EffectiveTo), IsEnabled = draft.IsEnabled,
            Conditions = [.. draft.Conditions.Select(c => new ConditionSheet(c.Subject.ToString(), c.Match.ToString(), c.Value.Length > 0 ? c.Value : null, c.Key.Length > 0 ? c.Key : null))],
        };
        return draft switch
        {
            OwnerRuleDraft o => sheet with { Feature = o.Feature, Team = o.Team, Application = o.Application, Environment = o.Environment },
            SplitRuleDraft { Basis: SplitBasis.Fixed } s => sheet with { Basis = s.Basis.ToString(), Shares = new SortedDictionary<string, decimal>(s.Shares.ToDictionary(), StringComparer.Ordinal) },
            SplitRuleDraft s => sheet with { Basis = s.Basis.ToString(), Features = s.Shares.Count == 0 ? null : [.. s.Shares.Keys.Order(StringComparer.Ordinal)] },
            _ => sheet,
        };
    }

    /// <summary>Reads what is written; words that mean nothing go to <paramref name="mistakes"/> by field, then what <see cref="RuleCheck"/> finds.</summary>
    public RuleDraft Read(RuleKind kind, IDictionary<string, string> mistakes)
    {
        var conditions = (Conditions ?? []).Select(c => Read(c, mistakes)).ToArray();
        var (from, to) = (Day("effectiveFrom", EffectiveFrom, mistakes), Day("effectiveTo", EffectiveTo, mistakes));
        RuleDraft draft = kind == RuleKind.Owner
            ? new OwnerRuleDraft { Feature = Given(Feature), Team = Given(Team), Application = Given(Application), Environment = Given(Environment) }
            : Split(mistakes);
        draft = draft with { Name = Name?.Trim() ?? "", Conditions = conditions, EffectiveFrom = from, EffectiveTo = to, IsEnabled = IsEnabled ?? true };
        if (kind == RuleKind.Owner && (Basis is not null || Shares is not null || Features is not null)) mistakes.TryAdd("basis", "An owner rule splits nothing; that is a split rule.");
        if (kind == RuleKind.Split && (Feature ?? Team ?? Application ?? Environment) is not null) mistakes.TryAdd("owners", "A split rule names no owner; it names shares.");
        foreach (var (field, wrong) in RuleCheck.Mistakes(draft)) mistakes.TryAdd(field, wrong);
        return draft;
    }

    internal string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>A sheet that this portal wrote.</summary>
    internal static RuleSheet FromJson(string json) => JsonSerializer.Deserialize<RuleSheet>(json, Json)!;

    /// <summary>Reads a sheet that this portal wrote, and that was right then.</summary>
    internal RuleDraft Read(RuleKind kind) => Read(kind, new Dictionary<string, string>());

    private SplitRuleDraft Split(IDictionary<string, string> mistakes)
    {
        var basis = Word<SplitBasis>("basis", Basis, mistakes);
        var shares = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        if (basis == SplitBasis.Fixed && Features is not null) mistakes.TryAdd("features", "Fixed shares are given in shares, feature by feature.");
        if (basis != SplitBasis.Fixed && Shares is not null) mistakes.TryAdd("shares", "Only the basis Fixed has shares; name the features that take part.");
        var given = basis == SplitBasis.Fixed ? Shares ?? shares : (Features ?? []).Select(f => KeyValuePair.Create(f, 1m));
        foreach (var (feature, share) in given)
            if (!shares.TryAdd(feature?.Trim() ?? "", share)) mistakes.TryAdd("shares", $"{feature} is named twice.");
        return new SplitRuleDraft { Basis = basis, Shares = shares };
    }

    private static RuleCondition Read(ConditionSheet c, IDictionary<string, string> mistakes) => new(
        Word<RuleSubject>("conditions", c?.Subject, mistakes), c?.Match is null ? RuleMatch.Is : Word<RuleMatch>("conditions", c.Match, mistakes), c?.Value?.Trim() ?? "", c?.Key?.Trim() ?? "");

    private static T Word<T>(string field, string? text, IDictionary<string, string> mistakes) where T : struct, Enum
    {
        if (text is { Length: > 0 } && !char.IsAsciiDigit(text[0]) && text[0] != '-' && Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)) return value;
        mistakes.TryAdd(field, $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>())}.");
        return default;
    }

    private static DateOnly? Day(string field, string? text, IDictionary<string, string> mistakes)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        mistakes.TryAdd(field, $"'{text}' is not a day; write it as YYYY-MM-DD.");
        return null;
    }

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
