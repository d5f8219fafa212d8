using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
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
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "KeptOf2Pow56",
                table: "call",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "sampled_requests",
                columns: table => new
                {
                    Span = table.Column<byte>(type: "INTEGER", nullable: false),
                    SlotUnixSeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    SeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    Requests = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedMillionths = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sampled_requests", x => new { x.Span, x.SlotUnixSeconds, x.SeriesId });
                });

            migrationBuilder.CreateTable(
                name: "sampled_usage",
                columns: table => new
                {
                    Span = table.Column<byte>(type: "INTEGER", nullable: false),
                    SlotUnixSeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    SeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    Calls = table.Column<long>(type: "INTEGER", nullable: false),
                    Input = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheRead = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheWrite5m = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheWrite30m = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheWrite1h = table.Column<long>(type: "INTEGER", nullable: false),
                    Output = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedInput = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedCacheRead = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedCacheWrite5m = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedCacheWrite30m = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedCacheWrite1h = table.Column<long>(type: "INTEGER", nullable: false),
                    UnrecordedOutput = table.Column<long>(type: "INTEGER", nullable: false)
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
