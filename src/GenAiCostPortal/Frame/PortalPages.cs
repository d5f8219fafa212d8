namespace GenAiCostPortal.Frame;

/// <summary>A page that people can open by its name.</summary>
/// <param name="Icon">In the navigation; pages without one stand inside Settings.</param>
/// <param name="IsForAdministrators">Others never see its name.</param>
public sealed record PortalPage(string Path, string Name, string? Icon, bool IsForAdministrators = false);

/// <summary>The pages of the portal, as the navigation groups them.</summary>
public static class PortalPages
{
    /// <summary>In the navigation.</summary>
    public static readonly IReadOnlyList<IReadOnlyList<PortalPage>> Groups =
    [
        [new("/", "Overview", "overview"), new("/spend", "Spend", "spend"), new("/usage", "Usage", "usage"), new("/unit-costs", "Unit costs", "unit-costs"), new("/reconciliation", "Reconciliation", "reconciliation")],
        [new("/traces", "Traces", "traces"), new("/spikes", "Spikes", "spikes")],
        [new("/assessment", "Assessment", "assessment")],
        [new("/sources", "Sources", "sources"), new("/prices", "Prices", "prices"), new("/settings", "Settings", "settings"), new("/access", "Access", "access", IsForAdministrators: true), new("/docs", "How it is made", "docs")],
    ];

    /// <summary>All, those inside Settings too.</summary>
    public static readonly IReadOnlyList<PortalPage> All =
    [
        .. Groups.SelectMany(g => g),
        new("/settings/rules", "Owner rules", null), new("/settings/splits", "Split rules", null), new("/settings/history", "History of the rules", null), new("/settings/file", "File of the rules", null),
        new("/settings/capacity", "Capacity", null), new("/settings/alerts", "Alerts", null), new("/settings/actions", "Actions", null, IsForAdministrators: true), new("/welcome", "Welcome", null),
    ];

    /// <summary>Pages with a period and filters in their address.</summary>
    public static readonly IReadOnlySet<string> WithFilters = new HashSet<string> { "/", "/spend", "/usage", "/unit-costs", "/traces", "/reconciliation" };
}
