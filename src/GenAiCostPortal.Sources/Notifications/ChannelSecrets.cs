using System.Net.Mail;
using System.Security.Cryptography;
using System.Text.Json;
using GenAiCostPortal.Ledger.Alerts;
using Microsoft.AspNetCore.DataProtection;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Where a channel leads.</summary>
/// <param name="Target">A web address, or mail addresses with commas between.</param>
/// <param name="Signing">Secret that webhooks are signed with, as Base64; empty for the others.</param>
public sealed record ChannelAddress(string Target, string Signing = "");

/// <summary>Checks the addresses of channels and keeps them encrypted.</summary>
public sealed class ChannelSecrets(IDataProtectionProvider protection)
{
    private const int MostRecipients = 20, SigningBytes = 24;
    private readonly IDataProtector _protector = protection.CreateProtector("GenAiCostPortal.Alerts.Channel");

    /// <summary>Why alerts cannot go there, in words; empty when they can.</summary>
    public static string Mistake(ChannelKind kind, string target)
    {
        if (kind == ChannelKind.Email)
        {
            var recipients = Recipients(target);
            if (recipients.Count == 0) return "Give at least one mail address.";
            if (recipients.Count > MostRecipients) return $"Give at most {MostRecipients} mail addresses; a list address serves more people.";
            return recipients.FirstOrDefault(r => !MailAddress.TryCreate(r, out _)) is { } wrong ? $"'{wrong}' is no mail address." : "";
        }
        if (!Uri.TryCreate(target.Trim(), UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0)
            return "Give the whole web address, beginning with https://";
        // Whoever reads along could write to the channel.
        return url.Scheme == "http" && !url.IsLoopback ? "Only https is taken: the address itself is a secret." : "";
    }

    /// <summary>Encrypts an address and says what people may see of it. A webhook gets a signing secret of its own.</summary>
    /// <exception cref="ArgumentException">The address has a <see cref="Mistake"/>.</exception>
    public (string Secret, string Hint, string Signing) Close(ChannelKind kind, string target)
    {
        if (Mistake(kind, target) is { Length: > 0 } mistake) throw new ArgumentException(mistake, nameof(target));
        var address = kind == ChannelKind.Webhook
            ? new ChannelAddress(target.Trim(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(SigningBytes)))
            : new ChannelAddress(kind == ChannelKind.Email ? string.Join(", ", Recipients(target)) : target.Trim());
        return (_protector.Protect(JsonSerializer.Serialize(address)), Hint(kind, address.Target), address.Signing);
    }

    /// <summary>The address of a channel; null when the keys it was encrypted with are gone.</summary>
    public ChannelAddress? Open(string secret)
    {
        try
        {
            return JsonSerializer.Deserialize<ChannelAddress>(_protector.Unprotect(secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal static IReadOnlyList<string> Recipients(string target) =>
        target.Split([',', ';', '\n', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Hint(ChannelKind kind, string target) =>
        kind == ChannelKind.Email ? target : new Uri(target) is { } url ? $"{url.Host}/…{(url.AbsolutePath.Length > 12 ? url.AbsolutePath[^4..] : "")}" : "";
}
