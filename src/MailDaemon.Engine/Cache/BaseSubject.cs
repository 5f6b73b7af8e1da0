using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// A subject without what answering and forwarding put around it (RFC 5256 §2.1), and with the words that mail programs of other languages
/// put there. Pure.
/// </summary>
/// <param name="Text">Folded: NFKC, lower case, white space collapsed. Empty when nothing else was in it.</param>
/// <param name="IsReply">Whether it said that this is an answer or was forwarded.</param>
internal readonly record struct BaseSubject(string Text, bool IsReply)
{
    private const int Longest = 500;

    private static readonly string[] Marks =
    [
        "re", "fw", "fwd", "aw", "wg", "sv", "vs", "vb", "antw", "antwort", "rif", "res", "enc", "rv", "tr", "doorst", "odp", "ynt", "ref",
        "回复", "回覆", "答复", "答覆", "转发", "轉寄", "轉發", "返信", "転送", "답장", "전달", "отв", "ответ", "пересл",
    ];

    public static BaseSubject Of(string subject)
    {
        var text = Collapse(subject);
        var isReply = false;
        while (true)
        {
            if (text.EndsWith("(fwd)", StringComparison.Ordinal))
            {
                text = text[..^5].TrimEnd();
                isReply = true;
            }
            else if (AfterMark(text) is { } rest)
            {
                text = rest;
                isReply = true;
            }
            else if (AfterBlob(text) is { Length: > 0 } bare)
            {
                text = bare;
            }
            else if (text.StartsWith("[fwd:", StringComparison.Ordinal) && text.EndsWith(']'))
            {
                text = text[5..^1].Trim();
                isReply = true;
            }
            else
            {
                return new BaseSubject(text, isReply);
            }
        }
    }

    /// <summary>What follows <c>re:</c> or <c>re[2]:</c>; null when it does not begin so.</summary>
    private static string? AfterMark(string text)
    {
        foreach (var mark in Marks)
        {
            if (!text.StartsWith(mark, StringComparison.Ordinal))
                continue;
            var at = mark.Length;
            while (at < text.Length && text[at] == ' ')
                at++;
            if (at < text.Length && text[at] is '[' or '(' && text.IndexOf(text[at] == '[' ? ']' : ')', at) is var end and > 0 && text[(at + 1)..end].All(char.IsAsciiDigit))
                at = end + 1;
            if (at < text.Length && text[at] == ':')
                return text[(at + 1)..].TrimStart();
        }

        return null;
    }

    /// <summary>What follows a name in brackets, as lists put it in front; null when there is none.</summary>
    private static string? AfterBlob(string text) =>
        text.StartsWith('[') && !text.StartsWith("[fwd:", StringComparison.Ordinal) && text.IndexOf(']', StringComparison.Ordinal) is var end and > 0
            ? text[(end + 1)..].TrimStart()
            : null;

    private static string Collapse(string subject)
    {
        var cut = subject.Length > Longest ? subject[..Longest] : subject;
        string sound;
        try
        {
            sound = cut.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half of a pair, by the sender or by the cut.
            sound = cut;
        }

        var text = new StringBuilder(sound.Length);
        foreach (var character in sound)
        {
            if (!char.IsWhiteSpace(character))
                text.Append(char.ToLowerInvariant(character));
            else if (text.Length > 0 && text[^1] != ' ')
                text.Append(' ');
        }

        return text.ToString().TrimEnd();
    }
}
