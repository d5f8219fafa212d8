namespace GenAiCostPortal.Frame;

/// <summary>How a name answers what was typed, best first.</summary>
public enum MatchRank { Exact, Prefix, WordStart, Inside, AllWords }

/// <summary>Compares names with what was typed; upper and lower case are the same.</summary>
public sealed class NameMatch(string typed)
{
    private readonly string _typed = typed.Trim();
    private readonly string[] _words = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Null when the name has nothing of it.</summary>
    public MatchRank? Rank(string name)
    {
        if (_typed.Length == 0) return null;
        var at = name.IndexOf(_typed, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return _words.Length > 1 && Array.TrueForAll(_words, w => name.Contains(w, StringComparison.OrdinalIgnoreCase)) ? MatchRank.AllWords : null;
        if (at == 0) return name.Length == _typed.Length ? MatchRank.Exact : MatchRank.Prefix;
        for (; at > 0; at = name.IndexOf(_typed, at + 1, StringComparison.OrdinalIgnoreCase))
            if (!char.IsLetterOrDigit(name[at - 1])) return MatchRank.WordStart;
        return MatchRank.Inside;
    }
}
