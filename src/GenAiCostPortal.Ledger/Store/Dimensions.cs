using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Names ↔ small numbers, cached. Numbers are never reused. Beyond a cap per kind new names become <see cref="Other"/> and are
/// counted, so that a sender with a random name cannot blow up the rollups.
/// </summary>
public sealed class Dimensions(IDbContextFactory<LedgerDb> stores)
{
    /// <summary>The name that stands for all names beyond the cap.</summary>
    public const string Other = "(other)";

    private const int ColourSlots = 10;
    private readonly ConcurrentDictionary<(DimensionKind Kind, string Name), int> _ids = new();
    private readonly ConcurrentDictionary<int, DimensionValue> _values = new();
    private readonly ConcurrentDictionary<DimensionKind, int> _counts = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Lock _adding = new();
    private volatile bool _loaded;
    private int _last;
    private long _overflowed;

    /// <summary>Distinct names kept per kind.</summary>
    public int Cap { get; set; } = 10_000;

    /// <summary>How many look-ups ended in <see cref="Other"/> since the start.</summary>
    public long Overflowed => Interlocked.Read(ref _overflowed);

    /// <summary>Reads the table once; later calls return at once.</summary>
    public async ValueTask LoadAsync(CancellationToken cancel = default)
    {
        if (_loaded) return;
        await _loading.WaitAsync(cancel);
        try
        {
            if (_loaded) return;
            await using var db = await stores.CreateDbContextAsync(cancel);
            foreach (var value in await db.Dimensions.AsNoTracking().ToListAsync(cancel)) Keep(value);
            _loaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>The number of a name that is known already; 0 for empty or unknown names.</summary>
    public int Find(DimensionKind kind, string? name) => string.IsNullOrEmpty(name) ? 0 : _ids.GetValueOrDefault((kind, name));

    /// <summary>The name of a number; empty for 0.</summary>
    public string Name(int id) => id != 0 && _values.TryGetValue(id, out var value) ? value.Name : "";

    /// <summary>What people read: the label, else the name; empty for 0.</summary>
    public string Label(int id) => id != 0 && _values.TryGetValue(id, out var value) ? value.Label ?? value.Name : "";

    /// <summary>The whole value, or null for 0.</summary>
    public DimensionValue? Value(int id) => _values.GetValueOrDefault(id);

    /// <summary>All values of a kind, by name.</summary>
    public IReadOnlyList<DimensionValue> All(DimensionKind kind) =>
        [.. _values.Values.Where(v => v.Kind == kind).OrderBy(v => v.Name, StringComparer.Ordinal)];

    /// <summary>
    /// The number of a name, taking a new one if needed. New values go to <paramref name="added"/>: the caller inserts them in
    /// its own transaction (and calls <see cref="Forget"/> if that fails). Only while holding the <see cref="WriteGate"/>,
    /// after <see cref="LoadAsync"/>.
    /// </summary>
    public int GetOrAdd(DimensionKind kind, string? name, ICollection<DimensionValue> added, string? label = null)
    {
        if (string.IsNullOrEmpty(name)) return 0;
        if (name.Length > 300 && kind != DimensionKind.TagSet) name = name[..300];
        if (_ids.TryGetValue((kind, name), out var id)) return id;
        lock (_adding)
        {
            if (_ids.TryGetValue((kind, name), out id)) return id;
            if (_counts.GetValueOrDefault(kind) >= Cap && name != Other)
            {
                Interlocked.Increment(ref _overflowed);
                return GetOrAdd(kind, Other, added);
            }
            var slot = _counts.GetValueOrDefault(kind) + 1;
            var value = new DimensionValue { Id = _last + 1, Kind = kind, Name = name, Label = label, ColourSlot = slot <= ColourSlots ? slot : null };
            Keep(value);
            added.Add(value);
            return value.Id;
        }
    }

    /// <summary>Takes back values whose insert failed.</summary>
    public void Forget(IEnumerable<DimensionValue> values)
    {
        foreach (var value in values)
        {
            _ids.TryRemove((value.Kind, value.Name), out _);
            _values.TryRemove(value.Id, out _);
            _counts.AddOrUpdate(value.Kind, 0, (_, n) => n - 1);
        }
    }

    private void Keep(DimensionValue value)
    {
        _values[value.Id] = value;
        _ids[(value.Kind, value.Name)] = value.Id;
        _counts.AddOrUpdate(value.Kind, 1, (_, n) => n + 1);
        if (value.Id > _last) _last = value.Id;
    }
}
