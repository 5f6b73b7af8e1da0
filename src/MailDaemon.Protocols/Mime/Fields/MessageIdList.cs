namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>Message-ID, In-Reply-To, References, Content-ID.</summary>
/// <remarks><c>msg-id = [CFWS] "&lt;" id-left "@" id-right "&gt;" [CFWS]</c> (RFC 5322 §3.6.4); what is between the brackets is not judged.</remarks>
internal static class MessageIdList
{
    /// <summary>The first identifier, with brackets; of a value without any, the value itself in brackets.</summary>
    public static string? First(string value)
    {
        var ids = Parse(value);
        if (ids.Count > 0)
        {
            return ids[0];
        }

        var bare = string.Concat(value.Where(each => !char.IsWhiteSpace(each) && !char.IsControl(each) && each is not ('<' or '>')));
        return bare.Length == 0 ? null : $"<{bare}>";
    }

    /// <summary>
    /// The identifier of In-Reply-To: the first; behind an old phrase (<c>Message of "Tue, 25 Apr" from Al &lt;al@host&gt; &lt;id&gt;</c>) the last.
    /// </summary>
    public static string? Reply(string value)
    {
        var ids = Parse(value);
        return ids.Count > 1 && !value.TrimStart().StartsWith('<') ? ids[^1] : First(value);
    }

    /// <summary>Every identifier in brackets; words outside of them (old In-Reply-To phrases) are passed over.</summary>
    public static List<string> Parse(string value)
    {
        var ids = new List<string>();
        for (var position = 0; position < value.Length;)
        {
            var start = value.IndexOf('<', position);
            var end = start < 0 ? -1 : value.IndexOf('>', start);
            if (end < 0)
            {
                break;
            }

            var inner = string.Concat(value[(start + 1)..end].Where(each => !char.IsWhiteSpace(each) && !char.IsControl(each) && each != '<'));
            if (inner.Length > 0)
            {
                ids.Add($"<{inner}>");
            }

            position = end + 1;
        }

        return ids;
    }
}
