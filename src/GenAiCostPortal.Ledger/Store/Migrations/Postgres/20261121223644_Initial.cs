using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261121223644_Initial")]
    public class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "action_record",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false),
                    Action = table.Column<string>(type: "text", nullable: false),
                    Target = table.Column<string>(type: "text", nullable: false),
                    Outcome = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_action_record", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "api_key",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: false),
                    Role = table.Column<byte>(type: "smallint", nullable: false),
                    Prefix = table.Column<string>(type: "text", nullable: false),
                    Hash = table.Column<string>(type: "text", nullable: false),
                    Team = table.Column<string>(type: "text", nullable: true),
                    Environment = table.Column<string>(type: "text", nullable: true),
                    AccountId = table.Column<string>(type: "text", nullable: true),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastUsedAt = table.Column<long>(type: "bigint", nullable: true),
                    RevokedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_key", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "assessment_draft",
                columns: table => new
                {
                    Scope = table.Column<string>(type: "text", nullable: false),
                    Answers = table.Column<string>(type: "text", nullable: false),
                    UpdatedAt = table.Column<long>(type: "bigint", nullable: false),
                    UpdatedBy = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_assessment_draft", x => x.Scope);
                });

            migrationBuilder.CreateTable(
                name: "assessment_submission",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Scope = table.Column<string>(type: "text", nullable: false),
                    SubmittedAt = table.Column<long>(type: "bigint", nullable: false),
                    SubmittedBy = table.Column<string>(type: "text", nullable: false),
                    Score = table.Column<double>(type: "double precision", nullable: true),
                    Answers = table.Column<string>(type: "text", nullable: false),
                    Evidence = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_assessment_submission", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "billed_day",
                columns: table => new
                {
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    FirstReadAt = table.Column<long>(type: "bigint", nullable: false),
                    LastReadAt = table.Column<long>(type: "bigint", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    EarlierAmountNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    EarlierReadAt = table.Column<long>(type: "bigint", nullable: true),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true),
                    IsPreliminary = table.Column<bool>(type: "boolean", nullable: false),
                    FrozenEstimateNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    NeedsBuild = table.Column<bool>(type: "boolean", nullable: false),
                    BuiltAt = table.Column<long>(type: "bigint", nullable: true),
                    Restatements = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billed_day", x => new { x.Day, x.AccountId });
                });

            migrationBuilder.CreateTable(
                name: "billed_line",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    BilledServiceId = table.Column<int>(type: "integer", nullable: false),
                    UsageTypeId = table.Column<int>(type: "integer", nullable: false),
                    Category = table.Column<byte>(type: "smallint", nullable: false),
                    TagFeatureId = table.Column<int>(type: "integer", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Quantity = table.Column<decimal>(type: "numeric", nullable: true),
                    Unit = table.Column<string>(type: "text", nullable: false),
                    IsPreliminary = table.Column<bool>(type: "boolean", nullable: false),
                    Feed = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billed_line", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "call",
                columns: table => new
                {
                    TraceKey = table.Column<long>(type: "bigint", nullable: false),
                    SpanId = table.Column<long>(type: "bigint", nullable: false),
                    StartUnixMs = table.Column<long>(type: "bigint", nullable: false),
                    DurationMs = table.Column<double>(type: "double precision", nullable: false),
                    TimeToFirstTokenMs = table.Column<double>(type: "double precision", nullable: true),
                    UsageSeriesId = table.Column<int>(type: "integer", nullable: false),
                    CostSeriesId = table.Column<int>(type: "integer", nullable: false),
                    Status = table.Column<byte>(type: "smallint", nullable: false),
                    TokenState = table.Column<byte>(type: "smallint", nullable: false),
                    Flags = table.Column<int>(type: "integer", nullable: false),
                    CostState = table.Column<byte>(type: "smallint", nullable: false),
                    Input = table.Column<long>(type: "bigint", nullable: false),
                    CacheRead = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite5m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite30m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite1h = table.Column<long>(type: "bigint", nullable: false),
                    Output = table.Column<long>(type: "bigint", nullable: false),
                    Reasoning = table.Column<long>(type: "bigint", nullable: false),
                    EstimatedCostNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    RequestId = table.Column<string>(type: "text", nullable: true),
                    ErrorType = table.Column<string>(type: "text", nullable: true),
                    Detail = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_call", x => new { x.TraceKey, x.SpanId });
                });

            migrationBuilder.CreateTable(
                name: "cost_rollup",
                columns: table => new
                {
                    Span = table.Column<byte>(type: "smallint", nullable: false),
                    SlotUnixSeconds = table.Column<long>(type: "bigint", nullable: false),
                    SeriesId = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Input = table.Column<long>(type: "bigint", nullable: false),
                    CacheRead = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite5m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite30m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite1h = table.Column<long>(type: "bigint", nullable: false),
                    Output = table.Column<long>(type: "bigint", nullable: false),
                    Reasoning = table.Column<long>(type: "bigint", nullable: false),
                    EstimatedCostNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    UnpricedTokens = table.Column<long>(type: "bigint", nullable: false),
                    CallsWithoutCost = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cost_rollup", x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
                });

            migrationBuilder.CreateTable(
                name: "cost_series",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    ProviderId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    Tier = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Band = table.Column<byte>(type: "smallint", nullable: false),
                    FeatureId = table.Column<int>(type: "integer", nullable: false),
                    TeamId = table.Column<int>(type: "integer", nullable: false),
                    ApplicationId = table.Column<int>(type: "integer", nullable: false),
                    EnvironmentId = table.Column<int>(type: "integer", nullable: false),
                    ReleaseId = table.Column<int>(type: "integer", nullable: false),
                    IsOffBill = table.Column<bool>(type: "boolean", nullable: false),
                    IsBillable = table.Column<bool>(type: "boolean", nullable: false),
                    PriceId = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cost_series", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "dimension",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Label = table.Column<string>(type: "text", nullable: true),
                    ColourSlot = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dimension", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "feed_run",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Feed = table.Column<string>(type: "text", nullable: false),
                    Connection = table.Column<string>(type: "text", nullable: false),
                    Start = table.Column<long>(type: "bigint", nullable: false),
                    End = table.Column<long>(type: "bigint", nullable: true),
                    Outcome = table.Column<byte>(type: "smallint", nullable: false),
                    Rows = table.Column<long>(type: "bigint", nullable: false),
                    CoveredFrom = table.Column<long>(type: "bigint", nullable: true),
                    CoveredTo = table.Column<long>(type: "bigint", nullable: true),
                    Message = table.Column<string>(type: "text", nullable: false),
                    Cure = table.Column<string>(type: "text", nullable: false),
                    Progress = table.Column<double>(type: "double precision", nullable: false),
                    Requests = table.Column<long>(type: "bigint", nullable: false),
                    RequestCostNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Trigger = table.Column<string>(type: "text", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_run", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "frozen_estimate",
                columns: table => new
                {
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    FrozenAt = table.Column<long>(type: "bigint", nullable: false),
                    EstimatedNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_frozen_estimate", x => new { x.Day, x.AccountId, x.ModelId });
                });

            migrationBuilder.CreateTable(
                name: "ledger_entry",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    BilledServiceId = table.Column<int>(type: "integer", nullable: false),
                    UsageTypeId = table.Column<int>(type: "integer", nullable: false),
                    ProviderId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    Component = table.Column<byte>(type: "smallint", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: true),
                    Tier = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Category = table.Column<byte>(type: "smallint", nullable: false),
                    FeatureId = table.Column<int>(type: "integer", nullable: false),
                    TeamId = table.Column<int>(type: "integer", nullable: false),
                    ApplicationId = table.Column<int>(type: "integer", nullable: false),
                    EnvironmentId = table.Column<int>(type: "integer", nullable: false),
                    ReleaseId = table.Column<int>(type: "integer", nullable: false),
                    Method = table.Column<byte>(type: "smallint", nullable: false),
                    Reason = table.Column<byte>(type: "smallint", nullable: false),
                    Basis = table.Column<byte>(type: "smallint", nullable: false),
                    Flags = table.Column<int>(type: "integer", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_entry", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "metered_usage",
                columns: table => new
                {
                    HourUnixSeconds = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    Metric = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Value = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metered_usage", x => new { x.HourUnixSeconds, x.AccountId, x.RegionId, x.ModelId, x.Scope, x.Metric });
                });

            migrationBuilder.CreateTable(
                name: "outside_scope_cost",
                columns: table => new
                {
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    BilledServiceId = table.Column<int>(type: "integer", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outside_scope_cost", x => new { x.Day, x.AccountId, x.BilledServiceId });
                });

            migrationBuilder.CreateTable(
                name: "portal_user",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false),
                    PasswordHash = table.Column<string>(type: "text", nullable: false),
                    Role = table.Column<byte>(type: "smallint", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastSignInAt = table.Column<long>(type: "bigint", nullable: true),
                    FailedSignIns = table.Column<int>(type: "integer", nullable: false),
                    LockedUntil = table.Column<long>(type: "bigint", nullable: true),
                    SecurityStamp = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_portal_user", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "price",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Model = table.Column<string>(type: "text", nullable: false),
                    Provider = table.Column<string>(type: "text", nullable: false),
                    Tier = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Region = table.Column<string>(type: "text", nullable: false),
                    Band = table.Column<byte>(type: "smallint", nullable: false),
                    EffectiveFrom = table.Column<int>(type: "integer", nullable: true),
                    Source = table.Column<byte>(type: "smallint", nullable: false),
                    Provenance = table.Column<string>(type: "text", nullable: false),
                    ReadOn = table.Column<int>(type: "integer", nullable: true),
                    InputNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    CacheReadNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    CacheWrite5mNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    CacheWrite30mNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    CacheWrite1hNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    OutputNanoUsd = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "sender",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ScopeName = table.Column<string>(type: "text", nullable: false),
                    ScopeVersion = table.Column<string>(type: "text", nullable: false),
                    Language = table.Column<string>(type: "text", nullable: false),
                    Reading = table.Column<string>(type: "text", nullable: false),
                    Spans = table.Column<long>(type: "bigint", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    FirstSeen = table.Column<long>(type: "bigint", nullable: false),
                    LastSeen = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sender", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "signal_count",
                columns: table => new
                {
                    Signal = table.Column<string>(type: "text", nullable: false),
                    Received = table.Column<long>(type: "bigint", nullable: false),
                    Stored = table.Column<long>(type: "bigint", nullable: false),
                    Rejected = table.Column<long>(type: "bigint", nullable: false),
                    LastAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signal_count", x => x.Signal);
                });

            migrationBuilder.CreateTable(
                name: "span",
                columns: table => new
                {
                    TraceKey = table.Column<long>(type: "bigint", nullable: false),
                    SpanId = table.Column<long>(type: "bigint", nullable: false),
                    ParentSpanId = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: false),
                    Status = table.Column<byte>(type: "smallint", nullable: false),
                    StatusMessage = table.Column<string>(type: "text", nullable: true),
                    StartUnixNs = table.Column<long>(type: "bigint", nullable: false),
                    DurationNs = table.Column<long>(type: "bigint", nullable: false),
                    OriginId = table.Column<int>(type: "integer", nullable: false),
                    Attributes = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_span", x => new { x.TraceKey, x.SpanId });
                });

            migrationBuilder.CreateTable(
                name: "span_origin",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Hash = table.Column<string>(type: "text", nullable: false),
                    ResourceAttributes = table.Column<string>(type: "text", nullable: false),
                    ScopeName = table.Column<string>(type: "text", nullable: false),
                    ScopeVersion = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_span_origin", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "store_fact",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false),
                    Value = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_store_fact", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "trace",
                columns: table => new
                {
                    Key = table.Column<long>(type: "bigint", nullable: false),
                    TraceId = table.Column<byte[]>(type: "bytea", nullable: false),
                    StartUnixMs = table.Column<long>(type: "bigint", nullable: false),
                    DurationMs = table.Column<double>(type: "double precision", nullable: false),
                    WorkflowId = table.Column<int>(type: "integer", nullable: false),
                    FeatureId = table.Column<int>(type: "integer", nullable: false),
                    TeamId = table.Column<int>(type: "integer", nullable: false),
                    ApplicationId = table.Column<int>(type: "integer", nullable: false),
                    EnvironmentId = table.Column<int>(type: "integer", nullable: false),
                    ReleaseId = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    ModelIds = table.Column<string>(type: "text", nullable: false),
                    Spans = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<int>(type: "integer", nullable: false),
                    Errors = table.Column<int>(type: "integer", nullable: false),
                    Retries = table.Column<int>(type: "integer", nullable: false),
                    Loops = table.Column<int>(type: "integer", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: false),
                    EstimatedCostNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    RetryCostNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    CostState = table.Column<byte>(type: "smallint", nullable: false),
                    Status = table.Column<byte>(type: "smallint", nullable: false),
                    HasRoot = table.Column<bool>(type: "boolean", nullable: false),
                    IsRequest = table.Column<bool>(type: "boolean", nullable: false),
                    RequestSeriesId = table.Column<int>(type: "integer", nullable: false),
                    RequestUnixMs = table.Column<long>(type: "bigint", nullable: false),
                    Source = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trace", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "usage_rollup",
                columns: table => new
                {
                    Span = table.Column<byte>(type: "smallint", nullable: false),
                    SlotUnixSeconds = table.Column<long>(type: "bigint", nullable: false),
                    SeriesId = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Errors = table.Column<long>(type: "bigint", nullable: false),
                    Throttles = table.Column<long>(type: "bigint", nullable: false),
                    Retries = table.Column<long>(type: "bigint", nullable: false),
                    Requests = table.Column<long>(type: "bigint", nullable: false),
                    CallsWithoutTokens = table.Column<long>(type: "bigint", nullable: false),
                    Input = table.Column<long>(type: "bigint", nullable: false),
                    CacheRead = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite5m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite30m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite1h = table.Column<long>(type: "bigint", nullable: false),
                    Output = table.Column<long>(type: "bigint", nullable: false),
                    Reasoning = table.Column<long>(type: "bigint", nullable: false),
                    DurationMs = table.Column<double>(type: "double precision", nullable: false),
                    Latency = table.Column<byte[]>(type: "bytea", nullable: true),
                    TimeToFirstToken = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_rollup", x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
                });

            migrationBuilder.CreateTable(
                name: "usage_series",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    ProviderId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    Tier = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Band = table.Column<byte>(type: "smallint", nullable: false),
                    FeatureId = table.Column<int>(type: "integer", nullable: false),
                    TeamId = table.Column<int>(type: "integer", nullable: false),
                    ApplicationId = table.Column<int>(type: "integer", nullable: false),
                    EnvironmentId = table.Column<int>(type: "integer", nullable: false),
                    ReleaseId = table.Column<int>(type: "integer", nullable: false),
                    WorkflowId = table.Column<int>(type: "integer", nullable: false),
                    AgentId = table.Column<int>(type: "integer", nullable: false),
                    IsOffBill = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_series", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_action_record_At",
                table: "action_record",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_api_key_Hash",
                table: "api_key",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_assessment_submission_Scope_SubmittedAt",
                table: "assessment_submission",
                columns: new[] { "Scope", "SubmittedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_billed_line_Day_AccountId",
                table: "billed_line",
                columns: new[] { "Day", "AccountId" });

            migrationBuilder.CreateIndex(
                name: "IX_call_StartUnixMs",
                table: "call",
                column: "StartUnixMs");

            migrationBuilder.CreateIndex(
                name: "IX_dimension_Kind_Name",
                table: "dimension",
                columns: new[] { "Kind", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_feed_run_Feed_Start",
                table: "feed_run",
                columns: new[] { "Feed", "Start" });

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entry_Day_AccountId",
                table: "ledger_entry",
                columns: new[] { "Day", "AccountId" });

            migrationBuilder.CreateIndex(
                name: "IX_portal_user_Name",
                table: "portal_user",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_price_Model",
                table: "price",
                column: "Model");

            migrationBuilder.CreateIndex(
                name: "IX_sender_ScopeName_ScopeVersion_Language",
                table: "sender",
                columns: new[] { "ScopeName", "ScopeVersion", "Language" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_span_origin_Hash",
                table: "span_origin",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_trace_StartUnixMs_Key",
                table: "trace",
                columns: new[] { "StartUnixMs", "Key" });

            migrationBuilder.CreateIndex(
                name: "IX_trace_TraceId",
                table: "trace",
                column: "TraceId",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "action_record");

            migrationBuilder.DropTable(
                name: "api_key");

            migrationBuilder.DropTable(
                name: "assessment_draft");

            migrationBuilder.DropTable(
                name: "assessment_submission");

            migrationBuilder.DropTable(
                name: "billed_day");

            migrationBuilder.DropTable(
                name: "billed_line");

            migrationBuilder.DropTable(
                name: "call");

            migrationBuilder.DropTable(
                name: "cost_rollup");

            migrationBuilder.DropTable(
                name: "cost_series");

            migrationBuilder.DropTable(
                name: "dimension");

            migrationBuilder.DropTable(
                name: "feed_run");

            migrationBuilder.DropTable(
                name: "frozen_estimate");

            migrationBuilder.DropTable(
                name: "ledger_entry");

            migrationBuilder.DropTable(
                name: "metered_usage");

            migrationBuilder.DropTable(
                name: "outside_scope_cost");

            migrationBuilder.DropTable(
                name: "portal_user");

            migrationBuilder.DropTable(
                name: "price");

            migrationBuilder.DropTable(
                name: "sender");

            migrationBuilder.DropTable(
                name: "signal_count");

            migrationBuilder.DropTable(
                name: "span");

            migrationBuilder.DropTable(
                name: "span_origin");

            migrationBuilder.DropTable(
                name: "store_fact");

            migrationBuilder.DropTable(
                name: "trace");

            migrationBuilder.DropTable(
                name: "usage_rollup");

            migrationBuilder.DropTable(
                name: "usage_series");
        }
    }
}
