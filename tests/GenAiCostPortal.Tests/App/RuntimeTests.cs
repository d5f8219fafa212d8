using System.Text.Json;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>How the runtime is told to run the portal.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public void Memory_goes_back_when_it_is_not_needed()
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "GenAiCostPortal.runtimeconfig.json")));

        // A web project gets the server's collector, which keeps a heap per core, unless it says otherwise.
        Assert.False(config.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.GC.Server").GetBoolean());
    }
}
