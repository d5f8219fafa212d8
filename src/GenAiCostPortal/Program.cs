using GenAiCostPortal;
using GenAiCostPortal.Settings;

try
{
    var builder = WebApplication.CreateBuilder(args.Select(a => a == "--sample" ? "--Sample:Enabled=true" : a).ToArray());
    var settings = SettingsReader.Read(builder.Configuration);
    builder.AddPortal(settings);

    var app = builder.Build();
    await app.OpenStoreAsync(settings);
    app.UsePortal(settings);
    await app.ListenAsync(settings);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (ConfigurationException mistakes)
{
    await Console.Error.WriteLineAsync(mistakes.Message);
    return 2;
}

/// <summary>Lets tests start the real host.</summary>
public partial class Program;
