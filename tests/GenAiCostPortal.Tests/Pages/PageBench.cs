using Bunit;
using Bunit.TestDoubles;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Settings;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace GenAiCostPortal.Pages;

/// <summary>Pages in bUnit over a real store on a temporary SQLite file. The store can be held back and can be made to fail.</summary>
internal sealed class PageBench : IAsyncDisposable
{
    public static readonly DateTime Now = new(2026, 11, 21, 14, 20, 0, DateTimeKind.Utc);
    private readonly StoreFolder _folder = new("pages-");

    // A limit for what never happens, not a measure of speed: a loaded machine takes its time.
    static PageBench() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    private PageBench()
    {
        Context.JSInterop.Mode = JSRuntimeMode.Loose;
        var services = Context.Services;
        services.AddSingleton<TimeProvider>(new ClockAt(Now));
        services.AddSingleton(SettingsReader.Read(new ConfigurationBuilder().Build()));
        services.AddLedger(new StoreOptions { ConnectionString = $"Data Source={_folder.Migrate("test.db")};Pooling=False" }, new OwnerKeys());
        var real = services.Last(s => s.ServiceType == typeof(IDbContextFactory<LedgerDb>));
        services.AddSingleton<IDbContextFactory<LedgerDb>>(s => Stores = new GatedStores((IDbContextFactory<LedgerDb>)ActivatorUtilities.CreateInstance(s, real.ImplementationType!)));
        services.AddPages();
        services.AddRadzenComponents();
        services.AddSingleton<IJobSchedule>(Schedule);
        services.AddSingleton(new AwsOptions());
        services.AddSingleton<AwsConnections>();
        services.AddSingleton<PermissionCheck>();
        Context.AddBunitPersistentComponentState();
        SignIn = Context.AddAuthorization();
        // From here on services are taken, so nothing can be registered any more.
        Context.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        SignIn.SetAuthorized("Ada");
        SignIn.SetPolicies(nameof(PortalRole.Viewer), nameof(PortalRole.Analyst), nameof(PortalRole.Operator));
    }

    public BunitContext Context { get; } = new();
    public BunitAuthorizationContext SignIn { get; }
    public GatedStores Stores { get; private set; } = default!;
    public AskedSchedule Schedule { get; } = new();

    public static async Task<PageBench> OpenAsync()
    {
        var bench = new PageBench();
        await bench.Get<Dimensions>().LoadAsync();
        await bench.Get<PriceFinder>().LoadAsync();
        return bench;
    }

    public T Get<T>() where T : notnull => Context.Services.GetRequiredService<T>();

    public LedgerDb Db() => Stores.Inner.CreateDbContext();

    public Task WriteAsync(params Span[] spans) => Get<TraceWriter>().WriteAsync(spans);

    /// <summary>Renders a page at an address.</summary>
    public IRenderedComponent<TPage> Render<TPage>(string address, Action<ComponentParameterCollectionBuilder<TPage>>? with = null) where TPage : IComponent
    {
        Get<NavigationManager>().NavigateTo(address);
        return Context.Render<TPage>(with ?? (_ => { }));
    }

    public async ValueTask DisposeAsync()
    {
        Stores.Open();
        await Context.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class ClockAt(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now);
    }
}

/// <summary>Contexts that wait while the gate is shut and fail while a fault is set.</summary>
internal sealed class GatedStores(IDbContextFactory<LedgerDb> inner) : IDbContextFactory<LedgerDb>
{
    private TaskCompletionSource? _shut;

    public IDbContextFactory<LedgerDb> Inner => inner;
    public bool IsBroken { get; set; }

    public void Shut() => _shut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public void Open() => _shut?.TrySetResult();

    public LedgerDb CreateDbContext() => IsBroken ? throw new InvalidOperationException("secret detail of the store") : inner.CreateDbContext();

