using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace GenAiCostPortal.Figures;

/// <summary>Holds an answer for the moment between the prerendered page and its circuit. Taken once, or gone after half a minute.</summary>
public sealed class AnswerShelf(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private const int AtMost = 200;
    private readonly ConcurrentDictionary<string, (object Answer, DateTimeOffset Until)> _answers = new();

    /// <summary>Puts an answer; the key cannot be guessed.</summary>
    public string Put(object answer)
    {
        var now = time.GetUtcNow();
        foreach (var (old, kept) in _answers)
            if (kept.Until < now) _answers.TryRemove(old, out _);
        var key = RandomNumberGenerator.GetHexString(32);
        if (_answers.Count < AtMost) _answers[key] = (answer, now + Kept);
        return key;
    }

    /// <summary>Takes an answer away; null when it is gone.</summary>
    public object? Take(string key) => _answers.TryRemove(key, out var kept) && kept.Until >= time.GetUtcNow() ? kept.Answer : null;
}
