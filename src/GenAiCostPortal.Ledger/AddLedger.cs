using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Ledger.Assessment;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Focus;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Ledger;

/// <summary>Registers everything of the ledger.</summary>
public static class LedgerRegistration
{
    /// <summary>Adds the store, writers and reports.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, StoreOptions store, OwnerKeys owners)
    {
        services.AddLedgerStore(store);
        services.AddSingleton(owners);
        services.AddSingleton<OwnerSettings>();
        services.AddSingleton<TagPreview>();
        services.AddSingleton<OwnerPreview>();
        services.AddSingleton<OwnerReading>();
        services.AddSingleton<RuleDesk>();
        services.AddSingleton<RuleReport>();
        services.AddSingleton<RuleChoices>();
        services.AddSingleton<RulePreview>();
        services.AddSingleton<BorderReader>();
        services.AddSingleton<BorderPreview>();
        services.AddSingleton<PriceFinder>();
        services.AddSingleton<PriceListWriter>();
        services.AddSingleton<OwnPrices>();
        services.AddSingleton<LearntPrices>();
        services.AddSingleton<LearntRateReport>();
        services.AddSingleton<LearntRates>();
        services.AddSingleton<Repricings>();
        services.AddSingleton<RepricingRun>();
        services.AddSingleton<AccuracyReport>();
        services.AddSingleton<PriceBookReport>();
        services.AddSingleton<TraceWriter>();
        services.AddSingleton<MeasureWriter>();
        services.AddSingleton<MeasureSettling>();
        services.AddSingleton<MeasuredUsageReport>();
        services.AddSingleton<Retention>();
        services.AddSingleton<AccountLabels>();
        services.AddSingleton<BillWriter>();
        services.AddSingleton<MeterWriter>();
        services.AddSingleton<MeteredProfiles>();
        services.AddSingleton<ResourceMeterWriter>();
        services.AddSingleton<InventoryWriter>();
        services.AddSingleton<CapacityDesk>();
        services.AddSingleton<InferenceProfiles>();
        services.AddSingleton<LedgerDayReader>();
        services.AddSingleton<LedgerDays>();
        services.AddSingleton<DayVersions>();
        services.AddSingleton<OpenDays>();
        services.AddSingleton<EstimateFreezer>();
        services.AddSingleton<LedgerSwap>();
        services.AddSingleton<BillNames>();
        services.AddSingleton<LedgerBuild>();
        services.AddSingleton<LedgerTrial>();
        services.AddSingleton<LedgerAdjustments>();
        services.AddSingleton<DayHours>();
        services.AddSingleton<BillState>();
        services.AddSingleton<SpendReport>();
        services.AddSingleton<Reconciliation>();
        services.AddSingleton<BillTrailReport>();
        services.AddSingleton<UnexplainedReport>();
        services.AddSingleton<FocusExport>();
        services.AddSingleton<SpendComparison>();
        services.AddSingleton<UsageShares>();
        services.AddSingleton<UsageReport>();
        services.AddSingleton<ReleaseStarts>();
        services.AddSingleton<MeteredReport>();
        services.AddSingleton<ThroughputReport>();
        services.AddSingleton<UnitCostReport>();
        services.AddSingleton<TraceSearch>();
        services.AddSingleton<KnownTraces>();
        services.AddSingleton<ChangeReport>();
        services.AddSingleton<SeriesReader>();
        services.AddSingleton<FeedTrouble>();
        services.AddSingleton<SpikeBill>();
        services.AddSingleton<SpikeWatch>();
        services.AddSingleton<SpikeList>();
        services.AddSingleton<SpikeDesk>();
        services.AddSingleton<EvidenceReport>();
        services.AddSingleton<AssessmentDesk>();
        services.AddSingleton<ActionLog>();
        services.AddSingleton<ProfileCalls>();
        services.AddSingleton<FeedRuns>();
        services.AddSingleton<FeedCursors>();
        services.AddSingleton<FeedPlans>();
        services.AddSingleton<FeedCoverage>();
        services.AddSingleton<FeedReport>();
        services.AddSingleton<ReceiverReport>();
        services.AddSingleton<DoorReport>();
        services.AddSingleton<SignalTally>();
        services.AddSingleton<AlertChannels>();
        services.AddSingleton<AlertOutbox>();
        return services;
    }
}
