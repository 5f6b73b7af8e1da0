using System.Globalization;
using System.Security.Cryptography;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Ids of attachments: others each time a message is read, each good for a while, as Gmail's are.</summary>
internal sealed class AttachmentIds(TimeProvider time, TimeSpan lifetime)
{
    private const string Prefix = "ANGjdJ";

    public string Create(string messageId, string partId) => Prefix + GoogleBase64.Encode(string.Create(
        CultureInfo.InvariantCulture, $"{messageId}/{partId}/{time.GetUtcNow().Add(lifetime).ToUnixTimeMilliseconds()}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}"));

    /// <summary>The id of the part; null when it is not an id of this message or no longer good.</summary>
    public string? Read(string attachmentId, string messageId) =>
        attachmentId.StartsWith(Prefix, StringComparison.Ordinal)
        && GoogleBase64.DecodeText(attachmentId[Prefix.Length..])?.Split('/') is [var id, var partId, var until, _]
        && id == messageId && long.TryParse(until, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= time.GetUtcNow().ToUnixTimeMilliseconds()
            ? partId
            : null;
}
