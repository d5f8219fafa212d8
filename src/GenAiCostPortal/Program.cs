using GenAiCostPortal;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args.Select(a => a == "--sample" ? "--Sample:Enabled=true" : a).ToArray());
var settings = PortalSettings.Read(builder.Configuration);
builder.AddPortal(settings);

var app = builder.Build();
await AddStore.MigrateAsync(app.Services.GetRequiredService<IDbContextFactory<LedgerDb>>());
app.UsePortal();
await app.RunAsync();

/// <summary>Lets tests start the real host.</summary>
public partial class Program;
