namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>How far a feed has read at one place (a prefix of a bucket, a log group, a region). Key: feed, connection, place.</summary>
public sealed class FeedCursor
{
    public required string Feed { get; set; }
    public required string Connection { get; set; }
    public required string Place { get; set; }
    /// <summary>In the feed's own words: a key, a time, a token.</summary>
    public required string Value { get; set; }
    public DateTime UpdatedAt { get; set; }
}
