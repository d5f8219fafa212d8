using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Owners that the tags of lines name, looked up once per set of tags.</summary>
internal sealed class TagOwners(RuleNames names)
{
    private readonly record struct Beside(int Team, int Application, int Environment);

    private readonly Dictionary<int, Beside> _beside = [];
    private readonly Dictionary<int, int> _features = [];

    /// <summary>The line with what its tags name; a feature that it has already stays.</summary>
    public BillCell Add(BillCell line)
    {
        var feature = line.TagFeatureId != 0 ? line.TagFeatureId : FeatureOf(line.TagSetId);
        if (!_beside.TryGetValue(line.TagSetId, out var beside))
            _beside[line.TagSetId] = beside = new Beside(Number(line.TagSetId, DimensionKind.Team, names.Keys.TagKeys.Team),
                Number(line.TagSetId, DimensionKind.Application, names.Keys.TagKeys.Application), Number(line.TagSetId, DimensionKind.Environment, names.Keys.TagKeys.Environment));
        return line with { TagFeatureId = feature, TagTeamId = beside.Team, TagApplicationId = beside.Application, TagEnvironmentId = beside.Environment };
    }

    private int FeatureOf(int tagSet) =>
        _features.TryGetValue(tagSet, out var known) ? known : _features[tagSet] = Number(tagSet, DimensionKind.Feature, names.Keys.TagKeys.Feature);

    private int Number(int tagSet, DimensionKind kind, string key) => names.Number(kind, names.Tag(tagSet, key));
}
