using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>From a spike in the store to what arrives on the other side, and how often.</summary>
public sealed class AlertsJobTests
{
    private static readonly DateTime Now = new(2026, 11, 17, 10, 0, 0, DateTimeKind.Utc);
    private const long Usd = 1_000_000_000;
    private const string Sentence = "+$946 (×7.8). $673 (71 %): prompts in contract-summary grew from 2,100 to 9,400 tokens per call since 2.4.1.";
    private readonly TestClock _clock = new(Now);
    private readonly AlertOptions _options = new() { PortalUrl = "https://cost.example.com/" };

    private Task<TestPortal> OpenAsync() => TestPortal.OpenAsync(new AwsOptions(), _clock, services => services.AddSingleton(_options));

    private static async Task<int> ChannelAsync(TestPortal portal, ChannelKind kind, string address, Func<ChannelDraft, ChannelDraft>? with = null)
    {
        var draft = new ChannelDraft("FinOps", kind, true, 0, [], null, null, "UTC", null);
        var (secret, hint, _) = portal.Get<ChannelSecrets>().Close(kind, address);
        return (await portal.Get<AlertChannels>().SaveAsync(with?.Invoke(draft) ?? draft, null, (secret, hint)))!.Value;
    }

    private async Task<long> SpikeAsync(TestPortal portal, Action<Spike>? change = null, long id = 0)
    {
        await using var db = await portal.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        var spike = id == 0 ? null : await db.Spikes.FindAsync(id);
        if (spike is null) db.Spikes.Add(spike = new Spike
        {
            IsRunning = true, Start = Now.AddHours(-2), End = Now, DetectedAt = Now.AddMinutes(1), ImpactNanoUsd = 946 * Usd, BaselineNanoUsd = 139_400_000_000, ActualNanoUsd = 1_085_400_000_000, Sentence = Sentence,
        });
        change?.Invoke(spike);
        (spike.UpdatedAt, spike.Version) = (_clock.Now, spike.Version + 1);
        await db.SaveChangesAsync();
        return spike.Id;
    }

    private static Task<List<AlertDelivery>> LogAsync(TestPortal portal) => portal.ReadAsync(db => db.AlertDeliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync());

