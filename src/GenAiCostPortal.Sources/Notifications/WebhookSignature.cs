using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Signs webhooks as Standard Webhooks lays down: HMAC-SHA256 over id, time and body.</summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id", TimeHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";

    /// <param name="signing">The secret, Base64.</param>
    public static string Of(string signing, string id, DateTime at, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(signing));
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{Seconds(at)}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    public static long Seconds(DateTime at) => Ledger.Store.UtcTime.ToUnixSeconds(at);
}
