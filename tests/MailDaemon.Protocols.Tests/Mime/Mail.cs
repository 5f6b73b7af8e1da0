using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

/// <summary>Messages written down in tests, their lines ending in CRLF.</summary>
internal static class Mail
{
    public static MimeMessage Parse(string text, MimeLimits? limits = null) => MimeParser.Parse(Bytes(text), limits);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
