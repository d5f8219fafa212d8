using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Ledger.Alerts;

/// <summary>How a channel is reached.</summary>
public enum ChannelKind : byte { Slack = 0, Teams = 1, Email = 2, Webhook = 3 }

/// <summary>Somewhere alerts are told, and which ones.</summary>
public sealed class AlertChannel
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public ChannelKind Kind { get; set; }
    /// <summary>Address and signing secret, encrypted by the host: whoever holds a Slack address can write there.</summary>
    public string Secret { get; set; } = "";
    /// <summary>What people see of the address.</summary>
    public string Hint { get; set; } = "";
    public bool IsOn { get; set; } = true;
    /// <summary>Smaller changes than this are not told; of drops the amount below the usual.</summary>
    public long LeastImpactNanoUsd { get; set; }
    /// <summary>JSON array of feature names; empty = all, and the total, accounts and models too.</summary>
    public string Features { get; set; } = "[]";
    /// <summary>Minutes of the day between which nothing is said; both null = always. May run over midnight.</summary>
    public int? QuietFromMinute { get; set; }
    public int? QuietToMinute { get; set; }
    /// <summary>IANA name of the zone that quiet hours are in.</summary>
    public string QuietZone { get; set; } = "UTC";
    /// <summary>From this impact on it is said in quiet hours too; null = never.</summary>
    public long? LoudFromNanoUsd { get; set; }
    /// <summary>What was over before is history and is not told.</summary>
    public DateTime CreatedAt { get; set; }
}

/// <summary>What an alert is about to say.</summary>
public enum AlertEvent : byte { Opened = 0, Changed = 1, Ended = 2, Billed = 3, Withdrawn = 4, Test = 5 }

/// <summary>How far a delivery is.</summary>
public enum DeliveryState : byte
{
    Waiting = 0,
    /// <summary>Handed to the other side; its answer is not known yet.</summary>
    Sending = 1,
    Sent = 2,
    GivenUp = 3,
    /// <summary>The portal stopped while it was sending: it may have arrived, so it is not sent again.</summary>
    Interrupted = 4,
}

/// <summary>One message to one channel; written before it is sent. What it says is filled when it is sent.</summary>
public sealed class AlertDelivery
{
    public long Id { get; set; }
    public int ChannelId { get; set; }
    /// <summary>0 for a test.</summary>
    public long SpikeId { get; set; }
    public AlertEvent Event { get; set; }
    /// <summary>The spike's version that led to it: the same is never planned twice.</summary>
    public int Version { get; set; }
    public DeliveryState State { get; set; }
    public int Attempts { get; set; }
    public DateTime CreatedAt { get; set; }
    /// <summary>Not before.</summary>
    public DateTime NextAt { get; set; }
    public DateTime? SentAt { get; set; }
    /// <summary>Its first line.</summary>
    public string Headline { get; set; } = "";
    /// <summary>Why it did not arrive, in our words, with the cure.</summary>
    public string Problem { get; set; } = "";
    public long SaidImpactNanoUsd { get; set; }
    public SpikeKind SaidKind { get; set; }
    public SpikeStatus SaidStatus { get; set; }
    public SpikeConfirmation SaidConfirmation { get; set; }
    public bool SaidRunning { get; set; }
}
