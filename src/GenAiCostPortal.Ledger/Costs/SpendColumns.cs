using System.Data.Common;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which column of a table holds a dimension, and how it is read into a <see cref="SpendKey"/>.</summary>
internal sealed class SpendColumns
{
    private readonly List<(SpendDimension Dimension, string Sql)> _columns;

    private SpendColumns(List<(SpendDimension, string)> columns) => _columns = columns;

    public int Count => _columns.Count;

    /// <summary>The columns as SQL, each followed by a comma and a blank.</summary>
    public string Sql => string.Concat(_columns.Select(c => c.Sql + ", "));

    /// <param name="hasWorkflow">Whether the series carries workflow and agent (the usage series does).</param>
    public static SpendColumns OfSeries(IEnumerable<SpendDimension> needed, bool hasWorkflow) => Of(needed, d => d switch
    {
        SpendDimension.Component or SpendDimension.TokenKind or SpendDimension.Method or SpendDimension.Service => null,
        SpendDimension.Tier => "s.\"Tier\" + 1",
        SpendDimension.Workflow or SpendDimension.Agent when !hasWorkflow => null,
        _ => $"s.\"{d}Id\"",
    });

    public void Read(DbDataReader row, int from, ref SpendKey key)
    {
        for (var i = 0; i < _columns.Count; i++) key[(int)_columns[i].Dimension] = row.GetInt32(from + i);
    }

    private static SpendColumns Of(IEnumerable<SpendDimension> needed, Func<SpendDimension, string?> sql) =>
        new([.. needed.Select(d => (d, Sql: sql(d)!)).Where(c => c.Sql is not null)]);
}
