namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>Turns every way a model is named (ids, profiles, ARNs, vendor and marketplace names) into one <see cref="ModelName"/>.</summary>
public static class ModelNameReader
{
    /// <summary>Reads a name as sent. Never fails: an unknown name is kept as it is, with <see cref="ModelName.IsResolved"/> false.</summary>
    /// <param name="name">Id, ARN, alias or marketplace name.</param>
    /// <param name="providerHint">What the sender says of the provider (<c>aws.bedrock</c>, <c>openai</c> …), or null.</param>
    public static ModelName Read(string? name, string? providerHint = null) => throw new NotImplementedException();
}
