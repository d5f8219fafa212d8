using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Sampled : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "KeptOf2Pow56",
                table: "trace",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "KeptOf2Pow56",
                table: "call",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "sampled_requests",
                columns: table => new
                {
                    Span = table.Column<byte>(type: "smallint", nullable: false),
                    SlotUnixSeconds = table.Column<long>(type: "bigint", nullable: false),
                    SeriesId = table.Column<int>(type: "integer", nullable: false),
                    Requests = table.Column<long>(type: "bigint", nullable: false),
                    UnrecordedMillionths = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sampled_requests", x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
                });

            migrationBuilder.CreateTable(
                name: "sampled_usage",
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
                    UnrecordedInput = table.Column<long>(type: "bigint", nullable: false),
                    UnrecordedCacheRead = table.Column<long>(type: "bigint", nullable: false),
                    UnrecordedCacheWrite5m = table.Column<long>(type: "bigint", nullable: false),
                    UnrecordedCacheWrite30m = table.Column<long>(type: "bigint", nullable: false),
                    UnrecordedCacheWrite1h = table.Column<long>(type: "bigint", nullable: false),
                    UnrecordedOutput = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sampled_usage", x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sampled_requests");

            migrationBuilder.DropTable(
                name: "sampled_usage");

            migrationBuilder.DropColumn(
                name: "KeptOf2Pow56",
                table: "trace");

            migrationBuilder.DropColumn(
                name: "KeptOf2Pow56",
                table: "call");
        }
    }
}
