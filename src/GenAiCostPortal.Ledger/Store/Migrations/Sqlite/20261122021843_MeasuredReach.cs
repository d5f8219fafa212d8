using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261122021843_MeasuredReach")]
    public class MeasuredReach : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Made anew: SQLite cannot change a key, and EF's way of doing it warns at each first start. No release ever filled the table.
            migrationBuilder.Sql("""
                DROP TABLE "measured_usage";
                CREATE TABLE "measured_usage" (
                    "SlotUnixSeconds" INTEGER NOT NULL,
                    "SeriesId" INTEGER NOT NULL,
                    "Measure" INTEGER NOT NULL,
                    "ReachSlots" INTEGER NOT NULL,
                    "Value" REAL NOT NULL,
                    PRIMARY KEY ("SlotUnixSeconds", "SeriesId", "Measure", "ReachSlots")
                ) WITHOUT ROWID;
                """);
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
