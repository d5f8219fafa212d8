using System.Globalization;
using System.Linq.Expressions;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Turns a trace query into a condition on trace rows. Names become dimension numbers first; a name nobody has matches nothing.</summary>
internal sealed class TraceFilter(LedgerDb db, Dimensions dimensions)
{
    /// <summary>Dimensions that a trace as a whole does not have.</summary>
    public static readonly IReadOnlySet<SpendDimension> NotOfTraces =
        new HashSet<SpendDimension> { SpendDimension.Component, SpendDimension.TokenKind, SpendDimension.Method, SpendDimension.Service };

    public IQueryable<TraceRow> Apply(TraceQuery query)
    {
        var (from, to) = (UtcTime.ToUnixMs(query.From), UtcTime.ToUnixMs(query.To));
        var rows = db.Traces.AsNoTracking().Where(t => t.StartUnixMs >= from && t.StartUnixMs < to);
        foreach (var (dimension, values) in query.Filter.Values)
            if (values.Count > 0) rows = By(rows, dimension, values);
        if (query.MinCostUsd is { } cost)
        {
            var nano = Money.ToNanoUsd(cost);
            rows = rows.Where(t => t.EstimatedCostNanoUsd >= nano);
        }
        if (query.MinTokens is { } tokens) rows = rows.Where(t => t.Tokens >= tokens);
        if (query.MinDurationMs is { } ms) rows = rows.Where(t => t.DurationMs >= ms);
        if (query.HasErrors is { } errors) rows = rows.Where(t => (t.Errors > 0 || t.Status == SpanStatus.Error) == errors);
        if (query.HasRetries is { } retries) rows = rows.Where(t => t.Retries > 0 == retries);
        if (query.HasLoop is { } loop) rows = rows.Where(t => t.Loops > 0 == loop);
        return string.IsNullOrWhiteSpace(query.Text) ? rows : ByText(rows, query.Text.Trim());
    }

    private IQueryable<TraceRow> By(IQueryable<TraceRow> rows, SpendDimension dimension, IReadOnlyList<string> values)
    {
        var ids = Ids(dimension, values);
        return dimension switch
        {
            SpendDimension.Team => rows.Where(t => ids.Contains(t.TeamId)),
            SpendDimension.Application => rows.Where(t => ids.Contains(t.ApplicationId)),
            SpendDimension.Feature => rows.Where(t => ids.Contains(t.FeatureId)),
            SpendDimension.Environment => rows.Where(t => ids.Contains(t.EnvironmentId)),
            SpendDimension.Account => rows.Where(t => ids.Contains(t.AccountId)),
            SpendDimension.Region => rows.Where(t => ids.Contains(t.RegionId)),
            SpendDimension.Release => rows.Where(t => ids.Contains(t.ReleaseId)),
            SpendDimension.Workflow => rows.Where(t => ids.Contains(t.WorkflowId)),
            SpendDimension.Model or SpendDimension.Provider => ByModels(rows, ids),
            SpendDimension.Agent => rows.Where(t => db.Calls.Any(c => c.TraceKey == t.Key && db.UsageSeries.Any(s => s.Id == c.UsageSeriesId && ids.Contains(s.AgentId)))),
            SpendDimension.Tier => ByTiers(rows, values),
            _ => rows,
        };
    }

    private static IQueryable<TraceRow> ByModels(IQueryable<TraceRow> rows, IReadOnlyList<int> ids)
    {
        if (ids.Count == 0) return rows.Where(t => false);
        var parameter = Expression.Parameter(typeof(TraceRow), "t");
        var models = Expression.Property(parameter, nameof(TraceRow.ModelIds));
        Expression? any = null;
        foreach (var id in ids)
        {
            // Unattributed (0): no model is known.
            var part = id == 0 ? "," : string.Create(CultureInfo.InvariantCulture, $",{id},");
            Expression one = id == 0
                ? Expression.Equal(models, Expression.Constant(part))
                : Expression.Call(models, nameof(string.Contains), null, Expression.Constant(part));
            any = any is null ? one : Expression.OrElse(any, one);
        }
        return rows.Where(Expression.Lambda<Func<TraceRow, bool>>(any!, parameter));
    }

    private IQueryable<TraceRow> ByTiers(IQueryable<TraceRow> rows, IReadOnlyList<string> values)
    {
        var tiers = values.Select(v => Enum.TryParse<ServiceTier>(v, true, out var tier) ? tier : (ServiceTier?)null).OfType<ServiceTier>().ToList();
        return rows.Where(t => db.Calls.Any(c => c.TraceKey == t.Key && db.UsageSeries.Any(s => s.Id == c.UsageSeriesId && tiers.Contains(s.Tier))));
    }

    private IQueryable<TraceRow> ByText(IQueryable<TraceRow> rows, string text)
    {
        var ids = dimensions.All(DimensionKind.Workflow).Concat(dimensions.All(DimensionKind.Feature))
            .Where(v => v.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).Select(v => v.Id).ToList();
        if (TraceIdRange(text) is not var (low, high)) return rows.Where(t => ids.Contains(t.WorkflowId) || ids.Contains(t.FeatureId));
        // Bytes compare in the database, not in LINQ; both databases order them as unsigned bytes.
        var keys = db.Traces.FromSql($"""SELECT * FROM trace WHERE "TraceId" >= {low} AND "TraceId" <= {high}""").Select(t => t.Key);
        return rows.Where(t => keys.Contains(t.Key) || ids.Contains(t.WorkflowId) || ids.Contains(t.FeatureId));
    }

    /// <summary>First and last trace id that begin with these hex digits; null when the text is no such beginning.</summary>
    internal static (byte[] Low, byte[] High)? TraceIdRange(string text) =>
        text.Length is > 0 and <= 32 && text.All(char.IsAsciiHexDigit)
            ? (Convert.FromHexString(text.PadRight(32, '0')), Convert.FromHexString(text.PadRight(32, 'f')))
            : null;

    private List<int> Ids(SpendDimension dimension, IReadOnlyList<string> values)
    {
        if (dimension == SpendDimension.Provider)
            return [.. dimensions.All(DimensionKind.Model).Where(m => values.Contains(ModelNameReader.Read(m.Name).Provider, StringComparer.OrdinalIgnoreCase)).Select(m => m.Id)];
        if (dimension == SpendDimension.Service || dimension.Kind() is not { } kind) return [];
        var ids = new List<int>();
        foreach (var value in values)
        {
            if (value == SpendQuery.Unattributed) ids.Add(0);
            else ids.AddRange(dimensions.All(kind).Where(d => d.Name == value || d.Label == value).Select(d => d.Id));
        }
        return ids;
    }
}