    [Fact]
    public async Task A_spike_arrives_once_in_slack_with_sentence_impact_and_link()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        await ChannelAsync(portal, ChannelKind.Slack, receiver.Address + "/services/T0/B0/secret");
        var id = await SpikeAsync(portal);
        Assert.Equal((FeedOutcome.Succeeded, 1L), ((await portal.RunAsync("Alerts")) is var run ? (run.Outcome, run.Rows) : default));
        Assert.Equal(FeedOutcome.NothingToDo, (await portal.RunAsync("Alerts")).Outcome);
        var (path, body, _) = Assert.Single(receiver.Posts);
        Assert.Equal("/services/T0/B0/secret", path);
        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal("Spike in All GenAI spend: " + Sentence, json.GetProperty("text").GetString());
        var text = json.GetRawText();
        Assert.Contains("+$946.00 estimated, not billed yet", Unescaped(text), StringComparison.Ordinal);
        Assert.Contains("$1,085.40 instead of $139.40", Unescaped(text), StringComparison.Ordinal);
        Assert.Contains($"https://cost.example.com/spikes/{id}", text, StringComparison.Ordinal);
        var row = Assert.Single(await LogAsync(portal));
        Assert.Equal((DeliveryState.Sent, 1, AlertEvent.Opened, "Spike in All GenAI spend"), (row.State, row.Attempts, row.Event, row.Headline));
    }

    [Fact]
    public async Task Changes_follow_as_updates_each_once()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        await ChannelAsync(portal, ChannelKind.Teams, receiver.Address + "/workflows/1");
        var id = await SpikeAsync(portal);
        await portal.RunAsync("Alerts");
        foreach (var (after, change) in new (TimeSpan, Action<Spike>)[]
        {
            (TimeSpan.FromMinutes(5), s => s.ImpactNanoUsd = 1_400 * Usd),
            (TimeSpan.FromMinutes(61), s => s.ImpactNanoUsd = 1_500 * Usd),
            (TimeSpan.FromMinutes(5), s => s.IsRunning = false),
            (TimeSpan.FromDays(2), s => (s.Confirmation, s.BilledNanoUsd, s.EstimatedNanoUsd) = (SpikeConfirmation.Confirmed, 1_085_200_000_000, 1_061_900_000_000)),
        })
        {
            _clock.Now += after;
            await SpikeAsync(portal, change, id);
            await portal.RunAsync("Alerts");
            await portal.RunAsync("Alerts");
        }
        Assert.Equal([AlertEvent.Opened, AlertEvent.Changed, AlertEvent.Ended, AlertEvent.Billed], (await LogAsync(portal)).Select(d => d.Event));
        var last = JsonDocument.Parse(receiver.Posts.Last().Body).RootElement.GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", last.GetProperty("contentType").GetString());
        Assert.Equal("The bill confirms: spike in All GenAI spend", last.GetProperty("content").GetProperty("body")[0].GetProperty("text").GetString());
        Assert.Contains("$1,085.20 billed, $1,061.90 estimated", Unescaped(last.GetRawText()), StringComparison.Ordinal);
        Assert.Contains("+$1,500.00 as billed", Unescaped(last.GetRawText()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_is_signed_so_that_its_receiver_can_check_it()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        var (secret, hint, signing) = portal.Get<ChannelSecrets>().Close(ChannelKind.Webhook, receiver.Address + "/hook");
        await portal.Get<AlertChannels>().SaveAsync(new ChannelDraft("Program", ChannelKind.Webhook, true, 0, [], null, null, "UTC", null), null, (secret, hint));
        var id = await SpikeAsync(portal);
        await portal.RunAsync("Alerts");
        var (_, body, headers) = Assert.Single(receiver.Posts);
        // Computed here from the specification of Standard Webhooks, not by the code under test.
        var signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.").Concat(body).ToArray();
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(signing), signed)), headers["webhook-signature"]);
        Assert.Equal(((DateTimeOffset)Now).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), headers["webhook-timestamp"]);
        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal(("spike.opened", id, Sentence), (json.GetProperty("type").GetString(), json.GetProperty("data").GetProperty("spikeId").GetInt64(), json.GetProperty("data").GetProperty("sentence").GetString()));
        // What is kept does not show where it leads.
        Assert.DoesNotContain("/hook", (await portal.Get<AlertChannels>().ReadAsync())[0].Secret, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_goes_to_each_address_and_names_the_spike()
    {
        await using var server = new TestMailServer();
        (_options.Smtp.Host, _options.Smtp.Port, _options.Smtp.From, _options.Smtp.UseTls) = ("127.0.0.1", server.Port, "portal@example.com", false);
        await using var portal = await OpenAsync();
        await ChannelAsync(portal, ChannelKind.Email, "ada@example.com; bo@example.com");
        await SpikeAsync(portal);
        await portal.RunAsync("Alerts");
        var (to, text) = Assert.Single(server.Mails);
        Assert.Equal(["ada@example.com", "bo@example.com"], to);
        Assert.Contains("Subject: Spike in All GenAI spend", text, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <genai-cost-portal-", text, StringComparison.Ordinal);
        server.Refused = "ada@";
        await SpikeAsync(portal, s => s.DetectedAt = Now.AddMinutes(2));
        await portal.RunAsync("Alerts");
        Assert.Equal((DeliveryState.Sent, "The mail server does not take mail for 1 of 2 addresses."), ((await LogAsync(portal))[^1] is var row ? (row.State, row.Problem) : default));
        server.Refused = "@example";
        await SpikeAsync(portal, s => s.DetectedAt = Now.AddMinutes(2));
        await portal.RunAsync("Alerts");
        Assert.Equal((DeliveryState.GivenUp, "The mail server does not take mail for any of the addresses (550)."), ((await LogAsync(portal))[^1] is var none ? (none.State, none.Problem) : default));
    }

    [Fact]
    public async Task A_busy_receiver_is_asked_again_and_a_dead_address_is_not()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        await ChannelAsync(portal, ChannelKind.Slack, receiver.Address + "/busy");
        await SpikeAsync(portal);
        receiver.Answer = context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "300");
            return Task.CompletedTask;
        };
        await portal.RunAsync("Alerts");
        Assert.Equal((DeliveryState.Waiting, Now.AddMinutes(5)), ((await LogAsync(portal))[0] is var held ? (held.State, held.NextAt) : default));
        await portal.RunAsync("Alerts");
        Assert.Single(receiver.Posts);
        for (var attempt = 2; attempt <= 6; attempt++)
        {
            _clock.Now += TimeSpan.FromHours(5);
            await portal.RunAsync("Alerts");
        }
        Assert.Equal((DeliveryState.GivenUp, 6), ((await LogAsync(portal))[0] is var given ? (given.State, given.Attempts) : default));

        receiver.Answer = context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        await SpikeAsync(portal, s => s.DetectedAt = _clock.Now);
        await portal.RunAsync("Alerts");
        var dead = (await LogAsync(portal))[^1];
        Assert.Equal((DeliveryState.GivenUp, 1), (dead.State, dead.Attempts));
        Assert.StartsWith("The address is no longer there (HTTP 404).", dead.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_twice_after_a_restart_in_the_middle()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        var slack = await ChannelAsync(portal, ChannelKind.Slack, receiver.Address + "/slack");
        var webhook = await ChannelAsync(portal, ChannelKind.Webhook, receiver.Address + "/hook", d => d with { Name = "Program" });
        await SpikeAsync(portal);
        await portal.Get<AlertOutbox>().PlanAsync();
        // The portal dies after it marked both and before it knew that they arrived.
        foreach (var due in await portal.Get<AlertOutbox>().DueAsync("")) Assert.True(await portal.Get<AlertOutbox>().BeginAsync(due));
        await portal.RunAsync("Alerts");
        Assert.Equal(["/hook"], receiver.Posts.Select(p => p.Path));
        var log = await LogAsync(portal);
        Assert.Equal(DeliveryState.Interrupted, log.Single(d => d.ChannelId == slack).State);
        Assert.Equal(DeliveryState.Sent, log.Single(d => d.ChannelId == webhook).State);
        // The repeat has the id of the first, so that its receiver can tell.
        Assert.Equal($"genai-cost-portal-{log.Single(d => d.ChannelId == webhook).Id}", receiver.Posts.Single().Headers["webhook-id"]);
        await portal.RunAsync("Alerts");
        Assert.Single(receiver.Posts);
    }

    [Fact]
    public async Task Quiet_hours_hold_a_message_and_it_says_what_is_then_true()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        await ChannelAsync(portal, ChannelKind.Slack, receiver.Address + "/slack", d => d with { QuietFrom = new(9, 0), QuietTo = new(12, 0), LoudFromUsd = 5_000 });
        var id = await SpikeAsync(portal);
        await portal.RunAsync("Alerts");
        Assert.Empty(receiver.Posts);
        _clock.Now = Now.AddHours(1);
        await SpikeAsync(portal, s => s.ImpactNanoUsd = 2_000 * Usd, id);
        await portal.RunAsync("Alerts");
        _clock.Now = Now.AddHours(2);
        await portal.RunAsync("Alerts");
        Assert.Contains("+$2,000.00", Unescaped(Encoding.UTF8.GetString(Assert.Single(receiver.Posts).Body)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_tells_at_once_whether_it_arrived()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var portal = await OpenAsync();
        var id = await ChannelAsync(portal, ChannelKind.Slack, receiver.Address + "/slack");
        var sender = portal.Get<AlertSender>();
        Assert.Equal("", await sender.TestAsync(id));
        Assert.Contains("Test of", Encoding.UTF8.GetString(Assert.Single(receiver.Posts).Body), StringComparison.Ordinal);
        receiver.Answer = context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        };
        Assert.Equal("The other side does not let the portal write there (HTTP 403).", await sender.TestAsync(id));
        Assert.Null(await sender.TestAsync(99));
        Assert.Equal([DeliveryState.Sent, DeliveryState.GivenUp], (await LogAsync(portal)).Select(d => d.State));
    }

    [Theory]
    [InlineData(ChannelKind.Slack, "http://hooks.example.com/x", "Only https")]
    [InlineData(ChannelKind.Slack, "hooks.slack.com/x", "Give the whole web address")]
    [InlineData(ChannelKind.Webhook, "https://user:pass@example.com/", "Give the whole web address")]
    [InlineData(ChannelKind.Email, "nobody", "'nobody' is no mail address.")]
    [InlineData(ChannelKind.Email, " ", "Give at least one mail address.")]
    public void An_address_that_cannot_work_is_refused(ChannelKind kind, string address, string words) =>
        Assert.StartsWith(words, ChannelSecrets.Mistake(kind, address), StringComparison.Ordinal);

    // JSON writes a plus sign and others as \u002B.
    private static string Unescaped(string json) => System.Text.RegularExpressions.Regex.Unescape(json);
}
