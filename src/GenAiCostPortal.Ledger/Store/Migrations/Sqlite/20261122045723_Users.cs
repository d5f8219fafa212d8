using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261122045723_Users")]
    public class Users : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "UserHash",
                table: "trace",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<bool>(
                name: "IsRollUp",
                table: "span",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "RollUps",
                table: "sender",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "user_rollup",
                columns: table => new
                {
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    SeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    Requests = table.Column<long>(type: "INTEGER", nullable: false),
                    RequestsWithoutCost = table.Column<long>(type: "INTEGER", nullable: false),
                    EstimatedCostNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Users = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_user_rollup", x => new { x.Day, x.SeriesId });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "user_rollup");

            migrationBuilder.DropColumn(
                name: "UserHash",
                table: "trace");

            migrationBuilder.DropColumn(
                name: "IsRollUp",
                table: "span");

            migrationBuilder.DropColumn(
                name: "RollUps",
                table: "sender");
        }
    }
}
