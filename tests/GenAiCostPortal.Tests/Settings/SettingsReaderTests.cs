using GenAiCostPortal.Settings;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace GenAiCostPortal.Settings;

public sealed class SettingsReaderTests
{
    private static PortalSettings Read(params (string Key, string Value)[] pairs) => SettingsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(pairs.ToDictionary(p => p.Key, p => (string?)p.Value)).Build());

    private static IReadOnlyList<string> Mistakes(params (string Key, string Value)[] pairs) =>
        Assert.Throws<ConfigurationException>(() => Read(pairs)).Mistakes;

    [Fact]
    public void The_example_file_binds_and_holds_no_mistake()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "appsettings.Example.json");
        var settings = SettingsReader.Read(new ConfigurationBuilder().AddJsonFile(file).Build());
        var connection = Assert.Single(settings.Aws.Connections);
        Assert.Equal("Payer", connection.Name);
        Assert.True(connection.CostExplorer.Enabled);
        Assert.Equal(["us-east-1", "eu-central-1"], connection.Regions);
        Assert.Equal("genai.feature", settings.Owners.FeatureAttributes[0]);
        Assert.Equal(6, settings.Owners.FeatureAttributes.Count);
        Assert.Equal(AccessMode.Local, settings.Access.Mode);
    }

    [Fact]
    public void Nothing_configured_gives_the_defaults_of_the_contract()
    {
        var settings = Read();
        Assert.Equal(["http://localhost:5080"], settings.Urls);
        Assert.Equal("Data Source=data/portal.db", settings.Store.ConnectionString);
        Assert.Equal("http://localhost:4318", settings.Otlp.HttpUrl);
        Assert.Equal("http://localhost:4317", settings.Otlp.GrpcUrl);
        Assert.True(settings.Otlp.RequireApiKey);
        Assert.False(settings.Otlp.CaptureContent);
        Assert.Equal(AccessMode.Local, settings.Access.Mode);
        Assert.Equal((30, 90, 400), (settings.Retention.SpanDays, settings.Retention.CallDays, settings.Retention.HourDays));
    }

    [Fact]
    public void Sampled_traces_are_extrapolated_only_when_asked_for()
    {
        Assert.False(Read().Ledger.ExtrapolateSampledTraces);
        Assert.True(Read(("Ledger:ExtrapolateSampledTraces", "true")).Ledger.ExtrapolateSampledTraces);
        Assert.Equal(["Ledger:ExtrapolateSampledTraces: 'perhaps' is neither true nor false"], Mistakes(("Ledger:ExtrapolateSampledTraces", "perhaps")));
    }

    [Fact]
    public void The_sample_has_its_own_store_and_is_open_on_loopback()
    {
        var settings = Read(("Sample:Enabled", "true"));
        Assert.Equal("Data Source=data/sample.db", settings.Store.ConnectionString);
        Assert.Equal(AccessMode.Open, settings.Access.Mode);
        Assert.False(settings.Otlp.RequireApiKey);
    }

    [Fact]
    public void The_sample_on_all_addresses_asks_for_a_sign_in_and_for_ingest_keys()
    {
        var settings = Read(("Sample:Enabled", "true"), ("Urls", "http://+:5080"));
        Assert.Equal(AccessMode.Local, settings.Access.Mode);
        Assert.True(settings.Otlp.RequireApiKey);
    }

    [Theory]
    [InlineData("Urls", "http://localhost:4317")]
    [InlineData("Otlp:HttpUrl", "http://+:4317")]
    public void Grpc_needs_a_port_of_its_own(string key, string url)
    {
        Assert.StartsWith("Otlp:GrpcUrl: port 4317 is also that of " + key, Assert.Single(Mistakes((key, url))), StringComparison.Ordinal);
        Assert.Equal("", Read((key, url), ("Otlp:GrpcUrl", "")).Otlp.GrpcUrl);
    }

    [Fact]
    public void An_open_portal_with_a_public_grpc_listener_is_refused() =>
        Assert.StartsWith("Access:Mode:", Assert.Single(Mistakes(("Access:Mode", "Open"), ("Otlp:GrpcUrl", "http://+:4317"))), StringComparison.Ordinal);

    [Fact]
    public void Open_access_on_a_public_listener_is_refused() =>
        Assert.Contains(Mistakes(("Access:Mode", "Open"), ("Urls", "http://0.0.0.0:5080")), m => m.StartsWith("Access:Mode:", StringComparison.Ordinal));

    [Fact]
    public void Links_in_alerts_lead_where_people_can_open_the_portal()
    {
        Assert.Equal("http://localhost:5080", Read().Alerts.PortalUrl);
        Assert.Equal("", Read(("Urls", "http://+:5080")).Alerts.PortalUrl);
        Assert.Equal("https://cost.example.com", Read(("Urls", "http://+:5080"), ("Alerts:PortalUrl", "https://cost.example.com")).Alerts.PortalUrl);
    }

    [Fact]
    public void A_mail_server_that_cannot_work_is_refused()
    {
        Assert.Equal(
        [
            "Alerts:PortalUrl: 'cost' is not an address such as https://genai-cost.example.com",
            "Alerts:Smtp:Port: '70000' is not a port such as 587",
            "Alerts:Smtp:From: is missing: the mail address that alerts come from",
            "Alerts:Smtp:UseTls: must be true where a password is sent",
        ], Mistakes(("Alerts:PortalUrl", "cost"), ("Alerts:Smtp:Host", "mail.example.com"), ("Alerts:Smtp:Port", "70000"), ("Alerts:Smtp:User", "portal"),
            ("Alerts:Smtp:Password", "secret"), ("Alerts:Smtp:UseTls", "false")));
        Assert.Equal(["Alerts:Smtp:ImplicitTls: 'yes' is neither true nor false"], Mistakes(("Alerts:Smtp:ImplicitTls", "yes")));
        Assert.Equal(["Alerts:Smtp:ImplicitTls: is TLS, which Alerts:Smtp:UseTls switches off"],
            Mistakes(("Alerts:Smtp:Host", "mail.example.com"), ("Alerts:Smtp:From", "portal@example.com"), ("Alerts:Smtp:ImplicitTls", "true"), ("Alerts:Smtp:UseTls", "false")));
        Assert.True(Read(("Alerts:Smtp:ImplicitTls", "true")).Alerts.Smtp.ImplicitTls);
        Assert.Equal((587, true), Read(("Alerts:Smtp:Host", "mail.example.com"), ("Alerts:Smtp:From", "portal@example.com")).Alerts.Smtp is var smtp ? (smtp.Port, smtp.UseTls) : default);
    }

    [Fact]
    public void All_mistakes_come_at_once_each_with_its_key()
    {
        var mistakes = Mistakes(
            ("Urls", "5080"), ("Store:Provider", "Oracle"), ("Otlp:MaxBodyBytes", "many"), ("Retention:SpanDays", "0"), ("Access:BootstrapApiKey", "short"),
            ("Aws:Connections:0:AccountId", "12"), ("Aws:Connections:0:AccessKeyId", "AKIA"), ("Aws:Connections:0:CostExplorer:Metric", "Cheapest"),
            ("Aws:Connections:0:CloudWatch:Enabled", "true"));
        foreach (var key in new[]
        {
            "Urls:", "Store:Provider:", "Otlp:MaxBodyBytes:", "Retention:SpanDays:", "Access:BootstrapApiKey:", "Aws:Connections:0:Name:",
            "Aws:Connections:0:AccountId:", "Aws:Connections:0:SecretAccessKey:", "Aws:Connections:0:CostExplorer:Metric:", "Aws:Connections:0:Regions:",
        })
            Assert.Contains(mistakes, m => m.StartsWith(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Feeds_say_what_they_miss()
    {
        var mistakes = Mistakes(
            ("Aws:Connections:0:Name", "Payer"), ("Aws:Connections:0:Inventory:Enabled", "true"), ("Aws:Connections:0:CloudWatch:CustomNamespace", "AWS/Bedrock"),
            ("Aws:Connections:0:CloudWatch:FeatureDimension", " "), ("PriceList:Enabled", "perhaps"), ("PriceList:Connection", "Nobody"), ("PriceList:Url", "prices"));
        Assert.Equal(
            [
                "Aws:Connections:0:AccountId", "Aws:Connections:0:CloudWatch:CustomNamespace", "Aws:Connections:0:CloudWatch:FeatureDimension", "Aws:Connections:0:Regions",
                "PriceList:Connection", "PriceList:Enabled", "PriceList:Url",
            ], mistakes.Select(m => m[..m.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Connections_that_read_a_bill_must_agree_on_the_cost_metric()
    {
        static (string, string)[] Two(string second, string isOn) =>
        [
            ("Aws:Connections:0:Name", "One"), ("Aws:Connections:0:CostExplorer:Enabled", "true"), ("Aws:Connections:0:CostExplorer:Metric", "NetUnblendedCost"),
            ("Aws:Connections:1:Name", "Two"), ("Aws:Connections:1:CostExplorer:Enabled", isOn), ("Aws:Connections:1:CostExplorer:Metric", second),
        ];
        Assert.StartsWith("Aws:Connections:1:CostExplorer:Metric: 'UnblendedCost' is not what the other connections say (NetUnblendedCost)", Assert.Single(Mistakes(Two("UnblendedCost", "true"))), StringComparison.Ordinal);
        Assert.Equal("NetUnblendedCost", Read(Two("NetUnblendedCost", "true")).Aws.CostMetric);
        Assert.Equal("NetUnblendedCost", Read(Two("UnblendedCost", "false")).Aws.CostMetric);
    }

    [Fact]
    public void Values_of_a_wrong_kind_are_mistakes_of_their_key() => Assert.Equal(
        ["Aws:Connections:0:CostExplorer:LookbackDays: 'long' is not a whole number", "Aws:Connections:0:Inventory:Enabled: 'perhaps' is neither true nor false"],
        Mistakes(("Aws:Connections:0:Name", "Payer"), ("Aws:Connections:0:Inventory:Enabled", "perhaps"), ("Aws:Connections:0:CostExplorer:LookbackDays", "long")).Order(StringComparer.Ordinal));

    [Fact]
    public void The_price_list_is_off_until_asked_for_and_then_public_unless_a_connection_is_named()
    {
        var usual = Read().Aws.PriceList;
        Assert.Equal((false, "", "https://pricing.us-east-1.amazonaws.com", 0), (usual.Enabled, usual.Connection, usual.Url, usual.Regions.Count));
        var asked = Read(("PriceList:Enabled", "true"), ("PriceList:Connection", "Payer"), ("PriceList:Regions:0", "eu-central-1"), ("Aws:Connections:0:Name", "Payer"), ("Aws:Connections:0:Accounts:Enabled", "true")).Aws;
        Assert.Equal((true, "Payer", "eu-central-1"), (asked.PriceList.Enabled, asked.PriceList.Connection, Assert.Single(asked.PriceList.Regions)));
        Assert.True(asked.Connections[0].Accounts.Enabled);
    }

    [Fact]
    public void Invocation_logs_are_read_from_a_bucket_a_group_or_where_Bedrock_says()
    {
        var settings = Read(("Aws:Connections:0:Name", "Prod"), ("Aws:Connections:0:AccountId", "111122223333"), ("Aws:Connections:0:Regions:0", "us-east-1"),
            ("Aws:Connections:0:InvocationLogs:Enabled", "true"), ("Aws:Connections:0:InvocationLogs:Bucket", "acme-logs"), ("Aws:Connections:0:InvocationLogs:Prefix", "bedrock/"));
        var logs = Assert.Single(settings.Aws.Connections).InvocationLogs;
        Assert.Equal((true, "acme-logs", "bedrock/", null), (logs.Enabled, logs.Bucket, logs.Prefix, logs.LogGroup));
    }

    [Fact]
    public void Mistakes_of_invocation_logs_come_all_at_once()
    {
        var mistakes = Mistakes(("Aws:Connections:0:Name", "Prod"), ("Aws:Connections:0:InvocationLogs:Enabled", "true"),
            ("Aws:Connections:0:InvocationLogs:Bucket", "s3://acme-logs/x"), ("Aws:Connections:0:InvocationLogs:LogGroup", "/aws/bedrock logs"),
            ("Aws:Connections:1:Name", "Test"), ("Aws:Connections:1:AccountId", "111122223333"), ("Aws:Connections:1:Regions:0", "us-east-1"),
            ("Aws:Connections:1:InvocationLogs:Enabled", "true"), ("Aws:Connections:1:InvocationLogs:Prefix", "x"));
        string[] due = ["0:Regions: is empty", "0:AccountId: is missing", "0:InvocationLogs:LogGroup: is given beside Bucket", "0:InvocationLogs:Bucket: 's3://acme-logs/x' is not",
            "0:InvocationLogs:LogGroup: '/aws/bedrock logs' is not", "1:InvocationLogs:Prefix: is given without Bucket"];
        foreach (var start in due) Assert.Contains(mistakes, m => m.StartsWith("Aws:Connections:" + start, StringComparison.Ordinal));
        Assert.Equal(due.Length, mistakes.Count);
    }

    [Fact]
    public void Mistakes_of_Athena_name_their_keys()
    {
        (string, string) Key(string key, string value) => ("Aws:Connections:0:" + key, value);
        var mistakes = Mistakes(Key("Name", "Payer"), Key("AccountId", "111122223333"), Key("Athena:Enabled", "true"), Key("Athena:Table", "cur\"; --"), Key("Athena:WorkGroup", "a b"),
            Key("Athena:OutputLocation", "bucket/x"), Key("Athena:MonthlyBudgetUsd", "0"), Key("Athena:MaxScannedGb", "-1"));
        string[] due = ["Athena:Database: is missing", "Athena:Table: 'cur\"; --' is not", "Athena:WorkGroup: 'a b'", "Athena:OutputLocation: 'bucket/x'", "Athena:MonthlyBudgetUsd: is not above 0", "Athena:MaxScannedGb: is not"];
        foreach (var start in due) Assert.Contains(mistakes, m => m.StartsWith("Aws:Connections:0:" + start, StringComparison.Ordinal));
        Assert.Equal(due.Length, mistakes.Count);
        Assert.Contains(Mistakes(Key("Name", "Payer"), Key("Athena:MonthlyBudgetUsd", "five")), m => m.Contains("Athena:MonthlyBudgetUsd: 'five' is not a number", StringComparison.Ordinal));
    }

    [Fact]
    public void Mistakes_of_logs_through_Athena_name_their_keys()
    {
        (string, string) Key(int connection, string key, string value) => ($"Aws:Connections:{connection}:{key}", value);
        var mistakes = Mistakes(Key(0, "Name", "Prod"), Key(0, "AccountId", "111122223333"), Key(0, "Regions:0", "us-east-1"), Key(0, "Athena:Logs:Enabled", "true"), Key(0, "Athena:Logs:Table", "calls; --"),
            Key(0, "Athena:MaxScannedGb", "0"), Key(0, "InvocationLogs:Enabled", "true"));
        string[] due = ["Athena:Logs:Table: 'calls; --' is not", "Athena:Logs:Database: is missing", "Athena:MaxScannedGb: is not", "Athena:Logs:Enabled: is true beside InvocationLogs:Enabled"];
        foreach (var start in due) Assert.Contains(mistakes, m => m.StartsWith("Aws:Connections:0:" + start, StringComparison.Ordinal));
        Assert.Equal(due.Length, mistakes.Count);
        // Neither the bill's table nor its account is asked for.
        Assert.True(Assert.Single(Read(Key(0, "Name", "Prod"), Key(0, "Athena:Logs:Enabled", "true"), Key(0, "Athena:Logs:Table", "calls"), Key(0, "Athena:Logs:Database", "logs")).Aws.Connections).Athena.Logs.Enabled);
        (string, string)[] Twice(string table) => [.. Enumerable.Range(0, 2).SelectMany(i => new[]
        {
            Key(i, "Name", "c" + i), Key(i, "AccountId", "111122223333"), Key(i, "Regions:0", "us-east-1"), Key(i, "Athena:Logs:Enabled", "true"), Key(i, "Athena:Database", "logs"), Key(i, "Athena:Logs:Table", i == 0 ? "calls" : table),
        })];
        Assert.StartsWith("Aws:Connections:1:Athena:Logs:Table: 'Calls' is read by connection c0 already", Assert.Single(Mistakes(Twice("Calls"))), StringComparison.Ordinal);
        Assert.Equal(2, Read(Twice("others")).Aws.Connections.Count);
    }

    [Fact]
    public void Mistakes_of_an_export_name_their_keys()
    {
        var mistakes = Mistakes(("Aws:Connections:0:Name", "Payer"), ("Aws:Connections:0:DataExports:Enabled", "true"), ("Aws:Connections:0:DataExports:Format", "Cur1"),
            ("Aws:Connections:1:Name", "Other"), ("Aws:Connections:1:AccountId", "111122223333"), ("Aws:Connections:1:DataExports:Enabled", "true"), ("Aws:Connections:1:DataExports:Bucket", "s3://x/y"));
        string[] due = ["0:AccountId: is missing", "0:DataExports:Bucket: is missing", "0:DataExports:Format: 'Cur1' is neither", "1:DataExports:Bucket: 's3://x/y' is not"];
        foreach (var start in due) Assert.Contains(mistakes, m => m.StartsWith("Aws:Connections:" + start, StringComparison.Ordinal));
        Assert.Equal(due.Length, mistakes.Count);
    }

    [Theory]
    [InlineData("Owners:FeatureAttributes", "a.b, c.d")]
    [InlineData("Owners:FeatureAttributes:0", "a.b")]
    public void Owner_attributes_replace_the_defaults_in_either_form(string key, string value) =>
        Assert.Equal("a.b", Read((key, value)).Owners.FeatureAttributes[0]);

    [Fact]
    public void The_sample_takes_no_real_connection() =>
        Assert.Contains(Mistakes(("Sample:Enabled", "true"), ("Aws:Connections:0:Name", "Payer")), m => m.StartsWith("Aws:Connections:", StringComparison.Ordinal));

    [Fact]
    public void X_Ray_is_read_and_needs_regions()
    {
        var connection = Read(("Aws:Connections:0:Name", "Payer"), ("Aws:Connections:0:Regions:0", "us-east-1"), ("Aws:Connections:0:XRay:Enabled", "true"),
            ("Aws:Connections:0:XRay:FilterExpression", "service(\"shop\")"), ("Schedule:XRay", "0 */2 * * *")).Aws.Connections[0];
        Assert.Equal((true, "service(\"shop\")"), (connection.XRay.Enabled, connection.XRay.FilterExpression));
        Assert.Contains(Mistakes(("Aws:Connections:0:Name", "Payer"), ("Aws:Connections:0:XRay:Enabled", "true")), m => m.StartsWith("Aws:Connections:0:Regions:", StringComparison.Ordinal));
    }
}
