using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>Owner keys as they are typed: one attribute a line, the first found wins.</summary>
internal sealed class OwnersForm
{
    public static readonly (string Part, string Hint)[] Parts =
    [
        ("Feature", "What the call is for; the unit of attribution."),
        ("Team", "Who pays."),
        ("Application", "The service that called."),
        ("Environment", "prod, staging, dev …"),
    ];

    private readonly Dictionary<string, string> _lists, _tags;

    public OwnersForm(OwnerKeys keys)
    {
        _lists = new()
        {
            ["Feature"] = Lines(keys.FeatureAttributes), ["Team"] = Lines(keys.TeamAttributes),
            ["Application"] = Lines(keys.ApplicationAttributes), ["Environment"] = Lines(keys.EnvironmentAttributes),
        };
        Services = Lines(keys.GenAiServices);
        _tags = new()
        {
            ["Feature"] = keys.TagKeys.Feature, ["Team"] = keys.TagKeys.Team, ["Application"] = keys.TagKeys.Application,
            ["Environment"] = keys.TagKeys.Environment, ["Model"] = keys.TagKeys.Model,
        };
    }

    public string this[string part]
    {
        get => _lists[part];
        set => _lists[part] = value;
    }

    /// <summary>The GenAI list, one service a line.</summary>
    public string Services { get; set; }

    public string Tag(string part) => _tags[part];

    public void SetTag(string part, string key) => _tags[part] = key;

    /// <summary>Why what was typed cannot be kept; empty when it can.</summary>
    public string Mistake => OwnerSettings.Mistake(Keys);

    public OwnerKeys Keys => new()
    {
        FeatureAttributes = Names("Feature"), TeamAttributes = Names("Team"), ApplicationAttributes = Names("Application"), EnvironmentAttributes = Names("Environment"),
        GenAiServices = Split(Services),
        TagKeys = new OwnerTagKeys
        {
            Feature = _tags["Feature"].Trim(), Team = _tags["Team"].Trim(), Application = _tags["Application"].Trim(),
            Environment = _tags["Environment"].Trim(), Model = _tags["Model"].Trim(),
        },
    };

    public bool DiffersFrom(OwnerKeys other)
    {
        var mine = Keys;
        return !(mine.FeatureAttributes.SequenceEqual(other.FeatureAttributes) && mine.TeamAttributes.SequenceEqual(other.TeamAttributes)
            && mine.ApplicationAttributes.SequenceEqual(other.ApplicationAttributes) && mine.EnvironmentAttributes.SequenceEqual(other.EnvironmentAttributes)
            && mine.TagKeys == other.TagKeys && mine.GenAiServices.SequenceEqual(other.GenAiServices));
    }

    private static string Lines(IEnumerable<string> names) => string.Join('\n', names);

    private string[] Names(string part) => Split(_lists[part]);

    private static string[] Split(string text) =>
        [.. text.Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
