using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GenAiCostPortal.Ledger.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteLedgerDb))]
    [Migration("20261122061434_Alerts")]
    public class Alerts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alert_channel",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<byte>(type: "INTEGER", nullable: false),
                    Secret = table.Column<string>(type: "TEXT", nullable: false),
                    Hint = table.Column<string>(type: "TEXT", nullable: false),
                    IsOn = table.Column<bool>(type: "INTEGER", nullable: false),
                    LeastImpactNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    Features = table.Column<string>(type: "TEXT", nullable: false),
                    QuietFromMinute = table.Column<int>(type: "INTEGER", nullable: true),
                    QuietToMinute = table.Column<int>(type: "INTEGER", nullable: true),
                    QuietZone = table.Column<string>(type: "TEXT", nullable: false),
                    LoudFromNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_channel", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "alert_delivery",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ChannelId = table.Column<int>(type: "INTEGER", nullable: false),
                    SpikeId = table.Column<long>(type: "INTEGER", nullable: false),
                    Event = table.Column<byte>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    State = table.Column<byte>(type: "INTEGER", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    NextAt = table.Column<long>(type: "INTEGER", nullable: false),
                    SentAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Headline = table.Column<string>(type: "TEXT", nullable: false),
                    Problem = table.Column<string>(type: "TEXT", nullable: false),
                    SaidImpactNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    SaidKind = table.Column<byte>(type: "INTEGER", nullable: false),
                    SaidStatus = table.Column<byte>(type: "INTEGER", nullable: false),
                    SaidConfirmation = table.Column<byte>(type: "INTEGER", nullable: false),
                    SaidRunning = table.Column<bool>(type: "INTEGER", nullable: false)
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
