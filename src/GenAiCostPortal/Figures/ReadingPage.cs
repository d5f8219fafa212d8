using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace GenAiCostPortal.Figures;

/// <summary>
/// A page that shows one answer. It reads when it opens, when its address changes and, at most once a second, when the ledger
/// says that something changed. The old figures stay until the new ones are there.
/// </summary>
public abstract class ReadingPage<T> : ComponentBase, IDisposable where T : class
{
    private static readonly TimeSpan SlowAfter = TimeSpan.FromMilliseconds(150);
    private readonly CancellationTokenSource _closing = new();
    private CancellationTokenSource? _current;
    private PageSubscription? _subscription;
    private PersistingComponentStateSubscription _persisting;
    private string _path = "/";

    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private LedgerChanges Changes { get; set; } = default!;
    [Inject] private TimeProvider Time { get; set; } = default!;
    [Inject] private AnswerShelf Shelf { get; set; } = default!;
    [Inject] private PersistentComponentState Persisted { get; set; } = default!;
    [Inject] private ILoggerFactory Logs { get; set; } = default!;

    /// <summary>The address as it is now.</summary>
    protected PortalUrl Url { get; private set; } = PortalUrl.Read("/");
    protected Reading<T> Reading { get; } = new();
    protected DateTime Now => Time.GetUtcNow().UtcDateTime;
    protected DateOnly Today => DateOnly.FromDateTime(Now);

    /// <summary>Asks the reports. Must not keep anything in the page itself.</summary>
    protected abstract Task<T> ReadAsync(PortalUrl url, CancellationToken cancel);

    /// <summary>Whether a change of this part alters what the page shows.</summary>
    protected virtual bool Concerns(LedgerPart part) => part is not LedgerPart.Assessment;

    /// <summary>Called after a good answer, before it is drawn; for redirects.</summary>
    protected virtual void Answered(T answer) { }

    protected override async Task OnInitializedAsync()
    {
        Url = PortalUrl.Read(Navigation.Uri);
        _path = Url.Path;
        _persisting = Persisted.RegisterOnPersisting(KeepForTheCircuit);
        if (RendererInfo.IsInteractive)
        {
            Navigation.LocationChanged += Follow;
            _subscription = new PageSubscription(Changes, Time, Concerns, () => InvokeAsync(ReadAgainAsync));
        }
        if (Persisted.TryTakeFromJson<string>(ShelfKey, out var key) && key is not null && Shelf.Take(key) is (T answer, DateTime readAt))
            (Reading.Answer, Reading.ReadAt) = (answer, readAt);
        else
            await ReadAgainAsync();
    }

    /// <summary>Reads once more; also the Retry button.</summary>
    protected async Task ReadAgainAsync()
    {
        if (_closing.IsCancellationRequested) return;
        _current?.Cancel();
        using var mine = _current = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            // Off the circuit's turn: SQLite answers synchronously, and a page must stay usable while it reads.
            var asked = Url;
            var reading = Task.Run(() => ReadAsync(asked, mine.Token), mine.Token);
            if (await Task.WhenAny(reading, Task.Delay(SlowAfter, Time, mine.Token)) != reading && !mine.IsCancellationRequested)
            {
                Reading.IsSlow = true;
                StateHasChanged();
            }
            var answer = await reading;
            if (_current != mine) return;
            (Reading.Answer, Reading.ReadAt, Reading.FaultId) = (answer, Now, null);
            Answered(answer);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            return;
        }
        catch (Exception fault)
        {
            if (_current != mine) return;
            Reading.FaultId = FaultId.New();
            Logs.CreateLogger(GetType()).LogError(fault, "A page could not read its figures. Id {FaultId}.", Reading.FaultId);
        }
        finally
        {
            if (_current == mine)
            {
                _current = null;
                Reading.IsSlow = false;
                StateHasChanged();
            }
        }
    }

    private string ShelfKey => GetType().Name;

    // The circuit starts with the very answer that was prerendered: no second read, no flash.
    private Task KeepForTheCircuit()
    {
        if (Reading.Answer is { } answer && Reading.FaultId is null) Persisted.PersistAsJson(ShelfKey, Shelf.Put((answer, Reading.ReadAt)));
        return Task.CompletedTask;
    }

    private void Follow(object? sender, LocationChangedEventArgs change)
    {
        var url = PortalUrl.Read(change.Location);
        if (url.Path != _path || url.ToString() == Url.ToString()) return;
        Url = url;
        _ = InvokeAsync(ReadAgainAsync);
    }

    public void Dispose()
    {
        Navigation.LocationChanged -= Follow;
        _persisting.Dispose();
        _subscription?.Dispose();
        _closing.Cancel();
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }
}
