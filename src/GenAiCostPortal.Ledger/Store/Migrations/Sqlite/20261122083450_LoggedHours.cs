using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261122083450_LoggedHours")]
    public class LoggedHours : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "logged_hour",
                columns: table => new
                {
                    HourUnixSeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    Connection = table.Column<string>(type: "TEXT", nullable: false),
                    UsageSeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    CostSeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    Calls = table.Column<long>(type: "INTEGER", nullable: false),
                    Errors = table.Column<long>(type: "INTEGER", nullable: false),
                    Throttles = table.Column<long>(type: "INTEGER", nullable: false),
                    CallsWithoutTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Input = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheRead = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheWrite5m = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheWrite1h = table.Column<long>(type: "INTEGER", nullable: false),
                    Output = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_hour", x => new { x.HourUnixSeconds, x.Connection, x.UsageSeriesId, x.CostSeriesId });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "logged_hour");
        }
    }
}
