using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Ledger.Assessment;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// The store. Times are UTC and kept as milliseconds since 1970, days as day numbers, money as nano-USD. One context per
/// database derives from it; the model is the same on both.
/// </summary>
public abstract class LedgerDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<DimensionValue> Dimensions => Set<DimensionValue>();
    public DbSet<TraceRow> Traces => Set<TraceRow>();
    public DbSet<SpanRow> Spans => Set<SpanRow>();
    public DbSet<SpanOrigin> SpanOrigins => Set<SpanOrigin>();
    public DbSet<CallRow> Calls => Set<CallRow>();
    public DbSet<UsageSeries> UsageSeries => Set<UsageSeries>();
    public DbSet<CostSeries> CostSeries => Set<CostSeries>();
    public DbSet<UsageRollup> UsageRollups => Set<UsageRollup>();
    public DbSet<CostRollup> CostRollups => Set<CostRollup>();
    public DbSet<SampledUsage> SampledUsage => Set<SampledUsage>();
    public DbSet<SampledRequests> SampledRequests => Set<SampledRequests>();
    public DbSet<UserRollup> UserRollups => Set<UserRollup>();
    public DbSet<GuardrailRollup> GuardrailRollups => Set<GuardrailRollup>();
    public DbSet<Price> Prices => Set<Price>();
    public DbSet<LearntRate> LearntRates => Set<LearntRate>();
    public DbSet<Repricing> Repricings => Set<Repricing>();
    public DbSet<RepricedUsage> RepricedUsages => Set<RepricedUsage>();
    public DbSet<BilledLine> BilledLines => Set<BilledLine>();
    public DbSet<BilledDay> BilledDays => Set<BilledDay>();
    public DbSet<OutsideScopeCost> OutsideScopeCosts => Set<OutsideScopeCost>();
    public DbSet<FrozenEstimate> FrozenEstimates => Set<FrozenEstimate>();
    public DbSet<LedgerEntry> LedgerEntries => Set<LedgerEntry>();
    public DbSet<BillOfFeed> BillsOfFeeds => Set<BillOfFeed>();
    public DbSet<LedgerAdjustment> LedgerAdjustments => Set<LedgerAdjustment>();
    public DbSet<OwnerRule> OwnerRules => Set<OwnerRule>();
    public DbSet<SplitRule> SplitRules => Set<SplitRule>();
    public DbSet<RuleChange> RuleChanges => Set<RuleChange>();
    public DbSet<AlertChannel> AlertChannels => Set<AlertChannel>();
    public DbSet<AlertDelivery> AlertDeliveries => Set<AlertDelivery>();
    public DbSet<MeteredUsage> MeteredUsage => Set<MeteredUsage>();
    public DbSet<FeedRun> FeedRuns => Set<FeedRun>();
    public DbSet<FeedCursor> FeedCursors => Set<FeedCursor>();
    public DbSet<InferenceProfile> InferenceProfiles => Set<InferenceProfile>();
    public DbSet<ResourceSeen> Resources => Set<ResourceSeen>();
    public DbSet<CostAllocationTag> CostAllocationTags => Set<CostAllocationTag>();
    public DbSet<MeteredResource> MeteredResources => Set<MeteredResource>();
    public DbSet<MeasuredStream> MeasuredStreams => Set<MeasuredStream>();
    public DbSet<MeasuredPoint> MeasuredPoints => Set<MeasuredPoint>();
    public DbSet<MeasuredUsage> MeasuredUsage => Set<MeasuredUsage>();
    public DbSet<LoggedHour> LoggedHours => Set<LoggedHour>();
    public DbSet<SenderSeen> Senders => Set<SenderSeen>();
    public DbSet<SignalCount> SignalCounts => Set<SignalCount>();
    public DbSet<AssessmentDraft> AssessmentDrafts => Set<AssessmentDraft>();
    public DbSet<AssessmentSubmission> AssessmentSubmissions => Set<AssessmentSubmission>();
    public DbSet<PortalUser> Users => Set<PortalUser>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<ActionRecord> Actions => Set<ActionRecord>();
    public DbSet<Spike> Spikes => Set<Spike>();
    public DbSet<SpikeComment> SpikeComments => Set<SpikeComment>();
    public DbSet<SpikeExemplar> SpikeExemplars => Set<SpikeExemplar>();
    public DbSet<SpikeThreshold> SpikeThresholds => Set<SpikeThreshold>();
    public DbSet<StoreFact> Facts => Set<StoreFact>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<DateTime>().HaveConversion<UtcMillisecondsConverter>();
        conventions.Properties<DateOnly>().HaveConversion<DayNumberConverter>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<DimensionValue>(e =>
        {
            e.ToTable("dimension");
            e.Property(x => x.Id).ValueGeneratedNever();
            e.HasIndex(x => new { x.Kind, x.Name }).IsUnique();
        });
        model.Entity<TraceRow>(e =>
        {
            e.ToTable("trace").HasKey(x => x.Key);
            e.Property(x => x.Key).ValueGeneratedNever();
            e.HasIndex(x => x.TraceId).IsUnique();
            e.HasIndex(x => new { x.StartUnixMs, x.Key });
            e.HasIndex(x => x.StartUnixMs, "IX_trace_looped").HasFilter("\"Loops\" > 0");
        });
        model.Entity<SpanRow>(e => e.ToTable("span").HasKey(x => new { x.TraceKey, x.SpanId }));
        model.Entity<SpanOrigin>(e =>
        {
            e.ToTable("span_origin");
            e.Property(x => x.Id).ValueGeneratedNever();
            e.HasIndex(x => x.Hash).IsUnique();
        });
        model.Entity<CallRow>(e =>
        {
            e.ToTable("call").HasKey(x => new { x.TraceKey, x.SpanId });
            e.Ignore(x => x.Tokens);
            e.Ignore(x => x.Sampled);
            e.HasIndex(x => x.StartUnixMs);
            // One call may come through several doors: its Bedrock request id is how they meet.
            e.HasIndex(x => x.RequestId).HasFilter("\"RequestId\" IS NOT NULL");
        });
        model.Entity<UsageSeries>(e => { e.ToTable("usage_series"); e.Property(x => x.Id).ValueGeneratedNever(); });
        model.Entity<CostSeries>(e => { e.ToTable("cost_series"); e.Property(x => x.Id).ValueGeneratedNever(); });
        model.Entity<UsageRollup>(e =>
        {
            e.ToTable("usage_rollup").HasKey(x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
            e.Ignore(x => x.Tokens);
        });
        model.Entity<CostRollup>(e =>
        {
            e.ToTable("cost_rollup").HasKey(x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
            e.Ignore(x => x.Tokens);
        });
        model.Entity<SampledUsage>(e => e.ToTable("sampled_usage").HasKey(x => new { x.Span, x.SlotUnixSeconds, x.SeriesId }));
        model.Entity<SampledRequests>(e => e.ToTable("sampled_requests").HasKey(x => new { x.Span, x.SlotUnixSeconds, x.SeriesId }));
        model.Entity<UserRollup>(e => e.ToTable("user_rollup").HasKey(x => new { x.Day, x.SeriesId }));
        model.Entity<GuardrailRollup>(e => e.ToTable("guardrail_rollup").HasKey(x => new { x.Day, x.SeriesId, x.GuardrailId }));
        model.Entity<Price>(e => { e.ToTable("price"); e.HasIndex(x => x.Model); });
        model.Entity<LearntRate>(e =>
        {
            e.ToTable("learnt_rate").HasKey(x => new { x.Day, x.AccountId, x.BilledServiceId, x.UsageTypeId });
            e.HasIndex(x => new { x.ModelId, x.Day });
        });
        model.Entity<Repricing>(e => e.ToTable("repricing"));
        model.Entity<RepricedUsage>(e => { e.ToTable("repriced_usage"); e.HasIndex(x => new { x.RepricingId, x.Day }); });
        model.Entity<BilledLine>(e => { e.ToTable("billed_line"); e.HasIndex(x => new { x.Day, x.AccountId }); });
        model.Entity<BilledDay>(e => e.ToTable("billed_day").HasKey(x => new { x.Day, x.AccountId }));
        model.Entity<FrozenEstimate>(e => e.ToTable("frozen_estimate").HasKey(x => new { x.Day, x.AccountId, x.ModelId }));
        model.Entity<OutsideScopeCost>(e => e.ToTable("outside_scope_cost").HasKey(x => new { x.Day, x.AccountId, x.BilledServiceId }));
        model.Entity<LedgerEntry>(e => { e.ToTable("ledger_entry"); e.HasIndex(x => new { x.Day, x.AccountId }); });
        model.Entity<BillOfFeed>(e => e.ToTable("bill_of_feed").HasKey(x => new { x.Day, x.AccountId, x.Feed }));
        model.Entity<LedgerAdjustment>(e => { e.ToTable("ledger_adjustment"); e.HasIndex(x => x.Day); });
        model.Entity<OwnerRule>(e => e.ToTable("owner_rule"));
        model.Entity<SplitRule>(e => e.ToTable("split_rule"));
        model.Entity<RuleChange>(e => e.ToTable("rule_change"));
        model.Entity<AlertChannel>(e => e.ToTable("alert_channel"));
        model.Entity<AlertDelivery>(e =>
        {
            e.ToTable("alert_delivery");
            // The same news is never planned twice, whoever plans.
            e.HasIndex(x => new { x.ChannelId, x.SpikeId, x.Event, x.Version }).IsUnique().HasFilter("\"SpikeId\" <> 0");
            e.HasIndex(x => new { x.State, x.NextAt });
        });
        model.Entity<MeteredUsage>(e => e.ToTable("metered_usage")
            .HasKey(x => new { x.HourUnixSeconds, x.AccountId, x.RegionId, x.ModelId, x.Scope, x.Metric }));
        model.Entity<FeedRun>(e => { e.ToTable("feed_run"); e.HasIndex(x => new { x.Feed, x.Start }); });
        model.Entity<FeedCursor>(e => e.ToTable("feed_cursor").HasKey(x => new { x.Feed, x.Connection, x.Place }));
        model.Entity<InferenceProfile>(e => e.ToTable("inference_profile").HasKey(x => x.Arn));
        model.Entity<ResourceSeen>(e => e.ToTable("resource").HasKey(x => x.Arn));
        model.Entity<CostAllocationTag>(e => e.ToTable("cost_allocation_tag").HasKey(x => new { x.Connection, x.TagKey }));
        model.Entity<MeteredResource>(e => e.ToTable("metered_resource")
            .HasKey(x => new { x.HourUnixSeconds, x.AccountId, x.RegionId, x.ResourceId, x.MetricId }));
        model.Entity<MeasuredStream>(e =>
        {
            e.ToTable("measured_stream");
            e.Property(x => x.Id).ValueGeneratedNever();
            e.HasIndex(x => x.Hash).IsUnique();
        });
        model.Entity<MeasuredPoint>(e => e.ToTable("measured_point").HasKey(x => new { x.StreamId, x.TimeUnixMs }));
        model.Entity<MeasuredUsage>(e => e.ToTable("measured_usage").HasKey(x => new { x.SlotUnixSeconds, x.SeriesId, x.Measure, x.ReachSlots }));
        model.Entity<LoggedHour>(e => { e.ToTable("logged_hour").HasKey(x => new { x.HourUnixSeconds, x.Connection, x.UsageSeriesId, x.CostSeriesId }); e.Ignore(x => x.Amounts); });
        model.Entity<SenderSeen>(e => { e.ToTable("sender"); e.HasIndex(x => new { x.ScopeName, x.ScopeVersion, x.Language }).IsUnique(); });
        model.Entity<SignalCount>(e => e.ToTable("signal_count").HasKey(x => x.Signal));
        model.Entity<AssessmentDraft>(e => e.ToTable("assessment_draft").HasKey(x => x.Scope));
        model.Entity<AssessmentSubmission>(e => { e.ToTable("assessment_submission"); e.HasIndex(x => new { x.Scope, x.SubmittedAt }); });
        model.Entity<PortalUser>(e => { e.ToTable("portal_user"); e.HasIndex(x => x.Name).IsUnique(); });
        model.Entity<ApiKey>(e => { e.ToTable("api_key"); e.HasIndex(x => x.Hash).IsUnique(); });
        model.Entity<ActionRecord>(e => { e.ToTable("action_record"); e.HasIndex(x => x.At); });
        model.Entity<Spike>(e =>
        {
            e.ToTable("spike");
            e.HasIndex(x => x.Start);
            e.HasIndex(x => x.UpdatedAt);
        });
        model.Entity<SpikeComment>(e => { e.ToTable("spike_comment"); e.HasIndex(x => x.SpikeId); });
        model.Entity<SpikeExemplar>(e => { e.ToTable("spike_exemplar").HasKey(x => new { x.SpikeId, x.TraceKey }); e.HasIndex(x => x.TraceKey); });
        model.Entity<SpikeThreshold>(e => e.ToTable("spike_threshold").HasKey(x => new { x.Scope, x.ScopeId }));
        model.Entity<StoreFact>(e => e.ToTable("store_fact").HasKey(x => x.Name));
    }
}

/// <summary>The store on SQLite.</summary>
public sealed class SqliteLedgerDb(DbContextOptions<SqliteLedgerDb> options) : LedgerDb(options);

/// <summary>The store on PostgreSQL.</summary>
public sealed class PostgresLedgerDb(DbContextOptions<PostgresLedgerDb> options) : LedgerDb(options);
