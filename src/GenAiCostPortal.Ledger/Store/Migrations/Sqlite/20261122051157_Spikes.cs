using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261122051157_Spikes")]
    public class Spikes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "CallsWithoutTokens",
                table: "cost_rollup",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "RetriedCalls",
                table: "cost_rollup",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "spike",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    ScopeId = table.Column<int>(type: "INTEGER", nullable: false),
                    Measure = table.Column<byte>(type: "INTEGER", nullable: false),
                    Grain = table.Column<byte>(type: "INTEGER", nullable: false),
                    Kind = table.Column<byte>(type: "INTEGER", nullable: false),
                    Status = table.Column<byte>(type: "INTEGER", nullable: false),
                    Start = table.Column<long>(type: "INTEGER", nullable: false),
                    End = table.Column<long>(type: "INTEGER", nullable: false),
                    IsRunning = table.Column<bool>(type: "INTEGER", nullable: false),
                    ImpactNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    BaselineNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    ActualNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Seen = table.Column<double>(type: "REAL", nullable: false),
                    Expected = table.Column<double>(type: "REAL", nullable: false),
                    PeakSpreads = table.Column<double>(type: "REAL", nullable: false),
                    Sentence = table.Column<string>(type: "TEXT", nullable: false),
                    Explanation = table.Column<string>(type: "TEXT", nullable: false),
                    FirstSeenRelease = table.Column<string>(type: "TEXT", nullable: false),
                    FeedHealth = table.Column<string>(type: "TEXT", nullable: false),
                    Owner = table.Column<string>(type: "TEXT", nullable: false),
                    PartOfId = table.Column<long>(type: "INTEGER", nullable: true),
                    Confirmation = table.Column<byte>(type: "INTEGER", nullable: false),
                    BilledNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    EstimatedNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    ConfirmedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DetectedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StatusBy = table.Column<string>(type: "TEXT", nullable: false),
                    StatusAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    IsWithdrawn = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "spike_comment",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SpikeId = table.Column<long>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Who = table.Column<string>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike_comment", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "spike_exemplar",
                columns: table => new
                {
                    SpikeId = table.Column<long>(type: "INTEGER", nullable: false),
                    TraceKey = table.Column<long>(type: "INTEGER", nullable: false),
                    Role = table.Column<byte>(type: "INTEGER", nullable: false),
                    Rank = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spike_exemplar", x => new { x.SpikeId, x.TraceKey });
                });

            migrationBuilder.CreateTable(
                name: "spike_threshold",
                columns: table => new
                {
                    Scope = table.Column<byte>(type: "INTEGER", nullable: false),
                    ScopeId = table.Column<int>(type: "INTEGER", nullable: false),
                    IsOff = table.Column<bool>(type: "INTEGER", nullable: false),
                    FloorNanoUsdPerHour = table.Column<long>(type: "INTEGER", nullable: false),
                    FloorNanoUsdPerDay = table.Column<long>(type: "INTEGER", nullable: false),
                    FloorTokensPerHour = table.Column<long>(type: "INTEGER", nullable: false),
                    Spreads = table.Column<double>(type: "REAL", nullable: false),
                    Who = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
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
