using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261122081516_Guardrails")]
    public class Guardrails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ModelArn",
                table: "resource",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "ModelUnits",
                table: "resource",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "GuardrailId",
                table: "call",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "guardrail_rollup",
                columns: table => new
                {
                    Day = table.Column<int>(type: "integer", nullable: false),
                    SeriesId = table.Column<int>(type: "integer", nullable: false),
                    GuardrailId = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    CallsWithoutTokens = table.Column<long>(type: "bigint", nullable: false),
                    PromptTokens = table.Column<long>(type: "bigint", nullable: false),
                    OutputTokens = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_guardrail_rollup", x => new { x.Day, x.SeriesId, x.GuardrailId });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "guardrail_rollup");

            migrationBuilder.DropColumn(
                name: "ModelArn",
                table: "resource");

            migrationBuilder.DropColumn(
                name: "ModelUnits",
                table: "resource");

            migrationBuilder.DropColumn(
                name: "GuardrailId",
                table: "call");
        }
    }
}
