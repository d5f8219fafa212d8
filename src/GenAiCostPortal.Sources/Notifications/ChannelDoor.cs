using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mail;
using GenAiCostPortal.Ledger.Alerts;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>What became of a message.</summary>
/// <param name="Problem">In our words, with the cure; empty when it arrived.</param>
/// <param name="IsFinal">Trying again would not help.</param>
/// <param name="After">What the other side asks to wait.</param>
internal sealed record SendOutcome(string Problem, bool IsFinal = false, TimeSpan? After = null)
{
    public static readonly SendOutcome Arrived = new("");
    public bool HasArrived => Problem.Length == 0;
    /// <summary>What went wrong although it arrived.</summary>
    public string Note { get; init; } = "";
}

/// <summary>Brings a message to its channel. Never throws for what the other side does.</summary>
internal sealed class ChannelDoor(ChannelSecrets secrets, AlertOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    // A redirect could lead the message, and the secret in it, elsewhere.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Patience };

    public async Task<SendOutcome> SendAsync(AlertChannel channel, AlertMessage message, CancellationToken cancel)
    {
        if (secrets.Open(channel.Secret) is not { } address)
            return new SendOutcome("The address cannot be decrypted: the key folder of the portal was lost. Enter the address again.", IsFinal: true);
        return channel.Kind == ChannelKind.Email ? await MailAsync(address, message, cancel) : await PostAsync(channel.Kind, address, message, cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<SendOutcome> PostAsync(ChannelKind kind, ChannelAddress address, AlertMessage message, CancellationToken cancel)
    {
        var body = kind switch { ChannelKind.Slack => MessageBodies.Slack(message), ChannelKind.Teams => MessageBodies.Teams(message), _ => MessageBodies.Webhook(message) };
        using var request = new HttpRequestMessage(HttpMethod.Post, address.Target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        if (kind == ChannelKind.Webhook) Sign(request, address.Signing, message.Id, body);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode ? SendOutcome.Arrived : Refused(answer);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SendOutcome("The other side did not answer within 15 seconds.");
        }
        catch (HttpRequestException)
        {
            return new SendOutcome("The address could not be reached. Check it, and whether this machine may reach it.");
        }
    }

    private void Sign(HttpRequestMessage request, string signing, string id, byte[] body)
    {
        var at = clock.GetUtcNow().UtcDateTime;
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimeHeader, WebhookSignature.Seconds(at).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(signing, id, at, body));
    }

    private SendOutcome Refused(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (answer.StatusCode == HttpStatusCode.TooManyRequests || status >= 500)
        {
            var after = answer.Headers.RetryAfter is { } wait ? wait.Delta ?? wait.Date - clock.GetUtcNow() : null;
            return new SendOutcome($"The other side is busy (HTTP {status}).", After: after);
        }
        return new SendOutcome(status switch
        {
            404 or 410 => $"The address is no longer there (HTTP {status}). Make a new one and enter it.",
            401 or 403 => $"The other side does not let the portal write there (HTTP {status}).",
            >= 300 and < 400 => $"The address leads elsewhere (HTTP {status}); enter the one it leads to.",
            _ => $"The other side refused the message (HTTP {status}).",
        }, IsFinal: true);
    }

    private async Task<SendOutcome> MailAsync(ChannelAddress address, AlertMessage message, CancellationToken cancel)
    {
        if (!options.Smtp.IsSet) return new SendOutcome("No mail server is configured: set Alerts:Smtp:Host and Alerts:Smtp:From.", IsFinal: true);
        return await new MailPost(options.Smtp).SendAsync(new MailText(
            new MailAddress(options.Smtp.From), ChannelSecrets.Recipients(address.Target), message.Headline, MessageBodies.Mail(message), message.Id, clock.GetUtcNow().UtcDateTime), cancel);
    }
}
