using Microsoft.Playwright;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>One Chromium for all stories of a collection: the installed one, so that nothing is downloaded.</summary>
public sealed class ChromiumHost : IAsyncLifetime
{
    public const float LongestWaitMs = 60_000;
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = default!;

    public async Task InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("Chromium is not installed; tests/run.sh installs it.");
        // How long to wait says nothing about how fast the portal must be: the machine may be busy with other tests.
        Assertions.SetDefaultExpectTimeout(LongestWaitMs);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
