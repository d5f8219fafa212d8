using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>A request's body, whole and decompressed, in rented memory; never larger than allowed.</summary>
internal sealed class OtlpBody : IDisposable
{
    private byte[] _bytes;
    private int _length;

    private OtlpBody(int size) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(size, 4096));

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

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
        var request = context.Request;
        var gzip = IsGzip(request);
        if (request.ContentLength > options.MaxBodyBytes) throw OverLimit(options);
        // Counted here, before and after decompression, with an answer in the request's type.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;

        var body = new OtlpBody((int)Math.Min(request.ContentLength ?? 64 * 1024, 1 << 20));
        try
        {
            await body.FillAsync(request.Body, options.MaxBodyBytes, options, context.RequestAborted);
            return gzip ? body.Inflate(options) : body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
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

    // Stops as soon as a limit is passed: a bomb is never inflated whole.
    private OtlpBody Inflate(OtlpOptions options)
    {
        if (_length == 0) return this;
        var plain = new OtlpBody(Math.Min(_length * 4, 1 << 20));
        try
        {
            using var gzip = new GZipStream(new MemoryStream(_bytes, 0, _length), CompressionMode.Decompress);
            var most = Math.Min(options.MaxBodyBytes, (long)_length * options.MaxCompressionRatio);
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
        Dispose();
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
