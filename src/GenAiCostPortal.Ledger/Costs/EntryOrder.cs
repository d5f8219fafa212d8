namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The fixed order of a day's entries. Entries that compare as equal are one entry: all but day, amount and tokens is the same.</summary>
internal sealed class EntryOrder : IComparer<LedgerEntry>
{
    public static EntryOrder Instance { get; } = new();

    public int Compare(LedgerEntry? a, LedgerEntry? b)
    {
        if (ReferenceEquals(a, b) || a is null || b is null) return a is null ? b is null ? 0 : -1 : b is null ? 1 : 0;
        int order;
        if ((order = a.AccountId.CompareTo(b.AccountId)) != 0) return order;
        if ((order = a.RegionId.CompareTo(b.RegionId)) != 0) return order;
        if ((order = a.BilledServiceId.CompareTo(b.BilledServiceId)) != 0) return order;
        if ((order = a.UsageTypeId.CompareTo(b.UsageTypeId)) != 0) return order;
        if ((order = a.ProviderId.CompareTo(b.ProviderId)) != 0) return order;
        if ((order = a.ModelId.CompareTo(b.ModelId)) != 0) return order;
        if ((order = ((int)a.Component).CompareTo((int)b.Component)) != 0) return order;
        if ((order = a.FeatureId.CompareTo(b.FeatureId)) != 0) return order;
        if ((order = a.TeamId.CompareTo(b.TeamId)) != 0) return order;
        if ((order = a.ApplicationId.CompareTo(b.ApplicationId)) != 0) return order;
        if ((order = a.EnvironmentId.CompareTo(b.EnvironmentId)) != 0) return order;
        if ((order = a.ReleaseId.CompareTo(b.ReleaseId)) != 0) return order;
        if ((order = a.RuleId.CompareTo(b.RuleId)) != 0) return order;
        if ((order = ((int?)a.Kind ?? -1).CompareTo((int?)b.Kind ?? -1)) != 0) return order;
        if ((order = ((int)a.Tier).CompareTo((int)b.Tier)) != 0) return order;
        if ((order = ((int)a.Scope).CompareTo((int)b.Scope)) != 0) return order;
        if ((order = ((int)a.Category).CompareTo((int)b.Category)) != 0) return order;
        if ((order = ((int)a.Method).CompareTo((int)b.Method)) != 0) return order;
        if ((order = ((int)a.Reason).CompareTo((int)b.Reason)) != 0) return order;
        return (((int)a.Basis << 8) | (int)a.Flags).CompareTo(((int)b.Basis << 8) | (int)b.Flags);
    }
}
