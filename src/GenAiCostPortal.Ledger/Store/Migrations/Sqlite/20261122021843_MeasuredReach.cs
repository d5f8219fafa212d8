using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class MeasuredReach : Migration
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
                type: "INTEGER",
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
