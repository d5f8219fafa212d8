using GenAiCostPortal.Ledger.Spikes;
using Xunit;

namespace GenAiCostPortal.Ledger.Alerts;

public sealed class AlertRulesTests
{
    private static readonly DateTime Now = new(2026, 11, 17, 10, 0, 0, DateTimeKind.Utc);
    private const long Usd = 1_000_000_000;

    private static AlertChannel Channel() => new() { Name = "FinOps", CreatedAt = Now.AddDays(-30) };

    private static Spike Running(long impactUsd = 946) => new()
    {
        Id = 7, Scope = SpikeScope.Feature, ScopeId = 3, IsRunning = true, ImpactNanoUsd = impactUsd * Usd, Start = Now.AddHours(-2), End = Now, DetectedAt = Now.AddMinutes(-5), UpdatedAt = Now,
    };

    private static AlertDelivery Said(Spike s, AlertEvent happened = AlertEvent.Opened, DateTime? at = null) => new()
    {
        SpikeId = s.Id, Event = happened, State = DeliveryState.Sent, SentAt = at ?? Now.AddHours(-2), SaidImpactNanoUsd = s.ImpactNanoUsd, SaidKind = s.Kind, SaidStatus = s.Status,
        SaidConfirmation = s.Confirmation, SaidRunning = s.IsRunning,
    };

    private static AlertEvent? Next(AlertChannel channel, Spike spike, params AlertDelivery[] earlier) => AlertRules.Next(channel, spike, "contract-summary", earlier, Now);

    [Fact]
    public void A_spike_is_told_once()
    {
        var spike = Running();
        Assert.Equal(AlertEvent.Opened, Next(Channel(), spike));
        Assert.Null(Next(Channel(), spike, Said(spike)));
        foreach (var state in Enum.GetValues<DeliveryState>())
        {
            var tried = Said(spike);
            (tried.State, tried.SentAt, tried.CreatedAt) = (state, state == DeliveryState.Sent ? tried.SentAt : null, tried.SentAt!.Value);
            Assert.Null(Next(Channel(), spike, tried));
        }
    }

    [Theory]
    [InlineData(DeliveryState.Sent, AlertEvent.Changed)]
    [InlineData(DeliveryState.Interrupted, AlertEvent.Changed)]
    [InlineData(DeliveryState.GivenUp, AlertEvent.Opened)]
    [InlineData(DeliveryState.Waiting, null)]
    public void A_channel_that_was_told_nothing_yet_hears_of_the_spike_and_not_of_an_update(DeliveryState state, AlertEvent? next)
    {
        var spike = Running(100);
        var tried = Said(spike);
        (tried.State, tried.SentAt, tried.CreatedAt) = (state, null, Now.AddHours(-1));
        spike.ImpactNanoUsd = 200 * Usd;
        Assert.Equal(next, Next(Channel(), spike, tried));
        tried.CreatedAt = Now.AddMinutes(-59);
        Assert.Null(Next(Channel(), spike, tried));
    }

    [Fact]
    public void What_a_channel_does_not_ask_for_is_not_told()
    {
        var channel = Channel();
        channel.LeastImpactNanoUsd = 1_000 * Usd;
        Assert.Null(Next(channel, Running(946)));
        Assert.Equal(AlertEvent.Opened, Next(channel, Running(1_000)));
        Assert.Equal(AlertEvent.Opened, Next(channel, Running(-1_200)));
        channel.Features = """["support-copilot"]""";
        Assert.Null(Next(channel, Running(2_000)));
        channel.Features = """["Contract-Summary"]""";
        Assert.Equal(AlertEvent.Opened, Next(channel, Running(2_000)));
        Assert.Null(AlertRules.Next(channel, Running(2_000), null, [], Now));
        channel.IsOn = false;
        Assert.Null(Next(channel, Running(2_000)));
    }

    [Fact]
    public void History_parts_and_what_somebody_deals_with_already_are_not_told()
    {
        var old = Running();
        (old.IsRunning, old.End, old.DetectedAt) = (false, Now.AddHours(-49), Now);
        Assert.Null(Next(Channel(), old));
        var before = Running();
        (before.IsRunning, before.DetectedAt) = (false, Now.AddDays(-31));
        Assert.Null(Next(Channel(), before));
        var part = Running();
        part.PartOfId = 5;
        Assert.Null(Next(Channel(), part));
        var known = Running();
        known.Status = SpikeStatus.Expected;
        Assert.Null(Next(Channel(), known));
        var gone = Running();
        gone.IsWithdrawn = true;
        Assert.Null(Next(Channel(), gone));
    }

