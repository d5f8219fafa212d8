using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261122050503_Rates")]
    public class Rates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Account",
                table: "price",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "RepricedId",
                table: "cost_rollup",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "learnt_rate",
                columns: table => new
                {
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    BilledServiceId = table.Column<int>(type: "integer", nullable: false),
                    UsageTypeId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: false),
                    Tier = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Band = table.Column<byte>(type: "smallint", nullable: false),
                    NanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_learnt_rate", x => new { x.Day, x.AccountId, x.BilledServiceId, x.UsageTypeId });
                });

            migrationBuilder.CreateTable(
                name: "repriced_usage",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    RepricingId = table.Column<int>(type: "integer", nullable: false),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    AccountId = table.Column<int>(type: "integer", nullable: false),
                    RegionId = table.Column<int>(type: "integer", nullable: false),
                    ModelId = table.Column<int>(type: "integer", nullable: false),
                    Tier = table.Column<byte>(type: "smallint", nullable: false),
                    Scope = table.Column<byte>(type: "smallint", nullable: false),
                    Band = table.Column<byte>(type: "smallint", nullable: false),
                    FromPriceId = table.Column<int>(type: "integer", nullable: false),
                    ToPriceId = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: false),
                    BeforeNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    AfterNanoUsd = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_repriced_usage", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "repricing",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Operation = table.Column<byte>(type: "smallint", nullable: false),
                    FirstDay = table.Column<int>(type: "integer", nullable: false),
                    LastDay = table.Column<int>(type: "integer", nullable: false),
                    FromPriceId = table.Column<int>(type: "integer", nullable: false),
                    PriceId = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<byte>(type: "smallint", nullable: false),
                    NextDay = table.Column<int>(type: "integer", nullable: false),
                    AskedAt = table.Column<long>(type: "bigint", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    UndoneAt = table.Column<long>(type: "bigint", nullable: true),
                    UndoneBy = table.Column<string>(type: "text", nullable: false),
                    Days = table.Column<int>(type: "integer", nullable: false),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: false),
                    BeforeNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    AfterNanoUsd = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_repricing", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_learnt_rate_ModelId_Day",
                table: "learnt_rate",
                columns: new[] { "ModelId", "Day" });

            migrationBuilder.CreateIndex(
                name: "IX_repriced_usage_RepricingId_Day",
                table: "repriced_usage",
                columns: new[] { "RepricingId", "Day" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "learnt_rate");

            migrationBuilder.DropTable(
                name: "repriced_usage");

            migrationBuilder.DropTable(
                name: "repricing");

            migrationBuilder.DropColumn(
                name: "Account",
                table: "price");

            migrationBuilder.DropColumn(
                name: "RepricedId",
                table: "cost_rollup");
        }
    }
}
