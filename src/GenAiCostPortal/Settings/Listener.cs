namespace GenAiCostPortal.Settings;

/// <summary>What a listening address says. Kestrel takes <c>+</c> and <c>*</c> as hosts, which <see cref="Uri"/> does not.</summary>
internal static class Listener
{
    public static bool TryParse(string url, out string host, out int port)
    {
        (host, port) = ("", 0);
        var wild = url.Contains("://+", StringComparison.Ordinal) || url.Contains("://*", StringComparison.Ordinal);
        if (!Uri.TryCreate(wild ? url.Replace("://+", "://wild", StringComparison.Ordinal).Replace("://*", "://wild", StringComparison.Ordinal) : url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")) return false;
        (host, port) = (wild ? "+" : uri.Host, uri.Port);
        return true;
    }

    public static bool IsLoopback(string url) =>
        TryParse(url, out var host, out _) && host is "localhost" or "127.0.0.1" or "[::1]" or "::1";

    /// <summary>The port of an address; 0 when it cannot be read.</summary>
    public static int Port(string url) => TryParse(url, out _, out var port) ? port : 0;
}
