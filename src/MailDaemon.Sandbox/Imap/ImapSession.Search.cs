namespace MailDaemon.Sandbox.Imap;

/// <content>SEARCH (RFC 3501 §6.4.4) and its short answers (RFC 4731).</content>
internal sealed partial class ImapSession
{
    private Task<string> SearchAsync(ImapCommand command, bool byUid)
    {
        command.Space();
        var wanted = TakeSearchReturn(command);
        TakeCharset(command);
        var keys = new SearchKeys(command, host.Time.GetUtcNow(), host.Faults.DeafSearch.TryTake(out _));
        var matches = keys.Take();
        command.End();
        if (keys.NamesModSeq)
        {
            EnableCondstore();
        }

        var found = Search(open!, matches);
        if (wanted is null)
        {
            var modSeq = keys.NamesModSeq && found.Count > 0 ? $" (MODSEQ {found.Max(m => m.Message.ModSeq)})" : "";
            connection.Write($"* SEARCH{string.Concat(found.Select(m => $" {Number(m, byUid)}"))}{modSeq}\r\n");
        }
        else
        {
            connection.Write($"* ESEARCH (TAG {ImapText.String(command.Tag)}){(byUid ? " UID" : "")}{Answer(found, wanted, byUid, keys.NamesModSeq)}\r\n");
        }

        return Task.FromResult("SEARCH completed");
    }

    private static List<SearchCandidate> Search(OpenFolder folder, Func<SearchCandidate, bool> matches)
    {
        var state = folder.Folder.State();
        var found = new List<SearchCandidate>();
        for (var i = 0; i < folder.Count; i++)
        {
            if (state.Find(folder.View[i].Uid) is { } message && new SearchCandidate(message, (uint)i + 1, folder) is var candidate && matches(candidate))
            {
                found.Add(candidate);
            }
        }

        return found;
    }

    private static uint Number(SearchCandidate candidate, bool byUid) => byUid ? candidate.Message.Uid : candidate.Sequence;

    private static string Answer(List<SearchCandidate> found, IReadOnlyList<string> wanted, bool byUid, bool withModSeq)
    {
        var answer = "";
        var named = new List<SearchCandidate>();
        foreach (var item in wanted)
        {
            if (item == "COUNT")
            {
                answer += $" COUNT {found.Count}";
            }

            if (found.Count == 0)
            {
                continue;
            }

            answer += item switch
            {
                "MIN" => $" MIN {Number(found[0], byUid)}",
                "MAX" => $" MAX {Number(found[^1], byUid)}",
                "ALL" => $" ALL {NumberSet.Format(found.Select(m => Number(m, byUid)))}",
                _ => "",
            };
            named.AddRange(item switch
            {
                "MIN" => [found[0]],
                "MAX" => [found[^1]],
                _ => found,
            });
        }

        return withModSeq && named.Count > 0 ? $"{answer} MODSEQ {named.Max(m => m.Message.ModSeq)}" : answer;
    }

    /// <summary>"RETURN" SP "(" [MIN / MAX / ALL / COUNT]* ")"; null when the old answer is wanted.</summary>
    private IReadOnlyList<string>? TakeSearchReturn(ImapCommand command)
    {
        if (!options.Offers("ESEARCH") || !command.TryTakeWord("RETURN"))
        {
            return null;
        }

        command.Space();
        var wanted = command.WordList();
        command.Space();
        if (wanted.Any(w => w is not ("MIN" or "MAX" or "ALL" or "COUNT")))
        {
            throw new ImapSyntaxException("Unknown return option");
        }

        return wanted.Count == 0 ? ["ALL"] : wanted;
    }

    private static void TakeCharset(ImapCommand command)
    {
        if (!command.TryTakeWord("CHARSET"))
        {
            return;
        }

        command.Space();
        if (command.AString().ToUpperInvariant() is not ("UTF-8" or "US-ASCII"))
        {
            throw new ImapRefusal("[BADCHARSET (US-ASCII UTF-8)] Unknown charset");
        }

        command.Space();
    }
}
