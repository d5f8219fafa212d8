namespace GenAiCostPortal.Charts;

/// <summary>A part of the whole, in one of the columns of a flow chart.</summary>
/// <param name="Key">Tells nodes of a column apart.</param>
/// <param name="Usd">As displayed: the nodes of each column add up to the total.</param>
/// <param name="Fill">CSS colour or pattern.</param>
/// <param name="Href">Where a click leads; null = nowhere.</param>
public sealed record FlowNode(int Column, string Key, string Label, decimal Usd, string Fill, string? Href);

/// <summary>What goes from a node to one of the next column.</summary>
/// <param name="Usd">As displayed: the links of each pair of columns add up to the total.</param>
public sealed record FlowLink(FlowNode From, FlowNode To, decimal Usd, string Fill);

/// <summary>Money as it goes through columns of parts. Nodes stand in the order in which they are drawn.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Summary">The point of the chart in a sentence, for those who do not see it.</param>
public sealed record FlowChart(IReadOnlyList<string> Columns, IReadOnlyList<FlowNode> Nodes, IReadOnlyList<FlowLink> Links, decimal TotalUsd, string Summary);
