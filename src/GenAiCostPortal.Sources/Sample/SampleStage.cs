namespace GenAiCostPortal.Sources.Sample;

/// <summary>Where the sample organisation stands once it is known to which time its history reaches, and the time its AWS lives in.</summary>
internal sealed class SampleStage(SampleOptions options, TimeProvider time)
{
    private readonly TaskCompletionSource<SampleOrganisation> _organisation = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SampleOptions Options => options;

    /// <summary>The time of its AWS, which decides how much of the bill has arrived.</summary>
    public SampleClock AwsClock { get; } = new(time, TimeSpan.Zero);

    /// <summary>Waits until the organisation is there.</summary>
    public Task<SampleOrganisation> OrganisationAsync(CancellationToken cancel) => _organisation.Task.WaitAsync(cancel);

    public SampleOrganisation Make(DateTime end)
    {
        var organisation = SampleOrganisation.Make(options, end);
        _organisation.TrySetResult(organisation);
        return organisation;
    }
}

/// <summary>A clock that is off by a span. Elapsed time is the real one.</summary>
internal sealed class SampleClock(TimeProvider time, TimeSpan ahead) : TimeProvider
{
    /// <summary>Positive = in the future.</summary>
    public TimeSpan Ahead { get; set; } = ahead;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;
}
