using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261122051512_Spikes")]
    public class Spikes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "CallsWithoutTokens",
                table: "cost_rollup",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "RetriedCalls",
                table: "cost_rollup",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "spike",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    ScopeId = table.Column<int>(type: "integer", nullable: false),
                    Measure = table.Column<byte>(type: "smallint", nullable: false),
                    Grain = table.Column<byte>(type: "smallint", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: false),
                    Status = table.Column<byte>(type: "smallint", nullable: false),
                    Start = table.Column<long>(type: "bigint", nullable: false),
                    End = table.Column<long>(type: "bigint", nullable: false),
                    IsRunning = table.Column<bool>(type: "boolean", nullable: false),
                    ImpactNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    BaselineNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    ActualNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Seen = table.Column<double>(type: "double precision", nullable: false),
                    Expected = table.Column<double>(type: "double precision", nullable: false),
                    PeakSpreads = table.Column<double>(type: "double precision", nullable: false),
                    Sentence = table.Column<string>(type: "text", nullable: false),
                    Explanation = table.Column<string>(type: "text", nullable: false),
                    FirstSeenRelease = table.Column<string>(type: "text", nullable: false),
                    FeedHealth = table.Column<string>(type: "text", nullable: false),
                    Owner = table.Column<string>(type: "text", nullable: false),
                    PartOfId = table.Column<long>(type: "bigint", nullable: true),
                    Confirmation = table.Column<byte>(type: "smallint", nullable: false),
                    BilledNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    EstimatedNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    ConfirmedAt = table.Column<long>(type: "bigint", nullable: true),
                    DetectedAt = table.Column<long>(type: "bigint", nullable: false),
                    UpdatedAt = table.Column<long>(type: "bigint", nullable: false),
                    StatusBy = table.Column<string>(type: "text", nullable: false),
                    StatusAt = table.Column<long>(type: "bigint", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    IsWithdrawn = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "spike_comment",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    SpikeId = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false),
                    Text = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike_comment", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "spike_exemplar",
                columns: table => new
                {
                    SpikeId = table.Column<long>(type: "bigint", nullable: false),
                    TraceKey = table.Column<long>(type: "bigint", nullable: false),
                    Role = table.Column<byte>(type: "smallint", nullable: false),
                    Rank = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike_exemplar", x => new { x.SpikeId, x.TraceKey });
                });

            migrationBuilder.CreateTable(
                name: "spike_threshold",
                columns: table => new
                {
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    ScopeId = table.Column<int>(type: "integer", nullable: false),
                    IsOff = table.Column<bool>(type: "boolean", nullable: false),
                    FloorNanoUsdPerHour = table.Column<long>(type: "bigint", nullable: false),
                    FloorNanoUsdPerDay = table.Column<long>(type: "bigint", nullable: false),
                    FloorTokensPerHour = table.Column<long>(type: "bigint", nullable: false),
                    Spreads = table.Column<double>(type: "double precision", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike_threshold", x => new { x.Scope, x.ScopeId });
                });

            migrationBuilder.CreateIndex(
                name: "IX_trace_looped",
                table: "trace",
                column: "StartUnixMs",
                filter: "\"Loops\" > 0");

            migrationBuilder.CreateIndex(
                name: "IX_spike_Start",
                table: "spike",
                column: "Start");

            migrationBuilder.CreateIndex(
                name: "IX_spike_UpdatedAt",
                table: "spike",
                column: "UpdatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_spike_comment_SpikeId",
                table: "spike_comment",
                column: "SpikeId");

            migrationBuilder.CreateIndex(
                name: "IX_spike_exemplar_TraceKey",
                table: "spike_exemplar",
                column: "TraceKey");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "spike");

            migrationBuilder.DropTable(
                name: "spike_comment");

            migrationBuilder.DropTable(
                name: "spike_exemplar");

            migrationBuilder.DropTable(
                name: "spike_threshold");

            migrationBuilder.DropIndex(
                name: "IX_trace_looped",
                table: "trace");

            migrationBuilder.DropColumn(
                name: "CallsWithoutTokens",
                table: "cost_rollup");

            migrationBuilder.DropColumn(
                name: "RetriedCalls",
                table: "cost_rollup");
        }
    }
}
