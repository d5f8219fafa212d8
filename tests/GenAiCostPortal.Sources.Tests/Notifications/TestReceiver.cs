using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>The other side of a channel: takes posts and answers as told.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Path, byte[] Body, IReadOnlyDictionary<string, string> Headers)> Posts { get; } = new();
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;
    public string Address => _app.Urls.First();

    public static async Task<TestReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new TestReceiver(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            receiver.Posts.Enqueue((context.Request.Path, body.ToArray(), context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString())));
            await receiver.Answer(context);
        });
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>A mail server that takes one message after the other (RFC 5321, without TLS).</summary>
internal sealed class TestMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;

    public TestMailServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public ConcurrentQueue<(IReadOnlyList<string> To, string Text)> Mails { get; } = new();
    /// <summary>Recipients that are refused.</summary>
    public string Refused { get; set; } = "";

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
            catch (IOException)
            {
                // The other side hung up.
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var to = new List<string>();
        while (await reader.ReadLineAsync(_closing.Token) is { } line)
        {
            var command = line.Split(' ', ':')[0].ToUpperInvariant();
            if (command == "RCPT" && Refused.Length > 0 && line.Contains(Refused, StringComparison.Ordinal))
            {
                await writer.WriteLineAsync("550 no such mailbox");
                continue;
            }
            if (command == "RCPT") to.Add(line[(line.IndexOf('<') + 1)..line.IndexOf('>')]);
            if (command == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                var text = new StringBuilder();
                while (await reader.ReadLineAsync(_closing.Token) is { } data && data != ".") text.AppendLine(data);
                Mails.Enqueue((to, text.ToString()));
            }
            await writer.WriteLineAsync(command == "EHLO" ? "250 test" : command == "QUIT" ? "221 bye" : "250 ok");
        }
    }
}
