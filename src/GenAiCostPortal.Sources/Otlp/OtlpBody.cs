using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>A request's body, whole and decompressed, in rented memory; never larger than allowed.</summary>
internal sealed class OtlpBody : IDisposable
{
    private byte[] _bytes;
    private int _start, _length;

    private OtlpBody(int size) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(size, 4096));

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, _length - _start);

    /// <summary>True for JSON, false for protobuf, null when it is neither.</summary>
    public static bool? IsJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return null;
        if (string.Equals(type.MediaType, "application/x-protobuf", StringComparison.OrdinalIgnoreCase)) return false;
        return string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase) ? true : null;
    }

    /// <summary>Reads a body to its end.</summary>
    /// <exception cref="OtlpRefusal">Too large, not gzip, or an encoding that is not spoken.</exception>
    public static async Task<OtlpBody> ReadAsync(HttpContext context, OtlpOptions options)
    {
        var gzip = IsGzip(context.Request);
        var body = await ReadWholeAsync(context, options, options.MaxBodyBytes);
        return gzip ? body.Inflated(options) : body;
    }

    /// <summary>Reads the one message of a unary gRPC call, out of its frame.</summary>
    /// <exception cref="OtlpRefusal">Too large, no whole frame, not gzip, or a compression that is not spoken.</exception>
    public static async Task<OtlpBody> ReadFrameAsync(HttpContext context, OtlpOptions options)
    {
        var body = await ReadWholeAsync(context, options, options.MaxBodyBytes + OtlpGrpcReceiver.FrameHeader);
        try
        {
            var isCompressed = body.OpenFrame();
            if (!isCompressed) return body;
            var encoding = context.Request.Headers["grpc-encoding"].ToString();
            if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
                throw new OtlpRefusal(StatusCodes.Status400BadRequest, 13, "The message is marked as compressed, and grpc-encoding names no compression.");
            if (!encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
                throw new OtlpRefusal(StatusCodes.Status415UnsupportedMediaType, 12, "The compression is not supported: send gzip or none.");
        }
        catch
        {
            body.Dispose();
            throw;
        }
        return body.Inflated(options);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _length = 0;
    }

    private static async Task<OtlpBody> ReadWholeAsync(HttpContext context, OtlpOptions options, long limit)
    {
        var request = context.Request;
        if (request.ContentLength > limit) throw OverLimit(options);
        // Counted here, before and after decompression, with an answer in the request's type.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;

        var body = new OtlpBody((int)Math.Min(request.ContentLength ?? 64 * 1024, 1 << 20));
        try
        {
            await body.FillAsync(request.Body, limit, options, context.RequestAborted);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private bool OpenFrame()
    {
        if (_length < OtlpGrpcReceiver.FrameHeader) throw OtlpRefusal.Malformed("The call carries no whole message.");
        var flags = _bytes[0];
        var length = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(1));
        if (flags > 1 || length != _length - OtlpGrpcReceiver.FrameHeader) throw OtlpRefusal.Malformed("The call must carry exactly one whole message.");
        _start = OtlpGrpcReceiver.FrameHeader;
        return flags == 1;
    }

    private static bool IsGzip(HttpRequest request)
    {
        var encodings = request.Headers.ContentEncoding;
        if (encodings.Count == 0) return false;
        var encoding = encodings.ToString().Trim();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return false;
        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase)) return true;
        request.HttpContext.Response.Headers.AcceptEncoding = "gzip, identity";
        throw OtlpRefusal.WrongType("The content encoding is not supported: send gzip or none.");
    }

    private async Task FillAsync(Stream stream, long limit, OtlpOptions options, CancellationToken cancel)
    {
        while (true)
        {
            if (_length == _bytes.Length) Grow();
            var read = await stream.ReadAsync(_bytes.AsMemory(_length), cancel);
            if (read == 0) return;
            _length += read;
            if (_length > limit) throw OverLimit(options);
        }
    }

    private OtlpBody Inflated(OtlpOptions options)
    {
        if (Memory.IsEmpty) return this;
        // Either way the packed bytes are done with.
        using (this) return Inflate(options);
    }

    // Stops as soon as a limit is passed: a bomb is never inflated whole.
    private OtlpBody Inflate(OtlpOptions options)
    {
        var packed = _length - _start;
        var plain = new OtlpBody(Math.Min(packed * 4, 1 << 20));
        try
        {
            using var gzip = new GZipStream(new MemoryStream(_bytes, _start, packed), CompressionMode.Decompress);
            var most = Math.Min(options.MaxBodyBytes, (long)packed * options.MaxCompressionRatio);
            for (int read; (read = gzip.Read(plain._bytes, plain._length, plain._bytes.Length - plain._length)) > 0;)
            {
                plain._length += read;
                if (plain._length > options.MaxBodyBytes) throw OverLimit(options);
                if (plain._length > most) throw OtlpRefusal.TooLarge($"The body decompresses to more than {options.MaxCompressionRatio} times its size.");
                if (plain._length == plain._bytes.Length) plain.Grow();
            }
        }
        catch (InvalidDataException)
        {
            plain.Dispose();
            throw OtlpRefusal.Malformed("The body is not valid gzip.");
        }
        catch
        {
            plain.Dispose();
            throw;
        }
        return plain;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(_bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private static OtlpRefusal OverLimit(OtlpOptions options) => OtlpRefusal.TooLarge($"The body is larger than {options.MaxBodyBytes} bytes.");
}
