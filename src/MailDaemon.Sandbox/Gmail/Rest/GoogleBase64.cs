using System.Buffers.Text;
using System.Text;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>The base64 of Google's JSON: the alphabet for URLs (RFC 4648 §5), written without padding, read with padding or without.</summary>
internal static class GoogleBase64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    /// <summary>Null when it is none. The usual alphabet is read too, as Google does.</summary>
    public static byte[]? Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text.Replace('+', '-').Replace('/', '_'));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static string? DecodeText(string text) => Decode(text) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
