using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261121223631_Initial")]
    public class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "action_record",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Who = table.Column<string>(type: "TEXT", nullable: false),
                    Action = table.Column<string>(type: "TEXT", nullable: false),
                    Target = table.Column<string>(type: "TEXT", nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_action_record", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "api_key",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<byte>(type: "INTEGER", nullable: false),
                    Role = table.Column<byte>(type: "INTEGER", nullable: false),
                    Prefix = table.Column<string>(type: "TEXT", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: true),
                    Environment = table.Column<string>(type: "TEXT", nullable: true),
                    AccountId = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_key", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "assessment_draft",
                columns: table => new
                {
                    Scope = table.Column<string>(type: "TEXT", nullable: false),
                    Answers = table.Column<string>(type: "TEXT", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedBy = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_assessment_draft", x => x.Scope);
                });

            migrationBuilder.CreateTable(
                name: "assessment_submission",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Scope = table.Column<string>(type: "TEXT", nullable: false),
                    SubmittedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    SubmittedBy = table.Column<string>(type: "TEXT", nullable: false),
                    Score = table.Column<double>(type: "REAL", nullable: true),
                    Answers = table.Column<string>(type: "TEXT", nullable: false),
                    Evidence = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_assessment_submission", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "billed_day",
                columns: table => new
                {
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    FirstReadAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastReadAt = table.Column<long>(type: "INTEGER", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    EarlierAmountNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    EarlierReadAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ClosedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    IsPreliminary = table.Column<bool>(type: "INTEGER", nullable: false),
                    FrozenEstimateNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    NeedsBuild = table.Column<bool>(type: "INTEGER", nullable: false),
                    BuiltAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Restatements = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billed_day", x => new { x.Day, x.AccountId });
                });

            migrationBuilder.CreateTable(
                name: "billed_line",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    BilledServiceId = table.Column<int>(type: "INTEGER", nullable: false),
                    UsageTypeId = table.Column<int>(type: "INTEGER", nullable: false),
                    Category = table.Column<byte>(type: "INTEGER", nullable: false),
                    TagFeatureId = table.Column<int>(type: "INTEGER", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Quantity = table.Column<decimal>(type: "TEXT", nullable: true),
                    Unit = table.Column<string>(type: "TEXT", nullable: false),
                    IsPreliminary = table.Column<bool>(type: "INTEGER", nullable: false),
                    Feed = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billed_line", x => x.Id);
                });

            // Raw SQL: EF cannot say WITHOUT ROWID, which keeps the rows in the key's own tree (one tree, appended).
            migrationBuilder.Sql("""
                CREATE TABLE "call" (
                    "TraceKey" INTEGER NOT NULL,
                    "SpanId" INTEGER NOT NULL,
                    "StartUnixMs" INTEGER NOT NULL,
                    "DurationMs" REAL NOT NULL,
                    "TimeToFirstTokenMs" REAL,
                    "UsageSeriesId" INTEGER NOT NULL,
                    "CostSeriesId" INTEGER NOT NULL,
                    "Status" INTEGER NOT NULL,
                    "TokenState" INTEGER NOT NULL,
                    "Flags" INTEGER NOT NULL,
                    "CostState" INTEGER NOT NULL,
                    "Input" INTEGER NOT NULL,
                    "CacheRead" INTEGER NOT NULL,
                    "CacheWrite5m" INTEGER NOT NULL,
                    "CacheWrite30m" INTEGER NOT NULL,
                    "CacheWrite1h" INTEGER NOT NULL,
                    "Output" INTEGER NOT NULL,
                    "Reasoning" INTEGER NOT NULL,
                    "EstimatedCostNanoUsd" INTEGER,
                    "RequestId" TEXT,
                    "ErrorType" TEXT,
                    "Detail" TEXT NOT NULL,
                    CONSTRAINT "PK_call" PRIMARY KEY ("TraceKey", "SpanId")
                ) WITHOUT ROWID;
                """);

            migrationBuilder.Sql("""
                CREATE TABLE "cost_rollup" (
                    "Span" INTEGER NOT NULL,
                    "SlotUnixSeconds" INTEGER NOT NULL,
                    "SeriesId" INTEGER NOT NULL,
                    "Calls" INTEGER NOT NULL,
                    "Input" INTEGER NOT NULL,
                    "CacheRead" INTEGER NOT NULL,
                    "CacheWrite5m" INTEGER NOT NULL,
                    "CacheWrite30m" INTEGER NOT NULL,
                    "CacheWrite1h" INTEGER NOT NULL,
                    "Output" INTEGER NOT NULL,
                    "Reasoning" INTEGER NOT NULL,
                    "EstimatedCostNanoUsd" INTEGER NOT NULL,
                    "UnpricedTokens" INTEGER NOT NULL,
                    "CallsWithoutCost" INTEGER NOT NULL,
                    CONSTRAINT "PK_cost_rollup" PRIMARY KEY ("Span", "SlotUnixSeconds", "SeriesId")
                ) WITHOUT ROWID;
                """);

            migrationBuilder.CreateTable(
                name: "cost_series",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    ProviderId = table.Column<int>(type: "INTEGER", nullable: false),
                    ModelId = table.Column<int>(type: "INTEGER", nullable: false),
                    Tier = table.Column<byte>(type: "INTEGER", nullable: false),
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    Band = table.Column<byte>(type: "INTEGER", nullable: false),
                    FeatureId = table.Column<int>(type: "INTEGER", nullable: false),
                    TeamId = table.Column<int>(type: "INTEGER", nullable: false),
                    ApplicationId = table.Column<int>(type: "INTEGER", nullable: false),
                    EnvironmentId = table.Column<int>(type: "INTEGER", nullable: false),
                    ReleaseId = table.Column<int>(type: "INTEGER", nullable: false),
                    IsOffBill = table.Column<bool>(type: "INTEGER", nullable: false),
                    IsBillable = table.Column<bool>(type: "INTEGER", nullable: false),
                    PriceId = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cost_series", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "dimension",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Kind = table.Column<byte>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Label = table.Column<string>(type: "TEXT", nullable: true),
                    ColourSlot = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dimension", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "feed_run",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Feed = table.Column<string>(type: "TEXT", nullable: false),
                    Connection = table.Column<string>(type: "TEXT", nullable: false),
                    Start = table.Column<long>(type: "INTEGER", nullable: false),
                    End = table.Column<long>(type: "INTEGER", nullable: true),
                    Outcome = table.Column<byte>(type: "INTEGER", nullable: false),
                    Rows = table.Column<long>(type: "INTEGER", nullable: false),
                    CoveredFrom = table.Column<long>(type: "INTEGER", nullable: true),
                    CoveredTo = table.Column<long>(type: "INTEGER", nullable: true),
                    Message = table.Column<string>(type: "TEXT", nullable: false),
                    Cure = table.Column<string>(type: "TEXT", nullable: false),
                    Progress = table.Column<double>(type: "REAL", nullable: false),
                    Requests = table.Column<long>(type: "INTEGER", nullable: false),
                    RequestCostNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Trigger = table.Column<string>(type: "TEXT", nullable: false),
                    Who = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_run", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "frozen_estimate",
                columns: table => new
                {
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    ModelId = table.Column<int>(type: "INTEGER", nullable: false),
                    FrozenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EstimatedNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Tokens = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_frozen_estimate", x => new { x.Day, x.AccountId, x.ModelId });
                });

            migrationBuilder.CreateTable(
                name: "ledger_entry",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    BilledServiceId = table.Column<int>(type: "INTEGER", nullable: false),
                    UsageTypeId = table.Column<int>(type: "INTEGER", nullable: false),
                    ProviderId = table.Column<int>(type: "INTEGER", nullable: false),
                    ModelId = table.Column<int>(type: "INTEGER", nullable: false),
                    Component = table.Column<byte>(type: "INTEGER", nullable: false),
                    Kind = table.Column<byte>(type: "INTEGER", nullable: true),
                    Tier = table.Column<byte>(type: "INTEGER", nullable: false),
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    Category = table.Column<byte>(type: "INTEGER", nullable: false),
                    FeatureId = table.Column<int>(type: "INTEGER", nullable: false),
                    TeamId = table.Column<int>(type: "INTEGER", nullable: false),
                    ApplicationId = table.Column<int>(type: "INTEGER", nullable: false),
                    EnvironmentId = table.Column<int>(type: "INTEGER", nullable: false),
                    ReleaseId = table.Column<int>(type: "INTEGER", nullable: false),
                    Method = table.Column<byte>(type: "INTEGER", nullable: false),
                    Reason = table.Column<byte>(type: "INTEGER", nullable: false),
                    Basis = table.Column<byte>(type: "INTEGER", nullable: false),
                    Flags = table.Column<int>(type: "INTEGER", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Tokens = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_entry", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "metered_usage",
                columns: table => new
                {
                    HourUnixSeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    ModelId = table.Column<int>(type: "INTEGER", nullable: false),
                    Metric = table.Column<byte>(type: "INTEGER", nullable: false),
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    Value = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metered_usage", x => new { x.HourUnixSeconds, x.AccountId, x.RegionId, x.ModelId, x.Scope, x.Metric });
                });

            migrationBuilder.CreateTable(
                name: "outside_scope_cost",
                columns: table => new
                {
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    BilledServiceId = table.Column<int>(type: "INTEGER", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outside_scope_cost", x => new { x.Day, x.AccountId, x.BilledServiceId });
                });

            migrationBuilder.CreateTable(
                name: "portal_user",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    PasswordHash = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<byte>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSignInAt = table.Column<long>(type: "INTEGER", nullable: true),
                    FailedSignIns = table.Column<int>(type: "INTEGER", nullable: false),
                    LockedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    SecurityStamp = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_portal_user", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "price",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Provider = table.Column<string>(type: "TEXT", nullable: false),
                    Tier = table.Column<byte>(type: "INTEGER", nullable: false),
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    Region = table.Column<string>(type: "TEXT", nullable: false),
                    Band = table.Column<byte>(type: "INTEGER", nullable: false),
                    EffectiveFrom = table.Column<int>(type: "INTEGER", nullable: true),
                    Source = table.Column<byte>(type: "INTEGER", nullable: false),
                    Provenance = table.Column<string>(type: "TEXT", nullable: false),
                    ReadOn = table.Column<int>(type: "INTEGER", nullable: true),
                    InputNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    CacheReadNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    CacheWrite5mNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    CacheWrite30mNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    CacheWrite1hNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    OutputNanoUsd = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "sender",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ScopeName = table.Column<string>(type: "TEXT", nullable: false),
                    ScopeVersion = table.Column<string>(type: "TEXT", nullable: false),
                    Language = table.Column<string>(type: "TEXT", nullable: false),
                    Reading = table.Column<string>(type: "TEXT", nullable: false),
                    Spans = table.Column<long>(type: "INTEGER", nullable: false),
                    Calls = table.Column<long>(type: "INTEGER", nullable: false),
                    FirstSeen = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeen = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sender", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "signal_count",
                columns: table => new
                {
                    Signal = table.Column<string>(type: "TEXT", nullable: false),
                    Received = table.Column<long>(type: "INTEGER", nullable: false),
                    Stored = table.Column<long>(type: "INTEGER", nullable: false),
                    Rejected = table.Column<long>(type: "INTEGER", nullable: false),
                    LastAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signal_count", x => x.Signal);
                });

            migrationBuilder.Sql("""
                CREATE TABLE "span" (
                    "TraceKey" INTEGER NOT NULL,
                    "SpanId" INTEGER NOT NULL,
                    "ParentSpanId" INTEGER NOT NULL,
                    "Name" TEXT NOT NULL,
                    "Kind" INTEGER NOT NULL,
                    "Status" INTEGER NOT NULL,
                    "StatusMessage" TEXT,
                    "StartUnixNs" INTEGER NOT NULL,
                    "DurationNs" INTEGER NOT NULL,
                    "OriginId" INTEGER NOT NULL,
                    "Attributes" TEXT NOT NULL,
                    CONSTRAINT "PK_span" PRIMARY KEY ("TraceKey", "SpanId")
                ) WITHOUT ROWID;
                """);

            migrationBuilder.CreateTable(
                name: "span_origin",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    ResourceAttributes = table.Column<string>(type: "TEXT", nullable: false),
                    ScopeName = table.Column<string>(type: "TEXT", nullable: false),
                    ScopeVersion = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_span_origin", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "store_fact",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_store_fact", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "trace",
                columns: table => new
                {
                    Key = table.Column<long>(type: "INTEGER", nullable: false),
                    TraceId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StartUnixMs = table.Column<long>(type: "INTEGER", nullable: false),
                    DurationMs = table.Column<double>(type: "REAL", nullable: false),
                    WorkflowId = table.Column<int>(type: "INTEGER", nullable: false),
                    FeatureId = table.Column<int>(type: "INTEGER", nullable: false),
                    TeamId = table.Column<int>(type: "INTEGER", nullable: false),
                    ApplicationId = table.Column<int>(type: "INTEGER", nullable: false),
                    EnvironmentId = table.Column<int>(type: "INTEGER", nullable: false),
                    ReleaseId = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    ModelIds = table.Column<string>(type: "TEXT", nullable: false),
                    Spans = table.Column<int>(type: "INTEGER", nullable: false),
                    Calls = table.Column<int>(type: "INTEGER", nullable: false),
                    Errors = table.Column<int>(type: "INTEGER", nullable: false),
                    Retries = table.Column<int>(type: "INTEGER", nullable: false),
                    Loops = table.Column<int>(type: "INTEGER", nullable: false),
                    Tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    EstimatedCostNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    RetryCostNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    CostState = table.Column<byte>(type: "INTEGER", nullable: false),
                    Status = table.Column<byte>(type: "INTEGER", nullable: false),
                    HasRoot = table.Column<bool>(type: "INTEGER", nullable: false),
                    IsRequest = table.Column<bool>(type: "INTEGER", nullable: false),
                    RequestSeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    RequestUnixMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Source = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trace", x => x.Key);
                });

            migrationBuilder.Sql("""
                CREATE TABLE "usage_rollup" (
                    "Span" INTEGER NOT NULL,
                    "SlotUnixSeconds" INTEGER NOT NULL,
                    "SeriesId" INTEGER NOT NULL,
                    "Calls" INTEGER NOT NULL,
                    "Errors" INTEGER NOT NULL,
                    "Throttles" INTEGER NOT NULL,
                    "Retries" INTEGER NOT NULL,
                    "Requests" INTEGER NOT NULL,
                    "CallsWithoutTokens" INTEGER NOT NULL,
                    "Input" INTEGER NOT NULL,
                    "CacheRead" INTEGER NOT NULL,
                    "CacheWrite5m" INTEGER NOT NULL,
                    "CacheWrite30m" INTEGER NOT NULL,
                    "CacheWrite1h" INTEGER NOT NULL,
                    "Output" INTEGER NOT NULL,
                    "Reasoning" INTEGER NOT NULL,
                    "DurationMs" REAL NOT NULL,
                    "Latency" BLOB,
                    "TimeToFirstToken" BLOB,
                    CONSTRAINT "PK_usage_rollup" PRIMARY KEY ("Span", "SlotUnixSeconds", "SeriesId")
                ) WITHOUT ROWID;
                """);

            migrationBuilder.CreateTable(
                name: "usage_series",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    ProviderId = table.Column<int>(type: "INTEGER", nullable: false),
                    ModelId = table.Column<int>(type: "INTEGER", nullable: false),
                    Tier = table.Column<byte>(type: "INTEGER", nullable: false),
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    Band = table.Column<byte>(type: "INTEGER", nullable: false),
                    FeatureId = table.Column<int>(type: "INTEGER", nullable: false),
                    TeamId = table.Column<int>(type: "INTEGER", nullable: false),
                    ApplicationId = table.Column<int>(type: "INTEGER", nullable: false),
                    EnvironmentId = table.Column<int>(type: "INTEGER", nullable: false),
                    ReleaseId = table.Column<int>(type: "INTEGER", nullable: false),
                    WorkflowId = table.Column<int>(type: "INTEGER", nullable: false),
                    AgentId = table.Column<int>(type: "INTEGER", nullable: false),
                    IsOffBill = table.Column<bool>(type: "INTEGER", nullable: false)
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
