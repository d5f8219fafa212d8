using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>A mail server that takes one message after the other (RFC 5321): in the clear, after STARTTLS, or by TLS from the first byte.</summary>
internal sealed class TestMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;
    private readonly X509Certificate2? _certificate;
    private readonly bool _isTlsFromTheStart;

    public TestMailServer(X509Certificate2? certificate = null, bool isTlsFromTheStart = false)
    {
        (_certificate, _isTlsFromTheStart) = (certificate, isTlsFromTheStart);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public ConcurrentQueue<(IReadOnlyList<string> To, string Text)> Mails { get; } = new();
    /// <summary>What was said to it, and whether by TLS.</summary>
    public ConcurrentQueue<(string Line, bool IsSecured)> Heard { get; } = new();
    /// <summary>Recipients that are refused.</summary>
    public string Refused { get; set; } = "";
    /// <summary>What it answers to a password.</summary>
    public string Welcome { get; set; } = "235 welcome";
    /// <summary>Put behind its answer to STARTTLS in the clear, as somebody on the line would.</summary>
    public string Injected { get; set; } = "";

    /// <summary>A certificate for localhost that nobody but its holder vouches for.</summary>
    public static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_closing.Token);
            try
            {
                await TalkAsync(client);
            }
            catch (Exception fault) when (fault is IOException or AuthenticationException)
            {
                // The other side hung up.
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream plain)
    {
        var secured = new SslStream(plain);
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _closing.Token);
        return secured;
    }

    private async Task TalkAsync(TcpClient client)
    {
        Stream stream = client.GetStream();
        var isSecured = _isTlsFromTheStart;
        if (isSecured) stream = await SecureAsync(stream);
        await SayAsync("220 test");
        var to = new List<string>();
        while (await LineAsync() is { } line)
        {
            Heard.Enqueue((line, isSecured));
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync($"250-test\r\n{(_certificate is not null && !isSecured ? "250-STARTTLS\r\n" : "")}250-AUTH PLAIN LOGIN\r\n250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SayAsync("220 go on" + (Injected.Length > 0 ? "\r\n" + Injected : ""));
                    (stream, isSecured) = (await SecureAsync(stream), true);
                    break;
                case "AUTH":
                    await SayAsync(Welcome);
                    break;
                case "RCPT" when Refused.Length > 0 && line.Contains(Refused, StringComparison.Ordinal):
                    await SayAsync("550 no such mailbox");
                    break;
                case "RCPT":
                    to.Add(line[(line.IndexOf('<') + 1)..line.IndexOf('>')]);
                    await SayAsync("250 ok");
                    break;
                case "DATA":
                    await SayAsync("354 go on");
                    var text = new StringBuilder();
                    while (await LineAsync() is { } data && data != ".") text.AppendLine(data);
                    Mails.Enqueue((to, text.ToString()));
                    await SayAsync("250 ok");
                    break;
                case var command:
                    await SayAsync(command == "QUIT" ? "221 bye" : "250 ok");
                    break;
            }
        }

        async Task SayAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), _closing.Token);

        async Task<string?> LineAsync()
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one, _closing.Token) == 1)
            {
                if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                line.Add(one[0]);
            }
            return null;
        }
    }
}
