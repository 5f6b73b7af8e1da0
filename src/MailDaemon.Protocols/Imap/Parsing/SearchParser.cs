using System.Buffers.Text;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>Reads the hits of SEARCH and ESEARCH.</summary>
internal static class SearchParser
{
    /// <summary>mailbox-data = "SEARCH" *(SP nz-number) [SP search-sort-mod-seq]; what is no number ends the hits.</summary>
    public static List<UidRange> ReadNumbers(in ImapReply reply)
    {
        var text = reply.Bytes.Span[reply.Payload..];
        var ranges = new List<UidRange>();
        while (true)
        {
            text = text.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(text, out uint uid, out var used) || uid == 0)
            {
                break;
            }

            // Hits mostly ascend: runs are joined as they come, so that a million hits in a row are one range.
            if (ranges.Count > 0 && ranges[^1].Last + 1 == uid)
            {
                ranges[^1] = ranges[^1] with { Last = uid };
            }
            else
            {
                ranges.Add(new UidRange(uid, uid));
            }

            text = text[used..];
        }

        return ranges;
    }

    /// <summary>esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)</summary>
    public static List<UidRange> ReadExtended(in ImapReply reply, ImapLimits limits)
    {
        var hits = new List<UidRange>();
        var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits);
        if (tokens.Peek() == (byte)'(')
        {
            tokens.SkipValue();
        }

        while (!tokens.IsAtEnd)
        {
            var item = tokens.Atom();
            if (ImapWords.Is(item, "UID"u8))
            {
                continue;
            }

            if (!ImapWords.Is(item, "ALL"u8))
            {
                tokens.SkipValue();
                continue;
            }

            if (!UidSet.TryParseRanges(tokens.Atom(), out var ranges))
            {
                tokens.Fail("a set of UIDs expected");
            }

            hits.AddRange(ranges);
        }

        return hits;
    }
}
