using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Lines of a log object: unpacked and cut at line ends while the bytes arrive, never whole in memory.</summary>
internal static class LogLines
{
    /// <summary>Bodies above 100 KB are kept apart by AWS, so a longer line is none of its records.</summary>
    public const int LongestBytes = 16 * 1024 * 1024;
    private const int FirstBytes = 128 * 1024;

    /// <summary>
    /// Lines that are not empty, without their end; null for one that is too long. A line's memory is good until the next one is
    /// asked for.
    /// </summary>
    /// <exception cref="InvalidDataException">The object says it is gzip and is not.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>?> ReadAsync(Stream bytes, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var plain = await UnpackAsync(bytes, cancel);
        var buffer = new byte[FirstBytes];
        int start = 0, end = 0;
        var isTooLong = false;
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = buffer.AsMemory(start, newline);
                start += newline + 1;
                if (isTooLong) yield return null;
                else if (Trim(line) is { Length: > 0 } found) yield return found;
                isTooLong = false;
                continue;
            }
            if (isTooLong) start = end;
            if (start > 0) (start, end) = Close(buffer, start, end);
            if (end == buffer.Length)
            {
                if (buffer.Length >= LongestBytes) (isTooLong, end) = (true, 0);
                else Array.Resize(ref buffer, Math.Min(buffer.Length * 2, LongestBytes));
            }
            var read = await plain.ReadAsync(buffer.AsMemory(end), cancel);
            if (read > 0)
            {
                end += read;
                continue;
            }
            if (isTooLong) yield return null;
            else if (Trim(buffer.AsMemory(start, end - start)) is { Length: > 0 } last) yield return last;
            yield break;
        }
    }

    /// <summary>The bytes unpacked when they are gzip, else as they are. Disposes <paramref name="bytes"/> with it.</summary>
    public static async Task<Stream> UnpackAsync(Stream bytes, CancellationToken cancel)
    {
        var head = new byte[2];
        var read = await bytes.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancel);
        var whole = new HeadedStream(head.AsMemory(0, read), bytes);
        return read == 2 && head is [0x1F, 0x8B] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }

    private static (int Start, int End) Close(byte[] buffer, int start, int end)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        return (0, end - start);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line)
    {
        var span = line.Span;
        var from = span.IndexOfAnyExcept(" \t\r\0"u8);
        return from < 0 ? default : line[from..(span.LastIndexOfAnyExcept(" \t\r\0"u8) + 1)];
    }

    /// <summary>A stream whose first bytes were read already.</summary>
    private sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head.Length == 0) return await rest.ReadAsync(buffer, cancellationToken);
            var n = Math.Min(_head.Length, buffer.Length);
            _head[..n].CopyTo(buffer);
            _head = _head[n..];
            return n;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A log object is read without blocking.");
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
