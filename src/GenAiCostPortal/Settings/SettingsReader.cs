using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Settings;

/// <summary>Reads the configuration; collects every mistake before it gives up.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _mistakes = [];

    /// <exception cref="ConfigurationException">One or more keys hold something that cannot work.</exception>
    public static PortalSettings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var settings = reader.Read();
        return reader._mistakes.Count == 0 ? settings : throw new ConfigurationException(reader._mistakes);
    }

    private PortalSettings Read()
    {
        var settings = new PortalSettings();
        ReadListeners(settings);
        ReadSample(settings);
        ReadStore(settings);
        ReadOtlp(settings);
        ReadAccess(settings);
        ReadOwners(settings);
        ReadRetention(settings);
        settings.Ledger = new LedgerOptions(Flag("Ledger:ExtrapolateSampledTraces", false));
        ReadAws(settings);
        new AlertSettingsReader(configuration.GetSection("Alerts"), Mistake).Read(settings.Alerts, settings.Urls);
        foreach (var job in configuration.GetSection("Schedule").GetChildren())
            if (job.Value is { } cron) settings.Schedule[job.Key] = cron;
        foreach (var (job, what) in new ScheduleOptions { Jobs = settings.Schedule }.Mistakes()) Mistake($"Schedule:{job}", what);
        return settings;
    }

    private void ReadListeners(PortalSettings settings)
    {
        if (Text("Urls") is not { } urls) return;
        settings.Urls = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (settings.Urls.Count == 0 || !settings.Urls.All(u => Listener.TryParse(u, out _, out _)))
            Mistake("Urls", $"'{urls}' is not a list of addresses such as {PortalSettings.DefaultUrl}; separate several with ';'");
    }

    private void ReadSample(PortalSettings settings)
    {
        settings.Sample.Enabled = Flag("Sample:Enabled", false);
        settings.Sample.Days = Whole("Sample:Days", 90, 20, 400);
        settings.Sample.Seed = Whole("Sample:Seed", 1, 0, int.MaxValue);
        if (Text("Sample:Now") is not { } now) return;
        if (DateTime.TryParse(now, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)) settings.Sample.Now = time;
        else Mistake("Sample:Now", $"'{now}' is not a time such as 2026-11-21T14:20:00Z");
    }

    private void ReadStore(PortalSettings settings)
    {
        settings.Store.Provider = OneOf("Store:Provider", StoreProvider.Sqlite);
        settings.Store.ConnectionString = Text("Store:ConnectionString")
            ?? (settings.Sample.Enabled ? "Data Source=data/sample.db" : "Data Source=data/portal.db");
        if (settings.Store.Provider == StoreProvider.Sqlite && !settings.Store.ConnectionString.Contains("Data Source", StringComparison.OrdinalIgnoreCase))
            Mistake("Store:ConnectionString", "names no file: for SQLite write Data Source=data/portal.db");
        if (settings.Store.Provider == StoreProvider.PostgreSql)
            Mistake("Store:Provider", "PostgreSql is not offered yet; use Sqlite");
    }

    private void ReadOtlp(PortalSettings settings)
    {
        settings.Otlp.HttpUrl = (configuration["Otlp:HttpUrl"] ?? settings.Otlp.HttpUrl).Trim();
        settings.Otlp.GrpcUrl = (configuration["Otlp:GrpcUrl"] ?? settings.Otlp.GrpcUrl).Trim();
        foreach (var (key, url, example) in new[] { ("Otlp:HttpUrl", settings.Otlp.HttpUrl, 4318), ("Otlp:GrpcUrl", settings.Otlp.GrpcUrl, 4317) })
            if (url.Length > 0 && !Listener.TryParse(url, out _, out _)) Mistake(key, $"'{url}' is not an address such as http://localhost:{example}");
        CheckGrpcPort(settings);
        settings.Otlp.CaptureContent = Flag("Otlp:CaptureContent", false);
        settings.Otlp.MaxBodyBytes = Whole("Otlp:MaxBodyBytes", 64 * 1024 * 1024, 1024, 1024 * 1024 * 1024);
        settings.Otlp.RequireApiKey = Flag("Otlp:RequireApiKey", !(settings.Sample.Enabled && settings.IsLoopbackOnly));
    }

    // Plain HTTP cannot tell gRPC's HTTP/2 from the HTTP/1.1 of browsers on one port.
    private void CheckGrpcPort(PortalSettings settings)
    {
        var port = Listener.Port(settings.Otlp.GrpcUrl);
        if (port == 0) return;
        foreach (var (key, url) in settings.Listeners)
            if (key != "Otlp:GrpcUrl" && Listener.Port(url) == port) Mistake("Otlp:GrpcUrl", $"port {port} is also that of {key} ({url}); gRPC needs a port of its own, or leave the key empty for none");
    }

    private void ReadAccess(PortalSettings settings)
    {
        var mode = Text("Access:Mode");
        if (mode is not null && (mode.Equals("Oidc", StringComparison.OrdinalIgnoreCase) || mode.Equals("AlbHeader", StringComparison.OrdinalIgnoreCase)))
            Mistake("Access:Mode", $"{mode} is not offered yet; use Local or Open");
        else settings.Access.Mode = OneOf("Access:Mode", settings.Sample.Enabled && settings.IsLoopbackOnly ? AccessMode.Open : AccessMode.Local);
        if (settings.Access.Mode == AccessMode.Open && !settings.IsLoopbackOnly)
            Mistake("Access:Mode", "Open lets everybody in, so every listener (Urls, Otlp:HttpUrl, Otlp:GrpcUrl) must be on localhost; use Local otherwise");
        settings.Access.BootstrapApiKey = Text("Access:BootstrapApiKey");
        if (settings.Access.BootstrapApiKey is { Length: < 16 })
            Mistake("Access:BootstrapApiKey", "is too short to be a secret: give at least 16 characters, such as the output of openssl rand -hex 32");
    }

    private void ReadOwners(PortalSettings settings)
    {
        var owners = settings.Owners;
        owners.FeatureAttributes = List("Owners:FeatureAttributes", owners.FeatureAttributes);
        owners.TeamAttributes = List("Owners:TeamAttributes", owners.TeamAttributes);
        owners.ApplicationAttributes = List("Owners:ApplicationAttributes", owners.ApplicationAttributes);
        owners.EnvironmentAttributes = List("Owners:EnvironmentAttributes", owners.EnvironmentAttributes);
        owners.GenAiServices = List("Owners:GenAiServices", owners.GenAiServices);
        if (owners.GenAiServices.Any(s => s.All(c => c is '*' or ' '))) Mistake("Owners:GenAiServices", "* alone would be the whole bill; name services, such as Amazon Bedrock*");
        owners.TagKeys.Feature = Text("Owners:TagKeys:Feature") ?? owners.TagKeys.Feature;
        owners.TagKeys.Team = Text("Owners:TagKeys:Team") ?? owners.TagKeys.Team;
        owners.TagKeys.Application = Text("Owners:TagKeys:Application") ?? owners.TagKeys.Application;
        owners.TagKeys.Environment = Text("Owners:TagKeys:Environment") ?? owners.TagKeys.Environment;
        owners.TagKeys.Model = Text("Owners:TagKeys:Model") ?? owners.TagKeys.Model;
    }

    private void ReadRetention(PortalSettings settings)
    {
        settings.Retention.SpanDays = Whole("Retention:SpanDays", 30, 1, 3650);
        settings.Retention.CallDays = Whole("Retention:CallDays", 90, 1, 3650);
        settings.Retention.HourDays = Whole("Retention:HourDays", 400, 35, 3650);
    }

    private void ReadAws(PortalSettings settings)
    {
        settings.Aws.MonthlyApiBudgetUsd = Number("Aws:MonthlyApiBudgetUsd", 20m);
        foreach (var section in configuration.GetSection("Aws:Connections").GetChildren())
            settings.Aws.Connections.Add(new AwsConnectionReader(section, Mistake).Read());
        CheckCostMetric(settings.Aws);
        CheckLogTables(settings.Aws);
        ReadPriceList(settings.Aws);
        var twice = settings.Aws.Connections.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Key.Length > 0 && g.Count() > 1);
        if (twice is not null) Mistake("Aws:Connections", $"two connections are named '{twice.Key}'; names must differ");
        if (settings.Sample.Enabled && settings.Aws.Connections.Count > 0)
            Mistake("Aws:Connections", "the sample organisation takes no real connection; start without --sample, with another Store:ConnectionString");
    }

    // What two connections sum is added up: the same table twice would count twice.
    private void CheckLogTables(AwsOptions aws)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (connection, section) in aws.Connections.Zip(configuration.GetSection("Aws:Connections").GetChildren()))
        {
            if (connection.Athena is not { Logs: { Enabled: true, Table.Length: > 0 } logs } own) continue;
            var table = $"{connection.AccountId}/{(own.Region is { Length: > 0 } region ? region : connection.Regions.FirstOrDefault())}/{(logs.Database is { Length: > 0 } database ? database : own.Database)}.{logs.Table}";
            if (!read.TryAdd(table, connection.Name)) Mistake($"{section.Path}:Athena:Logs:Table", $"'{logs.Table}' is read by connection {read[table]} already; its calls would count twice");
        }
    }

    // Dollars of two metrics must not be added up.
    private void CheckCostMetric(AwsOptions aws)
    {
        foreach (var (connection, section) in aws.Connections.Zip(configuration.GetSection("Aws:Connections").GetChildren()))
            if (connection.ReadsBill && connection.CostExplorer.Metric != aws.CostMetric)
                Mistake($"{section.Path}:CostExplorer:Metric", $"'{connection.CostExplorer.Metric}' is not what the other connections say ({aws.CostMetric}); every billed figure is in one metric, so give all the same");
    }

    private void ReadPriceList(AwsOptions aws)
    {
        aws.PriceList.Enabled = Flag("PriceList:Enabled", false);
        aws.PriceList.Connection = Text("PriceList:Connection") ?? "";
        aws.PriceList.Regions = [.. List("PriceList:Regions", [])];
        aws.PriceList.Url = Text("PriceList:Url") ?? PriceListOptions.PublicUrl;
        if (aws.PriceList.Connection.Length > 0 && !aws.Connections.Exists(c => c.Name == aws.PriceList.Connection))
            Mistake("PriceList:Connection", $"'{aws.PriceList.Connection}' is not the name of a connection in Aws:Connections; leave it out to read the public files");
        if (!Uri.TryCreate(aws.PriceList.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            Mistake("PriceList:Url", $"'{aws.PriceList.Url}' is not an address such as {PriceListOptions.PublicUrl}");
    }

    private string? Text(string key) => configuration[key] is { } text && text.Trim().Length > 0 ? text.Trim() : null;

    private bool Flag(string key, bool fallback)
    {
        if (Text(key) is not { } text) return fallback;
        if (bool.TryParse(text, out var flag)) return flag;
        Mistake(key, $"'{text}' is neither true nor false");
        return fallback;
    }

    private int Whole(string key, int fallback, int least, int most)
    {
        if (Text(key) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Mistake(key, $"'{text}' is not a whole number from {least} to {most}");
        return fallback;
    }

    private decimal Number(string key, decimal fallback)
    {
        if (Text(key) is not { } text) return fallback;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && number >= 0) return number;
        Mistake(key, $"'{text}' is not an amount in USD such as 20");
        return fallback;
    }

    private T OneOf<T>(string key, T fallback) where T : struct, Enum
    {
        if (Text(key) is not { } text) return fallback;
        if (Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])) return value;
        Mistake(key, $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>())}");
        return fallback;
    }

    // Both forms are taken: one text with commas (environment variables), or an array (JSON).
    private IReadOnlyList<string> List(string key, IReadOnlyList<string> fallback)
    {
        var items = configuration.GetSection(key).GetChildren().Select(c => c.Value ?? "").Concat((configuration[key] ?? "").Split(','))
            .Select(t => t.Trim()).Where(t => t.Length > 0).ToList();
        return items.Count > 0 ? items : fallback;
    }

    private void Mistake(string key, string what) => _mistakes.Add($"{key}: {what}");
}
