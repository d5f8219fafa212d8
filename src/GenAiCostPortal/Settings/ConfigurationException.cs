namespace GenAiCostPortal.Settings;

/// <summary>All mistakes of the configuration at once, each naming its key.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> mistakes)
    : Exception("The configuration has mistakes:" + string.Concat(mistakes.Select(m => Environment.NewLine + "  - " + m)))
{
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
