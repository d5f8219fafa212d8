using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>What one owner would be called, before and after.</summary>
/// <param name="Part"><c>Feature</c>, <c>Team</c>, <c>Application</c> or <c>Environment</c>.</param>
/// <param name="NamedNow">Calls that have one with the keys in force.</param>
/// <param name="NamedThen">Calls that would have one with the proposed keys.</param>
/// <param name="Values">Names with their calls now and then, the most frequent first.</param>
public sealed record OwnerEffect(string Part, int NamedNow, int NamedThen, IReadOnlyList<(string Name, int Now, int Then)> Values);

/// <summary>An attribute that recent spans carry.</summary>
/// <param name="Spans">Spans (or the spans of resources) that carry it.</param>
/// <param name="Example">A value; cut when long.</param>
public sealed record AttributeSeen(string Key, int Spans, string Example);

/// <summary>Proposed owner keys tried on recent calls.</summary>
/// <param name="Calls">Calls it was tried on.</param>
/// <param name="Since">Start of the oldest of them, UTC; null when there are none.</param>
public sealed record OwnerTrial(int Calls, DateTime? Since, IReadOnlyList<OwnerEffect> Effects, IReadOnlyList<AttributeSeen> Attributes)
{
    /// <summary>What the proposed tag keys would name.</summary>
    public IReadOnlyList<TagEffect> Tags { get; init; } = [];
}

/// <summary>Shows what other owner keys would do, on the newest traces as they are stored.</summary>
public sealed class OwnerPreview(IDbContextFactory<LedgerDb> stores, OwnerKeys keys, TagPreview tags)
{
    private const int TracesAtMost = 200, SpansAtMost = 6_000, ValuesAtMost = 8, AttributesAtMost = 60, ExampleLength = 60;

    private static readonly (string Part, Func<CallOwners, string> Of)[] Parts =
        [("Feature", o => o.Feature), ("Team", o => o.Team), ("Application", o => o.Application), ("Environment", o => o.Environment)];

    /// <summary>Reads the newest traces with both sets of keys.</summary>
    public async Task<OwnerTrial> TryAsync(OwnerKeys proposed, CancellationToken cancel = default)
    {
        var traces = await NewestAsync(cancel);
        // One set of keys after the other: their table is made once each.
        List<Call> before = [.. traces.SelectMany(spans => TraceReader.Read(spans, keys).Calls)];
        var now = before.ConvertAll(c => c.Owners);
        List<CallOwners> then = [.. traces.SelectMany(spans => TraceReader.Read(spans, proposed).Calls).Select(c => c.Owners)];
        return new OwnerTrial(now.Count, before.Count == 0 ? null : before.Min(c => c.Start), [.. Parts.Select(p => Effect(p.Part, p.Of, now, then))], Seen(traces))
        {
            Tags = await tags.TryAsync(proposed.TagKeys, cancel),
        };
    }

    private static OwnerEffect Effect(string part, Func<CallOwners, string> of, List<CallOwners> now, List<CallOwners> then)
    {
        var before = now.CountBy(of).ToDictionary();
        var after = then.CountBy(of).ToDictionary();
        var values = before.Keys.Union(after.Keys).Where(name => name.Length > 0)
            .Select(name => (name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
            .OrderByDescending(v => Math.Max(v.Item2, v.Item3)).ThenBy(v => v.name, StringComparer.Ordinal).Take(ValuesAtMost);
        return new OwnerEffect(part, now.Count(o => of(o).Length > 0), then.Count(o => of(o).Length > 0), [.. values]);
    }

    // Numbers and model names name no owner; what is left is what a sender may have meant as one.
    private static List<AttributeSeen> Seen(List<List<Span>> traces)
    {
        var seen = new Dictionary<string, (int Spans, string Example)>(StringComparer.Ordinal);
        foreach (var span in traces.SelectMany(t => t))
            foreach (var (key, value) in span.Attributes.Items.Concat(span.Resource.Attributes.Items))
            {
                if (value is not string { Length: > 0 } text || key.StartsWith("portal.", StringComparison.Ordinal) || SpanAliases.ByKey.ContainsKey(key) || TraceReader.IsContent(key)) continue;
                seen[key] = (seen.GetValueOrDefault(key).Spans + 1, text.Length > ExampleLength ? text[..ExampleLength] + "…" : text);
            }
        return [.. seen.OrderByDescending(s => s.Value.Spans).ThenBy(s => s.Key, StringComparer.Ordinal).Take(AttributesAtMost).Select(s => new AttributeSeen(s.Key, s.Value.Spans, s.Value.Example))];
    }

    private async Task<List<List<Span>>> NewestAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var newest = await db.Traces.AsNoTracking().Where(t => t.Calls > 0).OrderByDescending(t => t.StartUnixMs).ThenByDescending(t => t.Key)
            .Take(TracesAtMost).Select(t => new { t.Key, t.TraceId, t.Spans }).ToListAsync(cancel);
        var budget = SpansAtMost;
        var chosen = newest.TakeWhile(t => (budget -= t.Spans) >= 0).ToDictionary(t => t.Key, t => t.TraceId);
        var rows = await db.Spans.AsNoTracking().Where(s => chosen.Keys.Contains(s.TraceKey)).ToListAsync(cancel);
        var originIds = rows.Select(r => r.OriginId).Distinct().ToList();
        var origins = await db.SpanOrigins.AsNoTracking().Where(o => originIds.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancel);
        return [.. rows.GroupBy(r => r.TraceKey).Select(g => SpanSheet.Spans(chosen[g.Key], g, origins))];
    }
}
