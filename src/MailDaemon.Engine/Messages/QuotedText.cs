using System.Text.RegularExpressions;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Tells what somebody wrote from what they quote. There is no standard for it: attribution lines, the marks that mail programs put above
/// a forwarded or answered mail in several languages, <c>&gt;</c> (RFC 3676 §4.5) and the signature's <c>-- </c> (§4.3). Pure, and
/// linear in the text.
/// </summary>
public static partial class QuotedText
{
    /// <summary>An attribution may be broken over so many lines.</summary>
    private const int AttributionLines = 3;

    /// <summary>A block of <c>From: … Sent: … Subject:</c> above an answered mail: so many of its fields within so many lines.</summary>
    private const int HeaderFields = 3;

    private const int HeaderLines = 6;

    /// <summary>
    /// The text without quoted history and signature. Answers between quoted lines stay. What would leave nothing, as in a mail that only
    /// forwards, leaves all of it.
    /// </summary>
    public static string Strip(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var end = EndOfOwn(lines);
        var kept = new List<string>(end);
        for (var i = 0; i < end; i++)
        {
            if (IsQuote(lines[i]) || IsAttributionOfQuote(lines, i, end))
                continue;
            if (lines[i].Length > 0 || kept.Count == 0 || kept[^1].Length > 0)
                kept.Add(lines[i].TrimEnd());
        }

        var own = string.Join('\n', kept).Trim();
        return own.Length > 0 ? own : text.Trim();
    }

    /// <summary>The first line of what is quoted as a whole or of the signature.</summary>
    private static int EndOfOwn(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (IsSignature(lines[i]) || IsDivider(lines[i]) || IsHeaderBlock(lines, i) || IsAttributionOfTheRest(lines, i))
                return i;
        }

        return lines.Length;
    }

    private static bool IsQuote(string line) => line.StartsWith('>') || line.StartsWith(" >", StringComparison.Ordinal);

    private static bool IsSignature(string line) => line is "-- " or "--" or "-- \r";

    /// <summary>What Outlook, Gmail, QQ and others put between an answer and the mail that it answers.</summary>
    private static bool IsDivider(string line) => line.Length is > 5 and < 200 && (Divider().IsMatch(line) || Underline().IsMatch(line));

    /// <summary>An attribution whose quotation has no marks before its lines: all that follows is quoted.</summary>
    private static bool IsAttributionOfTheRest(string[] lines, int at)
    {
        if (AttributionAt(lines, at) is not { } length)
            return false;
        for (var i = at + length; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length > 0)
                return !IsQuote(lines[i]);
        }

        return true;
    }

    /// <summary>Whether this line belongs to an attribution right above quoted lines.</summary>
    private static bool IsAttributionOfQuote(string[] lines, int at, int end)
    {
        for (var start = Math.Max(0, at - AttributionLines + 1); start <= at; start++)
        {
            if (AttributionAt(lines, start) is not { } length || start + length <= at)
                continue;
            var next = start + length;
            while (next < end && lines[next].Trim().Length == 0)
                next++;
            if (next < end && IsQuote(lines[next]))
                return true;
        }

        return false;
    }

    /// <summary>How many lines an attribution that begins here has; null when none does.</summary>
    private static int? AttributionAt(string[] lines, int at)
    {
        var joined = "";
        for (var length = 1; length <= AttributionLines && at + length <= lines.Length; length++)
        {
            var line = lines[at + length - 1].Trim();
            if (line.Length is 0 or > 300 || IsQuote(line))
                return null;
            joined = length == 1 ? line : $"{joined} {line}";
            if (length == 1 && !AttributionStart().IsMatch(joined))
                return null;
            if (AttributionEnd().IsMatch(joined))
                return length;
        }

        return null;
    }

    private static bool IsHeaderBlock(string[] lines, int at)
    {
        if (!FirstField().IsMatch(lines[at]))
            return false;
        var fields = 0;
        for (var i = at; i < lines.Length && i < at + HeaderLines; i++)
        {
            if (Field().IsMatch(lines[i]))
                fields++;
        }

        return fields >= HeaderFields;
    }

    [GeneratedRegex(
        """
        ^\s*[-—_*]{2,}\s*(?:Original\ (?:Message|Appointment)|Forwarded\ (?:message|by.*)|Reply\ message|Ursprüngliche\ Nachricht|Weitergeleitete\ Nachricht
        |Message\ d'origine|Message\ transféré|Mensaje\ original|Mensaje\ reenviado|Messaggio\ originale|Oorspronkelijk\ bericht|Исходное\ сообщение
        |原始邮件|原邮件|原始郵件|转发邮件信息|转发的邮件|回复的原邮件|轉寄郵件|元のメッセージ|転送されたメッセージ|원본\ ?메시지|Original)\s*[-—_*]{0,}.*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking)]
    private static partial Regex Divider();

    /// <summary>Outlook's line above the header block.</summary>
    [GeneratedRegex(@"^_{20,}\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex Underline();

    [GeneratedRegex(@"^[*\s]*(?:From|Von|De|Da|Van|От|发件人|寄件者|寄件人|差出人|보낸\s?사람)[*\s]*[:：].+$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex FirstField();

    [GeneratedRegex(
        """
        ^[*\s]*(?:From|Sent|Date|To|Cc|Subject|Von|Gesendet|Datum|An|Betreff|De|Envoyé|À|Objet|Enviado|Para|Asunto|Da|Inviato|A|Oggetto|Van|Verzonden|Aan|Onderwerp
        |От|Отправлено|Дата|Кому|Тема|发件人|发送时间|发送日期|日期|时间|收件人|抄送|抄送人|主题|寄件者|寄件人|寄件日期|收件者|副本|主旨|差出人|送信日時|日時|宛先|件名
        |보낸\s?사람|보낸\s?날짜|받는\s?사람|제목)[*\s]*[:：].*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking)]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?:On\s|Am\s|Le\s|El\s|Il\s|Op\s|Em\s|Den\s|\d|在\s?|于\s?|於\s?|\S.*(?:wrote|schrieb|写道|寫道|のメール|작성))", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AttributionStart();

    [GeneratedRegex(
        @"(?:\d.*|<[^>]*>\s*|@.*|^On\s.*)(?:wrote|writes|schrieb.*|a\sécrit|escribió|ha\sscritto|schreef.*|escreveu|skrev.*|写道|寫道|のメール|님이\s작성)\s*[:：]\s*$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AttributionEnd();
}
