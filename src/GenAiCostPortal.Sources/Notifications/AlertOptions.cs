using System.Security.Cryptography.X509Certificates;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Configuration <c>Alerts:*</c>.</summary>
public sealed class AlertOptions
{
    /// <summary>Where people open the portal, for links in messages; empty = no links.</summary>
    public string PortalUrl { get; set; } = "";
    public SmtpOptions Smtp { get; } = new();
}

/// <summary>The mail server that alerts go through (<c>Alerts:Smtp:*</c>).</summary>
public sealed class SmtpOptions
{
    /// <summary>Empty = e-mail channels cannot send.</summary>
    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;
    public string User { get; set; } = "";
    public string Password { get; set; } = "";
    public string From { get; set; } = "";
    /// <summary>Nothing is said in the clear: STARTTLS is demanded, or the whole talk is TLS.</summary>
    public bool UseTls { get; set; } = true;
    /// <summary>TLS from the first byte instead of STARTTLS; null = on port 465.</summary>
    public bool? ImplicitTls { get; set; }
    /// <summary>Whose certificates are trusted; null = whom this machine trusts.</summary>
    internal X509ChainPolicy? Trust { get; set; }

    public bool IsSet => Host.Length > 0;
    internal bool IsTlsFromTheStart => UseTls && (ImplicitTls ?? Port == 465);
}
