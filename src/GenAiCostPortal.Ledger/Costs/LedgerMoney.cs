using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A part of the ledger as reports need it: what it is about, how much, and what it rests on.</summary>
internal readonly record struct LedgerMoney(
    DateOnly Day, SpendKey Key, long NanoUsd, Basis Basis, AllocationMethod Method, UnattributedReason Reason, bool IsUsage)
{
    /// <summary>Tokens it stands for; null where it is not about tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Whether recorded calls stand behind it.</summary>
    public bool IsOfCalls => Method.IsOfCalls() || Reason == UnattributedReason.NoFeatureOnCall;

    public TokenKind? Kind => Key[SpendDimension.TokenKind] is var kind and not 0 ? (TokenKind)(kind - 1) : null;

    public static LedgerMoney Of(LedgerEntry entry)
    {
        var key = default(SpendKey);
        key[SpendDimension.Team] = entry.TeamId;
        key[SpendDimension.Application] = entry.ApplicationId;
        key[SpendDimension.Feature] = entry.FeatureId;
        key[SpendDimension.Environment] = entry.EnvironmentId;
        key[SpendDimension.Account] = entry.AccountId;
        key[SpendDimension.Region] = entry.RegionId;
        key[SpendDimension.Model] = entry.ModelId;
        key[SpendDimension.Provider] = entry.ProviderId;
        key[SpendDimension.Component] = (int)entry.Component + 1;
        key[SpendDimension.Release] = entry.ReleaseId;
        key[SpendDimension.TokenKind] = entry.Kind is { } kind ? (int)kind + 1 : 0;
        key[SpendDimension.Tier] = (int)entry.Tier + 1;
        key[SpendDimension.Method] = (int)entry.Method + 1;
        key[SpendDimension.Service] = entry.BilledServiceId;
        return new LedgerMoney(entry.Day, key, entry.AmountNanoUsd, entry.Basis, entry.Method, entry.Reason, entry.Category == ChargeCategory.Usage) { Tokens = entry.Tokens };
    }
}

/// <summary>Whose calls of which model and token kind: the grain at which hours and workflows of money are known.</summary>
internal readonly record struct CallUse(
    int Account, int Region, int Model, int Feature, int Team, int Application, int Environment, int Release, TokenKind Kind)
{
    public static CallUse Of(in SpendKey key, TokenKind kind) => new(
        key[(int)SpendDimension.Account], key[(int)SpendDimension.Region], key[(int)SpendDimension.Model], key[(int)SpendDimension.Feature],
        key[(int)SpendDimension.Team], key[(int)SpendDimension.Application], key[(int)SpendDimension.Environment], key[(int)SpendDimension.Release], kind);

    /// <summary>The same calls as a sender names them that does not say its account and region.</summary>
    public CallUse Unplaced => this with { Account = 0, Region = 0 };

    /// <summary>All calls of the feature on the model.</summary>
    public CallUse OfFeature => new(-1, 0, Model, Feature, 0, 0, 0, 0, Kind);
}
