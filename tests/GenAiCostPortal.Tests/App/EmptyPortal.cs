namespace GenAiCostPortal.App;

/// <summary>One portal without a figure for the tests of a class that only ask and write nothing.</summary>
public sealed class EmptyPortal : IDisposable
{
    public PortalApp App { get; } = new();

    public void Dispose() => App.Dispose();
}