    public async Task<LedgerDb> CreateDbContextAsync(CancellationToken cancellationToken = default)
    {
        if (_shut is { } gate) await gate.Task.WaitAsync(cancellationToken);
        return CreateDbContext();
    }
}

/// <summary>A schedule that remembers what it was asked.</summary>
internal sealed class AskedSchedule : IJobSchedule
{
    public List<string> Asked { get; } = [];
    public RunAsked Answer { get; set; } = new(7, "");

    public Task<IReadOnlyList<JobInfo>> JobsAsync(CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<JobInfo>>([new("CostExplorer", "at 05:20, 12:20 and 19:20 (UTC)", PageBench.Now.AddHours(5), false), new("Ledger", "every 10 minutes", PageBench.Now.AddMinutes(10), false)]);

    public Task<RunAsked> RunNowAsync(string job, string who, CancellationToken cancel = default)
    {
        Asked.Add($"run {job} for {who}");
        return Task.FromResult(Answer);
    }

    public Task<RunAsked> BackfillAsync(string feed, DateOnly from, DateOnly to, string who, CancellationToken cancel = default)
    {
        Asked.Add(FormattableString.Invariant($"backfill {feed} {from:yyyy-MM-dd} {to:yyyy-MM-dd} for {who}"));
        return Task.FromResult(Answer);
    }
}

/// <summary>Spans of a made application, as a sender would send them.</summary>
internal static class MadeSpans
{
    public const string Model = "global.anthropic.claude-sonnet-4-6";
    private static readonly SpanResource Service = new(new([new("service.name", "contracts"), new("service.version", "2.4.1")]));

    public static Span Span(TraceId trace, ulong id, ulong parent, string name, double atMs, double durationMs, params (string, object)[] attributes)
    {
        var start = UtcTime.ToUnixMs(PageBench.Now.AddHours(-2)) * 1_000_000 + (long)(atMs * 1e6);
        return new Span
        {
            TraceId = trace, SpanId = new(id), ParentSpanId = new(parent), Name = name, StartUnixNs = start, EndUnixNs = start + (long)(durationMs * 1e6), Resource = Service,
            Kind = Ledger.Traces.SpanKind.Internal, Attributes = new([.. attributes.Select(a => KeyValuePair.Create(a.Item1, a.Item2))]),
        };
    }

    public static Span Root(TraceId trace, string workflow = "summarise-contract", double atMs = 0, string feature = "contract-summary") =>
        Span(trace, 1, 0, workflow, atMs, 60_000, feature.Length > 0 ? [("genai.feature", feature)] : []);

    public static Span Call(TraceId trace, ulong id, ulong parent, double atMs, long input, long output, string model = Model, string? error = null, params (string, object)[] more)
    {
        (string, object)[] tokens = error is null ? [("gen_ai.usage.input_tokens", input), ("gen_ai.usage.output_tokens", output)] : [("error.type", error)];
        return Span(trace, id, parent, "chat", atMs, 900,
            [("gen_ai.operation.name", "chat"), ("gen_ai.system", "aws.bedrock"), ("gen_ai.request.model", model), .. tokens, .. more])
            with { Kind = Ledger.Traces.SpanKind.Client, Status = error is null ? SpanStatus.Unset : SpanStatus.Error };
    }

    /// <summary>An agent that calls a model and a tool in turn.</summary>
    public static IEnumerable<Span> Agent(TraceId trace, int steps) =>
    [
        Root(trace),
        Span(trace, 2, 1, "invoke_agent clause-check", 5, 59_000, ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "clause-check")),
        .. Enumerable.Range(0, steps).SelectMany(i => new[]
        {
            Call(trace, (ulong)(10 + 2 * i), 2, 100 + i * 1_200, 100_000, 1_000, Model, null, ("gen_ai.agent.name", "clause-check")),
            Span(trace, (ulong)(11 + 2 * i), 2, "execute_tool lookup", 1_050 + i * 1_200, 100, ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "lookup")),
        }),
    ];
}
