using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261122021915_MeasuredReach")]
    public class MeasuredReach : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_measured_usage",
                table: "measured_usage");

            migrationBuilder.AddColumn<int>(
                name: "ReachSlots",
                table: "measured_usage",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddPrimaryKey(
                name: "PK_measured_usage",
                table: "measured_usage",
                columns: new[] { "SlotUnixSeconds", "SeriesId", "Measure", "ReachSlots" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_measured_usage",
                table: "measured_usage");

            migrationBuilder.DropColumn(
                name: "ReachSlots",
                table: "measured_usage");

            migrationBuilder.AddPrimaryKey(
                name: "PK_measured_usage",
                table: "measured_usage",
                columns: new[] { "SlotUnixSeconds", "SeriesId", "Measure" });
        }
    }
}
