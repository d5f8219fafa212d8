using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>The OTLP door on a real Kestrel, a free port and a store of its own.</summary>
internal sealed class OtlpHost : IAsyncDisposable
{
    public const string Protobuf = "application/x-protobuf", Json = "application/json";
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly StoreFolder _folder;
    private readonly WebApplication _app;

    private OtlpHost(StoreFolder folder, WebApplication app)
    {
        (_folder, _app) = (folder, app);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Client = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        Grpc = new HttpClient { BaseAddress = new Uri(addresses[1]), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    // Made once: a migrated store with its price list.
    private static readonly Lazy<Task<byte[]>> Template = new(async () =>
    {
        using var folder = new StoreFolder("otlp-template-");
        var file = folder.Migrate("otlp.db");
        await using (var services = new ServiceCollection().AddSingleton<TimeProvider>(new TestClock(Now)).AddLogging()
            .AddLedger(new StoreOptions { ConnectionString = $"Data Source={file};Pooling=False" }, new OwnerKeys()).BuildServiceProvider())
            await services.GetRequiredService<PriceFinder>().LoadAsync();
        return await File.ReadAllBytesAsync(file);
    });

    public HttpClient Client { get; }
    /// <summary>HTTP/2 without TLS, as gRPC senders speak it.</summary>
    public HttpClient Grpc { get; }
    public IServiceProvider Services => _app.Services;

    public static async Task<OtlpHost> StartAsync(Action<OtlpOptions>? set = null, IngestCheck? check = null, DateTimeOffset? now = null)
    {
        var folder = new StoreFolder("otlp-");
        await File.WriteAllBytesAsync(folder.FileOf("otlp.db"), await Template.Value);
        var options = new OtlpOptions { RequireApiKey = check is not null };
        set?.Invoke(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0);
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRouting();
        builder.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton<TimeProvider>(new TestClock(now ?? Now));
        builder.Services.AddSingleton(PromptHashKey.Random());
        builder.Services.AddSingleton(options);
        builder.Services.AddLedger(new StoreOptions { ConnectionString = $"Data Source={folder.FileOf("otlp.db")};Pooling=False" }, new OwnerKeys());
        builder.Services.AddOtlp();
        if (check is not null) builder.Services.AddSingleton(check);
        var app = builder.Build();
        app.MapOtlp();
        await app.StartAsync();
        return new OtlpHost(folder, app);
    }

    public Task StopAsync() => _app.StopAsync();

    /// <summary>Sends a body and gives the answer with its status body read in its own type.</summary>
    public async Task<OtlpAnswer> PostAsync(byte[] body, string type = Protobuf, bool gzip = false, bool chunked = false, string path = "/v1/traces", string? encoding = null)
    {
        using var content = new ByteArrayContent(gzip ? Gzip(body) : body);
        content.Headers.ContentType = type.Length == 0 ? null : MediaTypeHeaderValue.Parse(type);
        if (gzip || encoding is not null) content.Headers.ContentEncoding.Add(encoding ?? "gzip");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (chunked) request.Headers.TransferEncodingChunked = true;
        using var response = await Client.SendAsync(request);
        return await OtlpAnswer.ReadAsync(response);
    }

    /// <summary>One unary gRPC call.</summary>
    public Task<GrpcAnswer> CallAsync(byte[] message, OtlpSignal signal = OtlpSignal.Traces, bool gzip = false) =>
        CallFrameAsync(GrpcAnswer.Frame(gzip ? Gzip(message) : message, gzip ? (byte)1 : (byte)0), signal, gzip ? "gzip" : null);

    /// <summary>The same with the frame as it stands.</summary>
    public async Task<GrpcAnswer> CallFrameAsync(byte[] frame, OtlpSignal signal = OtlpSignal.Traces, string? encoding = null, string type = "application/grpc", string? key = null, string? path = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path ?? signal.GrpcPath())
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.Add("te", "trailers");
        if (encoding is not null) request.Headers.Add("grpc-encoding", encoding);
        if (key is not null) request.Headers.Add("authorization", key);
        using var response = await Grpc.SendAsync(request);
        return await GrpcAnswer.ReadAsync(response);
    }

    public Task<OtlpAnswer> PostAsync(ExportTraceServiceRequest request) => PostAsync(request.ToByteArray());

    /// <summary>One number over a second connection.</summary>
    public long Number(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.FileOf("otlp.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar() is var v && v is DBNull or null ? 0 : v, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.FileOf("otlp.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(body);
        return packed.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Grpc.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>An answer with what its body says, read in the type it names.</summary>
internal sealed record OtlpAnswer(int Status, string Type, byte[] Body, HttpResponseMessage Response)
{
    public static async Task<OtlpAnswer> ReadAsync(HttpResponseMessage response) =>
        new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsByteArrayAsync(), response);

    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    /// <summary>The google.rpc.Status of a refusal.</summary>
    public (int Code, string Message) Refusal
    {
        get
        {
            if (Type == OtlpHost.Protobuf)
            {
                var status = RpcStatus.Parser.ParseFrom(Body);
                return (status.Code, status.Message);
            }
            using var json = System.Text.Json.JsonDocument.Parse(Body);
            return (json.RootElement.GetProperty("code").GetInt32(), json.RootElement.GetProperty("message").GetString()!);
        }
    }
}
