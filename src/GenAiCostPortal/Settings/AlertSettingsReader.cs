using System.Globalization;
using System.Net.Mail;
using GenAiCostPortal.Sources.Notifications;

namespace GenAiCostPortal.Settings;

/// <summary>Reads <c>Alerts:*</c>: the address in links, and the mail server.</summary>
internal sealed class AlertSettingsReader(IConfigurationSection section, Action<string, string> mistake)
{
    public void Read(AlertOptions options, IReadOnlyList<string> urls)
    {
        // An address for all network cards is nothing people can open.
        options.PortalUrl = Text("PortalUrl") ?? urls.FirstOrDefault(u => !u.Contains('+', StringComparison.Ordinal) && !u.Contains('*', StringComparison.Ordinal) && !u.Contains("0.0.0.0", StringComparison.Ordinal) && !u.Contains("[::]", StringComparison.Ordinal)) ?? "";
        if (Text("PortalUrl") is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            mistake("Alerts:PortalUrl", $"'{url}' is not an address such as https://genai-cost.example.com");
        ReadMail(options.Smtp);
    }

    private void ReadMail(SmtpOptions smtp)
    {
        (smtp.Host, smtp.User, smtp.Password, smtp.From) = (Text("Smtp:Host") ?? "", Text("Smtp:User") ?? "", section["Smtp:Password"] ?? "", Text("Smtp:From") ?? "");
        if (Text("Smtp:Port") is { } port)
        {
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536) smtp.Port = number;
            else mistake("Alerts:Smtp:Port", $"'{port}' is not a port such as 587");
        }
        if (Text("Smtp:UseTls") is { } tls)
        {
            if (bool.TryParse(tls, out var use)) smtp.UseTls = use;
            else mistake("Alerts:Smtp:UseTls", $"'{tls}' is neither true nor false");
        }
        if (Text("Smtp:ImplicitTls") is { } fromTheStart)
        {
            if (bool.TryParse(fromTheStart, out var use)) smtp.ImplicitTls = use;
            else mistake("Alerts:Smtp:ImplicitTls", $"'{fromTheStart}' is neither true nor false");
        }
        if (!smtp.IsSet) return;
        if (!MailAddress.TryCreate(smtp.From, out _)) mistake("Alerts:Smtp:From", smtp.From.Length == 0 ? "is missing: the mail address that alerts come from" : $"'{smtp.From}' is no mail address");
        if (smtp.User.Length > 0 && smtp.Password.Length == 0) mistake("Alerts:Smtp:Password", "is missing for the user of Alerts:Smtp:User");
        if (smtp.User.Length > 0 && !smtp.UseTls) mistake("Alerts:Smtp:UseTls", "must be true where a password is sent");
        if (smtp is { ImplicitTls: true, UseTls: false }) mistake("Alerts:Smtp:ImplicitTls", "is TLS, which Alerts:Smtp:UseTls switches off");
    }

    private string? Text(string key) => section[key] is { } text && text.Trim().Length > 0 ? text.Trim() : null;
}
