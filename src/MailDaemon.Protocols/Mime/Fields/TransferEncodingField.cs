namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>The mechanism of Content-Transfer-Encoding.</summary>
/// <remarks><c>encoding = "Content-Transfer-Encoding" ":" mechanism</c> (RFC 2045 §6.1)</remarks>
internal static class TransferEncodingField
{
    /// <summary>The first word, lower-case, without comments, quotes and what senders hang on it.</summary>
    public static string Parse(string value)
    {
        var text = Comments.Remove(value).AsSpan().Trim(" \t\"';");
        var end = text.IndexOfAny(" \t;,");
        return (end < 0 ? text : text[..end]).ToString().ToLowerInvariant();
    }
}
