using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>
/// Hands a mail to the server (RFC 5321): by TLS from the first byte, by STARTTLS, or in the clear. The framework's client knows no
/// TLS from the first byte, and gives up on everybody when one address is refused.
/// </summary>
internal sealed class MailPost(SmtpOptions smtp)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What the server said, when it was a no.</summary>
    private sealed class Refusal(string problem, int code) : Exception(problem)
    {
        public bool IsFinal => code >= 500;
    }

    public async Task<SendOutcome> SendAsync(MailText mail, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            return await TalkAsync(mail, patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SendOutcome("The mail server did not answer within 15 seconds.");
        }
        catch (Refusal refusal)
        {
            return new SendOutcome(refusal.Message, refusal.IsFinal);
        }
        catch (AuthenticationException)
        {
            return new SendOutcome($"The certificate of the mail server is not trusted on this machine, or is not for {smtp.Host}. Check Alerts:Smtp:Host.");
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return new SendOutcome("The mail server could not be reached, or hung up. Check Alerts:Smtp:Host, :Port and :ImplicitTls.");
        }
    }

    private async Task<SendOutcome> TalkAsync(MailText mail, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(smtp.Host, smtp.Port, cancel);
        var me = Me(client);
        var line = new MailLine(smtp.IsTlsFromTheStart ? await SecureAsync(client.GetStream(), cancel) : client.GetStream());
        await ExpectAsync(line, 220, cancel);
        var offers = await GreetAsync(line, me, cancel);
        if (smtp.UseTls && !smtp.IsTlsFromTheStart)
        {
            // A password or a message in the clear is no way out.
            if (!offers.Contains("STARTTLS")) throw new Refusal("The mail server offers no STARTTLS on this port. Check Alerts:Smtp:Port, :UseTls and :ImplicitTls.", 500);
            await line.SayAsync("STARTTLS", cancel);
            await ExpectAsync(line, 220, cancel);
            line = new MailLine(await SecureAsync(line.Bare(), cancel));
            offers = await GreetAsync(line, me, cancel);
        }
        if (smtp.User.Length > 0) await SignInAsync(line, offers, cancel);
        var outcome = await HandOverAsync(line, mail, cancel);
        try
        {
            await line.SayAsync("QUIT", cancel);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // It has the mail: to send it again would be worse than to leave without a word.
        }
        return outcome;
    }

    private async Task<Stream> SecureAsync(Stream plain, CancellationToken cancel)
    {
        var secured = new SslStream(plain);
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = smtp.Host, CertificateChainPolicy = smtp.Trust }, cancel);
        return secured;
    }

    private static async Task<HashSet<string>> GreetAsync(MailLine line, string me, CancellationToken cancel)
    {
        await line.SayAsync("EHLO " + me, cancel);
        return [.. (await ExpectAsync(line, 250, cancel)).Skip(1).Select(offer => offer.ToUpperInvariant())];
    }

    private async Task SignInAsync(MailLine line, HashSet<string> offers, CancellationToken cancel)
    {
        var ways = offers.FirstOrDefault(o => o.StartsWith("AUTH ", StringComparison.Ordinal))?.Split(' ') ?? [];
        if (ways.Contains("PLAIN"))
        {
            await line.SayAsync("AUTH PLAIN " + Base64($"\0{smtp.User}\0{smtp.Password}"), cancel);
        }
        else if (ways.Contains("LOGIN"))
        {
            await line.SayAsync("AUTH LOGIN", cancel);
            await ExpectAsync(line, 334, cancel);
            await line.SayAsync(Base64(smtp.User), cancel);
            await ExpectAsync(line, 334, cancel);
            await line.SayAsync(Base64(smtp.Password), cancel);
        }
        else
        {
            throw new Refusal("The mail server takes no user and password (neither PLAIN nor LOGIN). Check Alerts:Smtp.", 500);
        }
        if (await line.HearAsync(cancel) is var (code, _) && code != 235) throw new Refusal($"The mail server does not take the user and password ({code}). Check Alerts:Smtp:User and :Password.", code);
    }

    private static async Task<SendOutcome> HandOverAsync(MailLine line, MailText mail, CancellationToken cancel)
    {
        await line.SayAsync($"MAIL FROM:<{mail.From.Address}>", cancel);
        await ExpectAsync(line, 250, cancel);
        var refused = new List<int>();
        foreach (var recipient in mail.To)
        {
            await line.SayAsync($"RCPT TO:<{recipient}>", cancel);
            if (await line.HearAsync(cancel) is var (code, _) && code is not (250 or 251)) refused.Add(code);
        }
        if (refused.Count == mail.To.Count)
            throw new Refusal($"The mail server does not take mail for {(refused.Count == 1 ? "the address" : "any of the addresses")} ({refused[0]}).", refused.Min());
        await line.SayAsync("DATA", cancel);
        await ExpectAsync(line, 354, cancel);
        await line.SayAsync(mail.Whole() + "\r\n.", cancel);
        await ExpectAsync(line, 250, cancel);
        return refused.Count == 0 ? SendOutcome.Arrived
            : SendOutcome.Arrived with { Note = string.Create(CultureInfo.InvariantCulture, $"The mail server does not take mail for {refused.Count} of {mail.To.Count} addresses.") };
    }

    private static async Task<IReadOnlyList<string>> ExpectAsync(MailLine line, int wanted, CancellationToken cancel)
    {
        var (code, said) = await line.HearAsync(cancel);
        return code == wanted ? said : throw new Refusal($"The mail server refused the message ({code}). Check Alerts:Smtp.", code);
    }

    // A server need not know this machine's name; its address it sees anyway.
    private static string Me(TcpClient client) => client.Client.LocalEndPoint is IPEndPoint { Address: var address }
        ? address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? $"[IPv6:{address}]" : $"[{address.MapToIPv4()}]" : "[127.0.0.1]";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>Lines to and from a mail server.</summary>
internal sealed class MailLine(Stream stream)
{
    private const int MostHeard = 64 * 1024;
    private readonly byte[] _read = new byte[4096];
    private int _at, _end, _heard;

    public async Task SayAsync(string text, CancellationToken cancel)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), cancel);
        await stream.FlushAsync(cancel);
    }

    /// <summary>An answer: its code and its lines without it.</summary>
    public async Task<(int Code, IReadOnlyList<string> Said)> HearAsync(CancellationToken cancel)
    {
        var said = new List<string>();
        while (true)
        {
            var line = await LineAsync(cancel);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)) throw new IOException("No mail server speaks so.");
            said.Add(line.Length > 4 ? line[4..].Trim() : "");
            if (line.Length == 3 || line[3] != '-') return (code, said);
        }
    }

    /// <summary>The stream itself, to be secured. What was sent in the clear beyond the last answer may come from anybody.</summary>
    public Stream Bare() => _at == _end ? stream : throw new IOException("Something was put in before TLS began.");

    private async Task<string> LineAsync(CancellationToken cancel)
    {
        var line = new List<byte>();
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await stream.ReadAsync(_read, cancel));
                if (_end == 0 || (_heard += _end) > MostHeard) throw new IOException("The mail server hung up, or says too much.");
            }
            var next = _read[_at++];
            if (next == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(next);
        }
    }
}
