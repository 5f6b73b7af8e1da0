using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Searches the open mailbox.</summary>
    public async Task<UidSet> SearchAsync(SearchQuery query, CancellationToken ct)
    {
        RequireSelected();

        // Once UTF-8 is enabled a charset must not be named (RFC 6855 §3).
        var namesCharset = !query.IsAscii && !IsUtf8Enabled;
        try
        {
            return await SearchAsync(query, namesCharset, ct).ConfigureAwait(false);
        }
        catch (ImapException e) when (namesCharset && IsUsable && (e.Fault == ImapFault.Bad || e.ResponseCode == "BADCHARSET"))
        {
            // QUIRK: Aliyun, BAD to CHARSET UTF-8; without it the bytes are taken as they are.
            return await SearchAsync(query, namesCharset: false, ct).ConfigureAwait(false);
        }
    }

    private async Task<UidSet> SearchAsync(SearchQuery query, bool namesCharset, CancellationToken ct)
    {
        var command = Command("UID SEARCH");
        if (Capabilities.Has("ESEARCH"))
        {
            command.Word("RETURN").Open().Word("ALL").Close();
        }

        if (namesCharset)
        {
            command.Word("CHARSET").Word("UTF-8");
        }

        query.WriteAll(command);
        var hits = new List<UidRange>();
        string? defect = null;
        await ExecuteAsync(
            command,
            (in ImapReply reply) =>
            {
                switch (reply.Name)
                {
                    case DataName.Search:
                        hits.AddRange(SearchParser.ReadNumbers(reply));
                        return true;
                    case DataName.ESearch:
                        try
                        {
                            hits.AddRange(SearchParser.ReadExtended(reply, limits));
                        }
                        catch (ImapSyntaxException e)
                        {
                            defect = e.Message;
                        }

                        return true;
                    default:
                        return false;
                }
            },
            ct).ConfigureAwait(false);
        return defect is null ? UidSet.OfRanges(hits) : throw new ImapException(ImapFault.Protocol, $"The hits of a search cannot be read: {defect}");
    }
}
