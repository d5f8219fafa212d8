using System.Text;
using System.Text.Json;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Messages that wait, that nobody took, or of which nobody knows: none is lost for good, none is said twice.</summary>
public sealed class AlertsHeldTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 11, 17, 10, 0, 0, DateTimeKind.Utc);
    private const long Usd = 1_000_000_000;
    private readonly TestClock _clock = new(Now);
    private TestReceiver _receiver = null!;
    private TestPortal _portal = null!;

    public async Task InitializeAsync()
    {
        _receiver = await TestReceiver.StartAsync();
        _portal = await TestPortal.OpenAsync(new AwsOptions(), _clock, services => services.AddSingleton(new AlertOptions()));
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private async Task<int> ChannelAsync(bool isQuiet = false, ChannelKind kind = ChannelKind.Slack)
    {
        var (secret, hint, _) = _portal.Get<ChannelSecrets>().Close(kind, _receiver.Address + "/hook");
        return (await _portal.Get<AlertChannels>().SaveAsync(Draft(isQuiet, kind), null, (secret, hint)))!.Value;
    }

    private static ChannelDraft Draft(bool isQuiet, ChannelKind kind = ChannelKind.Slack) =>
        new("FinOps", kind, true, 0, [], isQuiet ? new(9, 0) : null, isQuiet ? new(12, 0) : null, "UTC", isQuiet ? 500 : null);

    private async Task<long> SpikeAsync(Action<Spike>? change = null, long id = 0)
    {
        await using var db = await _portal.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        var spike = id == 0 ? null : await db.Spikes.FindAsync(id);
        if (spike is null) db.Spikes.Add(spike = new Spike { IsRunning = true, Start = Now.AddHours(-2), End = Now, DetectedAt = Now.AddMinutes(1), ImpactNanoUsd = 100 * Usd, Sentence = "+$100 (×3.0)." });
        change?.Invoke(spike);
        (spike.UpdatedAt, spike.Version) = (_clock.Now, spike.Version + 1);
        await db.SaveChangesAsync();
        return spike.Id;
    }

    private async Task LookAsync(TimeSpan after = default)
    {
        _clock.Now += after;
        await _portal.RunAsync("Alerts");
    }

    private Task<List<AlertDelivery>> LogAsync() => _portal.ReadAsync(db => db.AlertDeliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync());

    private void Answer(int status, string? retryAfter = null) => _receiver.Answer = context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    };

    private string Said(int at) => System.Text.RegularExpressions.Regex.Unescape(Encoding.UTF8.GetString(_receiver.Posts.ElementAt(at).Body));

    // Every spike begins small: one that is held as small must be heard once it is not.
    [Fact]
    public async Task What_grows_loud_in_quiet_hours_is_said_at_once()
    {
        await ChannelAsync(isQuiet: true);
        var id = await SpikeAsync();
        await LookAsync();
        Assert.Empty(_receiver.Posts);
        Assert.Equal(Now.AddHours(2), (await LogAsync())[0].NextAt);
        await SpikeAsync(s => s.ImpactNanoUsd = 600 * Usd, id);
        await LookAsync(TimeSpan.FromMinutes(5));
        Assert.Single(_receiver.Posts);
        Assert.Contains("+$600.00", Said(0), StringComparison.Ordinal);
        await LookAsync(TimeSpan.FromHours(2));
        Assert.Single(_receiver.Posts);
    }

    [Fact]
    public async Task What_was_held_goes_out_once_quiet_hours_are_taken_away()
    {
        var channel = await ChannelAsync(isQuiet: true);
        await SpikeAsync();
        await LookAsync();
        await _portal.Get<AlertChannels>().SaveAsync(Draft(isQuiet: false), channel, null);
        await LookAsync(TimeSpan.FromMinutes(1));
        Assert.Single(_receiver.Posts);
    }

    [Fact]
    public async Task An_attempt_that_is_due_again_keeps_quiet_hours_too()
    {
        _clock.Now = Now.AddHours(-1).AddMinutes(-2);
        await ChannelAsync(isQuiet: true);
        await SpikeAsync();
        Answer(503);
        await LookAsync();
        Assert.Single(_receiver.Posts);
        Answer(200);
        await LookAsync(TimeSpan.FromMinutes(5));
        Assert.Single(_receiver.Posts);
        Assert.Equal((DeliveryState.Waiting, Now.AddHours(2)), ((await LogAsync())[0] is var held ? (held.State, held.NextAt) : default));
        await LookAsync(TimeSpan.FromHours(3));
        Assert.Equal(2, _receiver.Posts.Count);
    }

    [Fact]
    public async Task After_a_stop_in_the_middle_news_is_told_and_the_old_is_not()
    {
        await ChannelAsync();
        var id = await SpikeAsync();
        await _portal.Get<AlertOutbox>().PlanAsync();
        foreach (var due in await _portal.Get<AlertOutbox>().DueAsync("")) Assert.True(await _portal.Get<AlertOutbox>().BeginAsync(due));
        await LookAsync();
        await LookAsync(TimeSpan.FromHours(1));
        Assert.Empty(_receiver.Posts);
        await SpikeAsync(s => s.IsRunning = false, id);
        await LookAsync(TimeSpan.FromMinutes(5));
        Assert.Contains("Over: spike in", Said(0), StringComparison.Ordinal);
        Assert.Equal([DeliveryState.Interrupted, DeliveryState.Sent], (await LogAsync()).Select(d => d.State));
    }

    [Fact]
    public async Task A_spike_that_no_message_told_of_is_told_when_it_grows_and_not_every_minute()
    {
        await ChannelAsync();
        var id = await SpikeAsync();
        Answer(404);
        await LookAsync();
        for (var look = 0; look < 5; look++)
        {
            await SpikeAsync(s => s.ImpactNanoUsd += Usd, id);
            await LookAsync(TimeSpan.FromMinutes(5));
        }
        Assert.Single(_receiver.Posts);
        Answer(200);
        await SpikeAsync(s => s.ImpactNanoUsd = 400 * Usd, id);
        await LookAsync(TimeSpan.FromHours(1));
        Assert.StartsWith("Spike in", JsonDocument.Parse(_receiver.Posts.Last().Body).RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal([(AlertEvent.Opened, DeliveryState.GivenUp), (AlertEvent.Opened, DeliveryState.Sent)], (await LogAsync()).Select(d => (d.Event, d.State)));
    }

    [Fact]
    public async Task An_update_that_waited_until_the_spike_was_taken_back_says_so_once()
    {
        await ChannelAsync();
        var id = await SpikeAsync();
        await LookAsync();
        Answer(503);
        await SpikeAsync(s => s.ImpactNanoUsd = 400 * Usd, id);
        await LookAsync(TimeSpan.FromHours(2));
        Answer(200);
        await SpikeAsync(s => (s.IsWithdrawn, s.IsRunning) = (true, false), id);
        await LookAsync(TimeSpan.FromMinutes(1));
        await LookAsync(TimeSpan.FromMinutes(1));
        await LookAsync(TimeSpan.FromHours(2));
        Assert.Equal(3, _receiver.Posts.Count);
        Assert.Contains("Taken back: spike in", Said(2), StringComparison.Ordinal);
        Assert.Equal([AlertEvent.Opened, AlertEvent.Withdrawn], (await LogAsync()).Select(d => d.Event));
    }

    [Fact]
    public async Task Nobody_can_put_an_alert_off_for_days()
    {
        await ChannelAsync();
        await SpikeAsync();
        Answer(429, retryAfter: "999999999");
        await LookAsync();
        Assert.Equal(Now.AddHours(4), (await LogAsync())[0].NextAt);
    }

    [Fact]
    public async Task A_test_that_a_stop_cut_short_is_not_waited_for()
    {
        var channel = await ChannelAsync(kind: ChannelKind.Webhook);
        await _portal.Get<AlertOutbox>().TestAsync(channel, "");
        var due = (await _portal.Get<AlertOutbox>().TestAsync(channel, ""))!;
        await _portal.Get<AlertOutbox>().BeginAsync(due);
        await LookAsync();
        Assert.All(await LogAsync(), d => Assert.Equal(DeliveryState.Interrupted, d.State));
        Assert.Empty(_receiver.Posts);
    }

    [Fact]
    public void Names_of_features_call_nobody_and_lead_nowhere()
    {
        var message = new AlertMessage("7", AlertEvent.Opened, 7, "Spike in <!channel>_[x](https://evil.example)", "prompts in my_long_name grew", [("Owner", "a_b_c")], "", "", Now);
        var slack = JsonDocument.Parse(MessageBodies.Slack(message)).RootElement.GetProperty("text").GetString()!;
        Assert.StartsWith("Spike in &lt;!channel&gt;", slack, StringComparison.Ordinal);
        var card = JsonDocument.Parse(MessageBodies.Teams(message)).RootElement.GetProperty("attachments")[0].GetProperty("content").GetProperty("body");
        Assert.Equal(@"Spike in <!channel>\_\[x\](https://evil.example)", card[0].GetProperty("text").GetString());
        Assert.Equal(@"prompts in my\_long\_name grew", card[1].GetProperty("text").GetString());
        Assert.Equal(@"a\_b\_c", card[2].GetProperty("facts")[0].GetProperty("value").GetString());
    }
}
