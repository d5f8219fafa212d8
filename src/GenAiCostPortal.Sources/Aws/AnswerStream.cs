namespace GenAiCostPortal.Sources.Aws;

/// <summary>The body of an answer while it arrives. What goes wrong on the way is AWS not being reached; silence counts as that too.</summary>
internal sealed class AnswerStream(HttpResponseMessage answer, Stream body) : Stream
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Real time on purpose: a socket waits by the machine's clock, whatever clock the portal lives in.
        using var silence = new CancellationTokenSource(LongestSilence);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new AwsRefusedException(AwsErrors.ConnectionFailed, e.Message, 0, null, e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An answer is read without blocking.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            answer.Dispose();
        }
        base.Dispose(disposing);
    }
}
