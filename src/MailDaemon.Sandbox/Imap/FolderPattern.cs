using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <summary>A pattern of LIST: <c>*</c> stands for anything, <c>%</c> for anything within a level.</summary>
internal sealed class FolderPattern(string pattern)
{
    /// <summary>Linear in the product of both lengths, whatever the pattern.</summary>
    public bool Matches(string path)
    {
        var reached = new bool[pattern.Length + 1];
        reached[0] = true;
        CloseOverWildcards(reached);
        foreach (var c in path)
        {
            var next = new bool[pattern.Length + 1];
            for (var i = 0; i < pattern.Length; i++)
            {
                if (!reached[i])
                {
                    continue;
                }

                var isWildcard = pattern[i] == '*' || (pattern[i] == '%' && c != MailUser.Delimiter);
                next[i] |= isWildcard;
                next[i + 1] |= pattern[i] is not ('*' or '%') && pattern[i] == c;
            }

            CloseOverWildcards(next);
            reached = next;
        }

        return reached[pattern.Length];
    }

    /// <summary>The last level above <paramref name="path"/> that matches, null for none: what LSUB shows for <c>%</c>.</summary>
    public string? MatchingParent(string path)
    {
        for (var end = path.LastIndexOf(MailUser.Delimiter); end > 0; end = path.LastIndexOf(MailUser.Delimiter, end - 1))
        {
            if (Matches(path[..end]))
            {
                return path[..end];
            }
        }

        return null;
    }

    private void CloseOverWildcards(bool[] reached)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            reached[i + 1] |= reached[i] && pattern[i] is '*' or '%';
        }
    }
}