    [Fact]
    public void An_update_is_told_when_something_is_worth_it()
    {
        var spike = Running(100);
        var said = Said(spike);
        spike.ImpactNanoUsd = 124 * Usd;
        Assert.Null(Next(Channel(), spike, said));
        spike.ImpactNanoUsd = 125 * Usd;
        Assert.Equal(AlertEvent.Changed, Next(Channel(), spike, said));
        Assert.Null(Next(Channel(), spike, Said(Running(100), at: Now.AddMinutes(-59))));
        spike = Running(100);
        spike.Kind = SpikeKind.LevelShift;
        Assert.Equal(AlertEvent.Changed, Next(Channel(), spike, said));
        spike = Running(100);
        spike.Status = SpikeStatus.Acknowledged;
        Assert.Equal(AlertEvent.Changed, Next(Channel(), spike, said));
        spike = Running(100);
        spike.IsRunning = false;
        Assert.Equal(AlertEvent.Ended, Next(Channel(), spike, said));
        spike.IsWithdrawn = true;
        Assert.Equal(AlertEvent.Withdrawn, Next(Channel(), spike, said));
        Assert.Null(Next(Channel(), spike, said, Said(spike, AlertEvent.Withdrawn, Now.AddHours(-1))));
    }

    [Fact]
    public void After_it_is_dealt_with_only_the_bill_is_news()
    {
        var spike = Running(100);
        spike.Status = SpikeStatus.Expected;
        var said = Said(spike, AlertEvent.Changed);
        spike.IsRunning = false;
        spike.ImpactNanoUsd = 900 * Usd;
        Assert.Null(Next(Channel(), spike, said));
        spike.Confirmation = SpikeConfirmation.Confirmed;
        Assert.Equal(AlertEvent.Billed, Next(Channel(), spike, said));
        Assert.Null(Next(Channel(), spike, said, Said(spike, AlertEvent.Billed, Now.AddMinutes(-1))));
    }

    // Berlin is UTC+1 in November: 22:00–07:00 there is 21:00–06:00 UTC.
    [Theory]
    [InlineData("2026-11-17T20:59:00Z", null)]
    [InlineData("2026-11-17T21:00:00Z", "2026-11-18T06:00:00Z")]
    [InlineData("2026-11-18T05:59:00Z", "2026-11-18T06:00:00Z")]
    [InlineData("2026-11-18T06:00:00Z", null)]
    public void Quiet_hours_run_over_midnight_in_their_own_zone(string at, string? until)
    {
        var channel = Channel();
        (channel.QuietFromMinute, channel.QuietToMinute, channel.QuietZone, channel.LoudFromNanoUsd) = (22 * 60, 7 * 60, "Europe/Berlin", 500 * Usd);
        var time = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;
        Assert.Equal(until is null ? null : DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime, AlertRules.QuietUntil(channel, 100 * Usd, time));
        Assert.Null(AlertRules.QuietUntil(channel, 500 * Usd, time));
        Assert.Null(AlertRules.QuietUntil(Channel(), 100 * Usd, time));
    }

    // 29 Mar 2026: Berlin's clocks go from 02:00 to 03:00, so 02:30 does not exist that day; the next half hour that does is 03:00 = 01:00 UTC.
    [Fact]
    public void A_quiet_hour_may_end_in_the_hour_that_is_skipped()
    {
        var channel = Channel();
        (channel.QuietFromMinute, channel.QuietToMinute, channel.QuietZone) = (0, 150, "Europe/Berlin");
        Assert.Equal(new DateTime(2026, 3, 29, 1, 0, 0, DateTimeKind.Utc), AlertRules.QuietUntil(channel, 0, new DateTime(2026, 3, 29, 0, 30, 0, DateTimeKind.Utc)));
    }

    [Theory]
    [InlineData(SpikeKind.Spike, SpikeGrain.Hour, "Over: spike in contract-summary", "+$946.00 estimated, not billed yet")]
    [InlineData(SpikeKind.Ramp, SpikeGrain.Hour, "No longer growing: contract-summary", "+$946.00 estimated, not billed yet")]
    [InlineData(SpikeKind.Spike, SpikeGrain.Day, "Over: spike in contract-summary", "+$946.00 as billed so far")]
    public void A_message_says_what_its_figures_rest_on_and_nothing_that_contradicts_itself(SpikeKind kind, SpikeGrain grain, string headline, string impact)
    {
        var spike = Running();
        (spike.Kind, spike.Grain, spike.IsRunning) = (kind, grain, false);
        var message = AlertMessage.Of(new AlertDelivery { Event = AlertEvent.Ended, CreatedAt = Now }, spike, "contract-summary", [], "");
        Assert.Equal((headline, ("Impact", impact)), (message.Headline, message.Facts[0]));
    }

    [Fact]
    public void The_course_is_drawn_between_nothing_and_the_largest()
    {
        Assert.Equal("▁▁▂▄█", AlertMessage.Sparkline([0m, 1m, 2m, 4m, 8m]));
        Assert.Equal("", AlertMessage.Sparkline([]));
        Assert.Equal("", AlertMessage.Sparkline([0m, 0m]));
        var folded = AlertMessage.Sparkline([.. Enumerable.Range(1, 96).Select(i => (decimal)i)]);
        Assert.Equal((48, '█'), (folded.Length, folded[^1]));
    }
}
