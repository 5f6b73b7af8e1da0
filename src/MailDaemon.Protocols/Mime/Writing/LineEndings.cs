namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>Line breaks of mail are CRLF, those of text in memory LF; form feeds and Unicode separators are text.</summary>
internal static class LineEndings
{
    public static string ToLf(string text) => text.Contains('\r', StringComparison.Ordinal)
        ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
        : text;

    public static string ToCrLf(string text) => ToLf(text).Replace("\n", "\r\n", StringComparison.Ordinal);
}
