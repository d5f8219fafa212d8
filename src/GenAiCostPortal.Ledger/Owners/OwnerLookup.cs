using System.Collections.Frozen;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Owners that attributes name; null where they do not.</summary>
internal sealed record NamedOwners(string? Feature, string? Team, string? Application, string? Environment);

/// <summary>The owner attributes as one table, so that a span is read once for all of them.</summary>
internal sealed class OwnerLookup
{
    private enum Part { Feature, Team, Application, Environment }

    private static OwnerLookup? _last;
    private readonly FrozenDictionary<string, (Part Part, int Rank)> _byKey;
    private readonly (OwnerKeys Keys, object Feature, object Team, object Application, object Environment) _made;

    private OwnerLookup(OwnerKeys keys)
    {
        _made = (keys, keys.FeatureAttributes, keys.TeamAttributes, keys.ApplicationAttributes, keys.EnvironmentAttributes);
        var table = new Dictionary<string, (Part, int)>(StringComparer.Ordinal);
        void Enter(Part part, IReadOnlyList<string> names)
        {
            for (var rank = 0; rank < names.Count; rank++) table.TryAdd(names[rank], (part, rank));
        }
        Enter(Part.Feature, keys.FeatureAttributes);
        Enter(Part.Team, keys.TeamAttributes);
        Enter(Part.Application, keys.ApplicationAttributes);
        Enter(Part.Environment, keys.EnvironmentAttributes);
        _byKey = table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The table of these keys; made once per setting.</summary>
    public static OwnerLookup For(OwnerKeys keys)
    {
        var last = Volatile.Read(ref _last);
        if (last is not null && last._made == (keys, keys.FeatureAttributes, keys.TeamAttributes, keys.ApplicationAttributes, keys.EnvironmentAttributes)) return last;
        var made = new OwnerLookup(keys);
        Volatile.Write(ref _last, made);
        return made;
    }

    /// <summary>What the attributes name, the rest as inherited; the inherited object itself when they name nothing.</summary>
    public NamedOwners? Of(SpanAttributes attributes, NamedOwners? inherited)
    {
        string? feature = null, team = null, application = null, environment = null;
        int featureRank = int.MaxValue, teamRank = int.MaxValue, applicationRank = int.MaxValue, environmentRank = int.MaxValue;
        foreach (var (key, value) in attributes.Span)
        {
            if (!_byKey.TryGetValue(key, out var found) || SpanAttributes.TextOf(value) is not { } text) continue;
            switch (found.Part)
            {
                case Part.Feature: Take(ref feature, ref featureRank, text, found.Rank); break;
                case Part.Team: Take(ref team, ref teamRank, text, found.Rank); break;
                case Part.Application: Take(ref application, ref applicationRank, text, found.Rank); break;
                case Part.Environment: Take(ref environment, ref environmentRank, text, found.Rank); break;
            }
        }
        if (feature is null && team is null && application is null && environment is null) return inherited;
        return new(feature ?? inherited?.Feature, team ?? inherited?.Team, application ?? inherited?.Application, environment ?? inherited?.Environment);
    }

    private static void Take(ref string? held, ref int heldRank, string text, int rank)
    {
        if (rank >= heldRank) return;
        (held, heldRank) = (text, rank);
    }
}
