using System.Text.RegularExpressions;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Tells what somebody wrote from the history that a reply quotes below it. There is no standard for it: attribution lines, the marks that mail
/// programs put above an answered mail in several languages, <c>&gt;</c> (RFC 3676 §4.5) and the signature's <c>-- </c> (§4.3). Only a known form is
/// cut, and only what nothing of one's own follows. What is forwarded is content. Pure, and linear in the text.
/// </summary>
public static partial class QuotedText
{
    /// <summary>An attribution may be broken over so many lines.</summary>
    private const int AttributionLines = 3;

    /// <summary>The fields of an answered mail stand within so many lines.</summary>
    private const int HeaderLines = 8;

    /// <summary>More lines than these are no signature.</summary>
    private const int SignatureLines = 12;

    /// <summary>The text without quoted history and signature; all of it when nothing is quoted, or nothing would be left.</summary>
    public static string Strip(string text, string subject = "") => Own(text, subject).Text;

    /// <summary>As <see cref="Strip"/>, and whether something was cut.</summary>
    /// <param name="subject">Outlook marks what it forwards like what it answers: the subject tells one from the other.</param>
    public static (string Text, bool IsStripped) Own(string text, string subject)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (IsForward(subject))
            return (text.Trim(), false);
        var end = StartOfSignature(lines, StartOfHistory(lines));
        var own = string.Join('\n', lines.Take(end).Select(line => line.TrimEnd())).Trim();
        return own.Length > 0 && end < lines.Length && lines.Skip(end).Any(line => line.Trim().Length > 0) ? (own, true) : (text.Trim(), false);
    }

    /// <summary>Whether a subject says that its mail is sent on.</summary>
    public static bool IsForward(string subject) => ForwardedSubject().IsMatch(subject);

    /// <summary>Whether a text begins with the mark above a mail that is sent on.</summary>
    internal static bool BeginsForward(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(2).Any(line => ForwardMark().IsMatch(line));

    /// <summary>Whether a text begins with the fields that Outlook puts above the mail that it answers.</summary>
    internal static bool BeginsHeader(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').SkipWhile(line => line.Trim().Length == 0).Take(HeaderLines).ToArray();
        return lines.Length > 0 && IsHeader(lines, 0);
    }

    /// <summary>Whether a text is nothing but the line above a quotation.</summary>
    internal static bool IsAttribution(string text)
    {
        var lines = text.Trim().ReplaceLineEndings("\n").Split('\n');
        return lines.Length <= AttributionLines && AttributionAt(lines, 0) == lines.Length;
    }

    /// <summary>The first line of what is history to the end; the number of lines when there is none.</summary>
    private static int StartOfHistory(string[] lines)
    {
        var ownUntil = LastUnquoted(lines) + 1;
        for (var i = 0; i < lines.Length; i++)
        {
            if (ForwardMark().IsMatch(lines[i]))
                return lines.Length;
            if (IsDivider(lines, i) || IsHeader(lines, i) || IsAttributionOfTheRest(lines, i, ownUntil))
                return i;
            if (i >= ownUntil && IsQuote(lines[i]))
                return i;
        }

        return lines.Length;
    }

    /// <summary>The last line that somebody wrote here if all that is quoted has its marks; −1 when there is none.</summary>
    private static int LastUnquoted(string[] lines)
    {
        var signature = StartOfSignature(lines, lines.Length);
        return Array.FindLastIndex(lines, signature - 1, signature, line => line.Trim().Length > 0 && !IsQuote(line));
    }

    /// <summary>The line of the signature above this one; the one that was given when there is none.</summary>
    private static int StartOfSignature(string[] lines, int end)
    {
        var first = Math.Max(0, end - SignatureLines - 1);
        for (var i = end - 1; i >= first; i--)
        {
            // What is quoted is no part of a signature: it is above another's words then.
            if (IsQuote(lines[i]))
                break;
            if (lines[i] is "-- " or "--")
                return i;
        }

        return end;
    }

    private static bool IsQuote(string line) => line.StartsWith('>') || line.StartsWith(" >", StringComparison.Ordinal);

    /// <summary>What Outlook, QQ, 163 and others put between an answer and the mail that it answers; a bare line is one when the fields of that mail follow.</summary>
    private static bool IsDivider(string[] lines, int at)
    {
        var line = lines[at].Trim();
        if (line.Length is not (> 5 and < 200))
            return false;
        if (Divider().IsMatch(line))
            return true;
        if (!Underline().IsMatch(line))
            return false;
        var next = at + 1;
        while (next < lines.Length && lines[next].Trim().Length == 0)
            next++;
        return next < lines.Length && next <= at + 3 && IsHeader(lines, next);
    }

    /// <summary>An attribution that all below it belongs to: its quotation has marks on every line, or on none.</summary>
    private static bool IsAttributionOfTheRest(string[] lines, int at, int ownUntil)
    {
        if (AttributionAt(lines, at) is not { } length)
            return false;
        for (var i = at + length; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length > 0)
                return !IsQuote(lines[i]) || at + length >= ownUntil;
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
            if (AttributionEnd().IsMatch(joined) && SaysWhoOrWhen().IsMatch(joined))
                return length;
        }

        return null;
    }

    /// <summary>
    /// The block of fields above an answered mail: who first, then when and what. Own lines that only look like
    /// it, from here to there, have no subject.
    /// </summary>
    private static bool IsHeader(string[] lines, int at)
    {
        if (!FromField().IsMatch(lines[at]))
            return false;
        var (isDated, isNamed) = (false, false);
        for (var i = at + 1; i < lines.Length && i < at + HeaderLines; i++)
        {
            isDated |= DateField().IsMatch(lines[i]);
            isNamed |= SubjectField().IsMatch(lines[i]);
        }

        return isDated && isNamed;
    }

    [GeneratedRegex(
        """
        ^(?:[-—_=*\s]{2,}|&nbsp;)*[-—_*]{2,}\s*(?:Original\ (?:Message|Appointment|E?-?mail)|Replied\ Message|Reply\ message|Ursprüngliche\ (?:Nachricht|E-?Mail|Mail)|Originalnachricht|Message\ d['’]origine|Message\ original
        |Mensaje\ original|Messaggio\ originale|Mensagem\ original|Oorspronkelijk\ bericht|Ursprungligt\ meddelande|Oprindelig\ meddelelse|Opprinnelig\ melding|Alkuperäinen\ viesti
        |Oryginalna\ wiadomość|Wiadomość\ oryginalna|Původní\ zpráva|Eredeti\ üzenet|Orijinal\ Mesaj|Исходное\ сообщение|原始邮件|原邮件|原始郵件|回复的原邮件|回复的邮件|回覆的郵件|元のメッセージ|원본\ ?메시지|Original)
        \s*(?:&nbsp;)?\s*[-—_*]{2,}\s*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking)]
    private static partial Regex Divider();

    [GeneratedRegex(
        """
        ^[-—_=*>\s]*(?:(?:Begin\ )?Forwarded\ (?:message|by\b.*|mail)|(?:Anfang\ der\ )?Weitergeleitete[nr]?\ (?:Nachricht|E-?Mail)|Weitergeleitet\ von.*|(?:Début\ du\ )?Message\ (?:transféré|réexpédié|transmis)|(?:Inicio\ del\ )?Mensaje\ reenviado
        |(?:Inizio\ )?Messaggio\ inoltrato|(?:Início\ da\ )?Mensagem\ (?:encaminhada|reencaminhada)|(?:Begin\ )?Doorgestuurd\ bericht|Vidarebefordrat\ meddelande|Videresendt\ (?:meddelelse|melding)|Przekazana\ wiadomość|Wiadomość\ przekazana
        |Пересылаемое\ сообщение|Пересланное\ сообщение|转发邮件信息|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|下面是转发邮件|転送されたメッセージ|전달된\ 메시지)\s*[:：]?\s*[-—_=*\s]*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking)]
    private static partial Regex ForwardMark();

    [GeneratedRegex(@"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|i|doorst|vs|vl|pd|转发|轉寄|转寄|転送|전달)\s*(?:\[\d+\])?\s*[:：]", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ForwardedSubject();

    /// <summary>Outlook's line above the fields.</summary>
    [GeneratedRegex(@"^_{20,}$", RegexOptions.NonBacktracking)]
    private static partial Regex Underline();

    [GeneratedRegex(@"^[*|\s]*(?:From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|Feladó|Kimden|От|发件人|寄件者|寄件人|差出人|보낸\s?사람)[*|\s]*[:：|].*\S", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex FromField();

    [GeneratedRegex(
        """
        ^[*|\s]*(?:Sent|Date|Gesendet(?:\ am)?|Datum|Envoyé(?:\ le)?|Date\ d'envoi|Enviado(?:\ el|\ em)?|Enviada(?:\ em)?|Fecha|Data|Inviato|Verzonden|Skickat|Sendt|Dato|Lähetetty|Wysłano|Odesláno|Elküldve|Gönderme|Gönderildi|Tarih|Отправлено|Дата
        |发送时间|发送日期|日期|时间|寄件日期|傳送時間|送信日時|日時|보낸\s?날짜|날짜)[*|\s]*[:：|].*\S.*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking)]
    private static partial Regex DateField();

    [GeneratedRegex(
        @"^[*|\s]*(?:Subject|Betreff|Objet|Asunto|Oggetto|Assunto|Onderwerp|Ämne|Emne|Aihe|Temat|Předmět|Tárgy|Konu|Тема|主题|主旨|主題|件名|제목)[*|\s]*[:：|].*$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SubjectField();

    [GeneratedRegex(
        @"^(?:On\s|At\s|Am\s|Le\s|El\s|Il\s|Op\s|Em\s|Den\s|W\sdniu|Dne\s|\d|在\s?|于\s?|於\s?|\S.*(?:wrote|schrieb|写道|寫道|のメール|작성|пиш|писал))", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AttributionStart();

    [GeneratedRegex(
        @"(?:wrote|writes|schrieb.*|a\sécrit|écrivait|escribió|ha\sscritto|schreef.*|escreveu|skrev.*|kirjoitti|napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?|yazdı|пишет|написал(?:\(а\)|а)?|写道|寫道|のメール|님이\s작성)\s*[:：]\s*$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AttributionEnd();

    /// <summary>An address or an hour: without either the line may be a sentence of one's own.</summary>
    [GeneratedRegex(@"@|\d{1,2}\s?[:.h]\s?\d{2}|\d{1,2}\s?[时時点點]", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SaysWhoOrWhen();
}
