using GenAiCostPortal.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

public sealed class InboxTests
{
    [Fact]
    public async Task When_full_senders_are_asked_to_come_back_and_nothing_taken_is_lost()
    {
        await using var host = await OtlpHost.StartAsync(o => o.InboxSpans = 10);
        var turn = await host.Services.GetRequiredService<WriteGate>().EnterAsync();
        var waiting = host.PostAsync(MadeRequest.Calls(8, trace: 1));
        var refused = await FirstRefusalAsync(host);
        Assert.Equal((503, 14), (refused.Status, refused.Refusal.Code));
        Assert.True(refused.Response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.False(waiting.IsCompleted);
        turn.Dispose();
        Assert.Equal(200, (await waiting).Status);
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Calls(8, trace: 2))).Status);
        Assert.Equal(16, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Fact]
    public async Task A_request_larger_than_the_inbox_is_taken_when_nothing_else_waits()
    {
        await using var host = await OtlpHost.StartAsync(o => o.InboxSpans = 10);
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Calls(5_000))).Status);
        Assert.Equal(5_000, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Fact]
    public async Task Many_requests_share_a_commit_and_all_are_answered()
    {
        await using var host = await OtlpHost.StartAsync();
        var turn = await host.Services.GetRequiredService<WriteGate>().EnterAsync();
        var requests = Enumerable.Range(1, 60).Select(i => host.PostAsync(MadeRequest.Calls(20, trace: (byte)i))).ToArray();
        turn.Dispose();
        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal(200, answer.Status));
        Assert.Equal([1_200L, 1_200], [host.Number("SELECT COUNT(*) FROM span"), host.Number("SELECT Stored FROM signal_count")]);
        var totals = host.Services.GetRequiredService<OtlpCounters>().Totals.Single(t => t.Signal == "traces");
        Assert.Equal(("traces", 1_200L, 1_200L, 0L), (totals.Signal, totals.Received, totals.Stored, totals.Rejected));
    }

    [Fact]
    public async Task A_commit_that_fails_is_503_and_the_next_one_works()
    {
        await using var host = await OtlpHost.StartAsync();
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Calls(1))).Status);
        host.Execute("CREATE TRIGGER no_more BEFORE INSERT ON span BEGIN SELECT RAISE(ABORT,'disk full'); END");
        var answer = await host.PostAsync(MadeRequest.Calls(3, trace: 2));
        Assert.Equal(503, answer.Status);
        Assert.NotNull(answer.Response.Headers.RetryAfter);
        host.Execute("DROP TRIGGER no_more");
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Calls(3, trace: 2))).Status);
        Assert.Equal([4L, 4, 0], [host.Number("SELECT COUNT(*) FROM span"), host.Number("SELECT Stored FROM signal_count"), host.Number("SELECT Rejected FROM signal_count")]);
    }

    [Fact]
    public async Task What_was_taken_before_the_portal_stops_is_committed()
    {
        await using var host = await OtlpHost.StartAsync();
        var turn = await host.Services.GetRequiredService<WriteGate>().EnterAsync();
        var waiting = host.PostAsync(MadeRequest.Calls(8));
        while (host.Services.GetRequiredService<Inbox>().WaitingSpans == 0) await Task.Yield();
        var stopping = host.StopAsync();
        turn.Dispose();
        Assert.Equal(200, (await waiting).Status);
        await stopping;
        Assert.Equal(8, host.Number("SELECT COUNT(*) FROM span"));
    }

    // Sent until one is refused: the first may still be on its way in.
    private static async Task<OtlpAnswer> FirstRefusalAsync(OtlpHost host)
    {
        while (host.Services.GetRequiredService<Inbox>().WaitingSpans == 0) await Task.Yield();
        return await host.PostAsync(MadeRequest.Calls(8, trace: 2));
    }
}
