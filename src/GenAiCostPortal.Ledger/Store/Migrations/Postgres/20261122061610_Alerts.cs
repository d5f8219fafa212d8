using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Postgres
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresLedgerDb))]
    [Migration("20261122061610_Alerts")]
    public class Alerts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alert_channel",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Kind = table.Column<byte>(type: "smallint", nullable: false),
                    Secret = table.Column<string>(type: "text", nullable: false),
                    Hint = table.Column<string>(type: "text", nullable: false),
                    IsOn = table.Column<bool>(type: "boolean", nullable: false),
                    LeastImpactNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    Features = table.Column<string>(type: "text", nullable: false),
                    QuietFromMinute = table.Column<int>(type: "integer", nullable: true),
                    QuietToMinute = table.Column<int>(type: "integer", nullable: true),
                    QuietZone = table.Column<string>(type: "text", nullable: false),
                    LoudFromNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_channel", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "alert_delivery",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ChannelId = table.Column<int>(type: "integer", nullable: false),
                    SpikeId = table.Column<long>(type: "bigint", nullable: false),
                    Event = table.Column<byte>(type: "smallint", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<byte>(type: "smallint", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    NextAt = table.Column<long>(type: "bigint", nullable: false),
                    SentAt = table.Column<long>(type: "bigint", nullable: true),
                    Headline = table.Column<string>(type: "text", nullable: false),
                    Problem = table.Column<string>(type: "text", nullable: false),
                    SaidImpactNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    SaidKind = table.Column<byte>(type: "smallint", nullable: false),
                    SaidStatus = table.Column<byte>(type: "smallint", nullable: false),
                    SaidConfirmation = table.Column<byte>(type: "smallint", nullable: false),
                    SaidRunning = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_delivery", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_alert_delivery_ChannelId_SpikeId_Event_Version",
                table: "alert_delivery",
                columns: new[] { "ChannelId", "SpikeId", "Event", "Version" },
                unique: true,
                filter: "\"SpikeId\" <> 0");

            migrationBuilder.CreateIndex(
                name: "IX_alert_delivery_State_NextAt",
                table: "alert_delivery",
                columns: new[] { "State", "NextAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alert_channel");

            migrationBuilder.DropTable(
                name: "alert_delivery");
        }
    }
}
