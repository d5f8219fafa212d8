namespace GenAiCostPortal.Access;

/// <summary>Policy names; each is a <see cref="Ledger.Access.PortalRole"/> and includes the roles above it.</summary>
public static class Policies
{
    public const string Viewer = nameof(Viewer);
    public const string Analyst = nameof(Analyst);
    public const string Operator = nameof(Operator);
    public const string Administrator = nameof(Administrator);
}
