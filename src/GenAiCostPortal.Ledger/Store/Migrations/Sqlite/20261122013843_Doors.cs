using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261122013843_Doors")]
    public class Doors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte>(
                name: "Doors",
                table: "usage_series",
                type: "INTEGER",
                nullable: false,
                defaultValue: (byte)1);

            migrationBuilder.AddColumn<byte>(
                name: "Doors",
                table: "span",
                type: "INTEGER",
                nullable: false,
                defaultValue: (byte)1);

            migrationBuilder.AddColumn<byte>(
                name: "Doors",
                table: "cost_series",
                type: "INTEGER",
                nullable: false,
                defaultValue: (byte)1);

            migrationBuilder.AddColumn<byte>(
                name: "Doors",
                table: "call",
                type: "INTEGER",
                nullable: false,
                defaultValue: (byte)1);

            migrationBuilder.CreateTable(
                name: "cost_allocation_tag",
                columns: table => new
                {
                    Connection = table.Column<string>(type: "TEXT", nullable: false),
                    TagKey = table.Column<string>(type: "TEXT", nullable: false),
                    IsActive = table.Column<bool>(type: "INTEGER", nullable: false),
                    Type = table.Column<string>(type: "TEXT", nullable: false),
                    ReadAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cost_allocation_tag", x => new { x.Connection, x.TagKey });
                });

            migrationBuilder.CreateTable(
                name: "feed_cursor",
                columns: table => new
                {
                    Feed = table.Column<string>(type: "TEXT", nullable: false),
                    Connection = table.Column<string>(type: "TEXT", nullable: false),
                    Place = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_cursor", x => new { x.Feed, x.Connection, x.Place });
                });

            migrationBuilder.CreateTable(
                name: "inference_profile",
                columns: table => new
                {
                    Arn = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    ModelId = table.Column<string>(type: "TEXT", nullable: false),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    Problem = table.Column<string>(type: "TEXT", nullable: false),
                    ReadAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inference_profile", x => x.Arn);
                });

            migrationBuilder.CreateTable(
                name: "measured_point",
                columns: table => new
                {
                    StreamId = table.Column<int>(type: "INTEGER", nullable: false),
                    TimeUnixMs = table.Column<long>(type: "INTEGER", nullable: false),
                    StartUnixMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Sum = table.Column<double>(type: "REAL", nullable: false),
                    Count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measured_point", x => new { x.StreamId, x.TimeUnixMs });
                });

            migrationBuilder.CreateTable(
                name: "measured_stream",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    Measure = table.Column<byte>(type: "INTEGER", nullable: false),
                    IsCumulative = table.Column<bool>(type: "INTEGER", nullable: false),
                    UsageSeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    IsError = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measured_stream", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "measured_usage",
                columns: table => new
                {
                    SlotUnixSeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    SeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    Measure = table.Column<byte>(type: "INTEGER", nullable: false),
                    Value = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measured_usage", x => new { x.SlotUnixSeconds, x.SeriesId, x.Measure });
                });

            migrationBuilder.CreateTable(
                name: "metered_resource",
                columns: table => new
                {
                    HourUnixSeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionId = table.Column<int>(type: "INTEGER", nullable: false),
                    ResourceId = table.Column<int>(type: "INTEGER", nullable: false),
                    MetricId = table.Column<int>(type: "INTEGER", nullable: false),
                    Value = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metered_resource", x => new { x.HourUnixSeconds, x.AccountId, x.RegionId, x.ResourceId, x.MetricId });
                });

            migrationBuilder.CreateTable(
                name: "resource",
                columns: table => new
                {
                    Arn = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    Region = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    FirstSeen = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeen = table.Column<long>(type: "INTEGER", nullable: false),
                    GoneAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_resource", x => x.Arn);
                });

            migrationBuilder.CreateIndex(
                name: "IX_call_RequestId",
                table: "call",
                column: "RequestId",
                filter: "\"RequestId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_measured_stream_Hash",
                table: "measured_stream",
                column: "Hash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cost_allocation_tag");

            migrationBuilder.DropTable(
                name: "feed_cursor");

            migrationBuilder.DropTable(
                name: "inference_profile");

            migrationBuilder.DropTable(
                name: "measured_point");

            migrationBuilder.DropTable(
                name: "measured_stream");

            migrationBuilder.DropTable(
                name: "measured_usage");

            migrationBuilder.DropTable(
                name: "metered_resource");

            migrationBuilder.DropTable(
                name: "resource");

            migrationBuilder.DropIndex(
                name: "IX_call_RequestId",
                table: "call");

            migrationBuilder.DropColumn(
                name: "Doors",
                table: "usage_series");

            migrationBuilder.DropColumn(
                name: "Doors",
                table: "span");

            migrationBuilder.DropColumn(
                name: "Doors",
                table: "cost_series");

            migrationBuilder.DropColumn(
                name: "Doors",
                table: "call");
        }
    }
}
