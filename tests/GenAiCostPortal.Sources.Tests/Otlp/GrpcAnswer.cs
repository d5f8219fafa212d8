using System.Buffers.Binary;
using System.Globalization;
using GenAiCostPortal.Sources.Otlp.Wire;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>An answer over gRPC: HTTP status, status and message (of trailers, else of headers), and the message's bytes.</summary>
internal sealed record GrpcAnswer(int Http, int Status, string Message, byte[] Body, bool HasTrailers, string AcceptEncoding, RpcStatus? Details)
{
    public static byte[] Frame(byte[] message, byte flags = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static async Task<GrpcAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        var hasTrailers = response.TrailingHeaders.Contains("grpc-status");
        string Header(string name) =>
            response.TrailingHeaders.TryGetValues(name, out var late) ? late.First() : response.Headers.TryGetValues(name, out var early) ? early.First() : "";
        if (body.Length > 0 && BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)) != body.Length - 5) throw new InvalidDataException("The frame's length is wrong.");
        var details = Header("grpc-status-details-bin");
        var padded = details + new string('=', (4 - details.Length % 4) % 4);
        return new((int)response.StatusCode, int.TryParse(Header("grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : -1,
            Uri.UnescapeDataString(Header("grpc-message")), body.Length > 0 ? body[5..] : [], hasTrailers, Header("grpc-accept-encoding"),
            details.Length == 0 ? null : RpcStatus.Parser.ParseFrom(Convert.FromBase64String(padded)));
    }
}
