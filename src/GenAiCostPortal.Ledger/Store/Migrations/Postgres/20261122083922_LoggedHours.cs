using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261122083922_LoggedHours")]
    public class LoggedHours : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "logged_hour",
                columns: table => new
                {
                    HourUnixSeconds = table.Column<long>(type: "bigint", nullable: false),
                    Connection = table.Column<string>(type: "text", nullable: false),
                    UsageSeriesId = table.Column<int>(type: "integer", nullable: false),
                    CostSeriesId = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Errors = table.Column<long>(type: "bigint", nullable: false),
                    Throttles = table.Column<long>(type: "bigint", nullable: false),
                    CallsWithoutTokens = table.Column<long>(type: "bigint", nullable: false),
                    Input = table.Column<long>(type: "bigint", nullable: false),
                    CacheRead = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite5m = table.Column<long>(type: "bigint", nullable: false),
                    CacheWrite1h = table.Column<long>(type: "bigint", nullable: false),
                    Output = table.Column<long>(type: "bigint", nullable: false)
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
