namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>How a Bedrock call is routed, which decides the price (facts/aws-cost-explorer.md §4).</summary>
public enum RoutingScope : byte
{
    /// <summary>Not said by the name; priced as in-region.</summary>
    Unknown = 0,
    InRegion = 1,
    /// <summary>A geography's profile: <c>us.</c>, <c>eu.</c>, <c>apac.</c>, <c>jp.</c>, <c>au.</c> …; billed at the regional rate.</summary>
    Geographic = 2,
    /// <summary><c>global.</c></summary>
    Global = 3,
}

/// <summary>Service tier of an inference call.</summary>
public enum ServiceTier : byte { Standard = 0, Batch = 1, Flex = 2, Priority = 3, LatencyOptimised = 4, Provisioned = 5, Reserved = 6 }

/// <summary>Length band that some models price differently.</summary>
public enum ContextBand : byte { Normal = 0, Long = 1 }

/// <summary>
/// A model as the portal names it: canonical id, who made it, how it was called and by which account's bill it is paid.
/// </summary>
/// <param name="Canonical">Canonical model id, such as <c>anthropic.claude-sonnet-4-6</c>; for an unresolved name the name itself.</param>
/// <param name="Provider">Maker in lower case: <c>anthropic</c>, <c>amazon</c>, <c>meta</c>, <c>openai</c> …; <c>unknown</c> when not known.</param>
/// <param name="Display">What people read: <c>Claude Sonnet 4.6</c>.</param>
/// <param name="Scope">Routing scope.</param>
/// <param name="IsResolved">False when only an opaque id was given (an application-inference-profile ARN, an unknown name).</param>
/// <param name="AccountId">Account named by an ARN, else null.</param>
/// <param name="Region">Region named by an ARN, else null.</param>
public sealed record ModelName(
    string Canonical, string Provider, string Display, RoutingScope Scope, bool IsResolved, string? AccountId = null, string? Region = null);
