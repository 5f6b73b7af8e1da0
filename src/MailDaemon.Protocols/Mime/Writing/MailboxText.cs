using System.Globalization;
using System.Text;
using MailDaemon.Protocols.Mime.Fields;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>A mailbox as it stands in a field.</summary>
/// <remarks><c>mailbox = [phrase] "&lt;" local-part "@" domain "&gt;"</c> (RFC 5322 §3.4, RFC 6532 §3.2)</remarks>
internal static class MailboxText
{
    /// <summary>Characters of the first encoded word of a name, which may stand behind <c>Reply-To: </c>.</summary>
    private const int FirstWord = 66;

    public static string Format(Mailbox mailbox, bool allowUtf8)
    {
        var address = FormatAddress(mailbox.Address, allowUtf8);
        return mailbox.Name.Trim().Length == 0 ? address : $"{FormatPhrase(mailbox.Name.Trim(), allowUtf8)} <{address}>";
    }

    public static bool IsAddress(string address)
    {
        try
        {
            FormatAddress(address, allowUtf8: true);
            return !address.Any(char.IsControl);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <remarks><c>phrase = 1*(atom / quoted-string / encoded-word)</c></remarks>
    private static string FormatPhrase(string name, bool allowUtf8)
    {
        if (EncodedWord.IsNeeded(name, allowUtf8) || name.Contains("  ", StringComparison.Ordinal))
        {
            return EncodedWord.Encode(name, FirstWord);
        }

        return name.All(each => IsAtomText(each) || each == ' ') ? name : Quote(name);
    }

    private static string FormatAddress(string address, bool allowUtf8)
    {
        var at = address.LastIndexOf('@');
        var local = at < 0 ? "" : address[..at];
        var domain = at < 0 ? "" : address[(at + 1)..];
        if (!IsLocalPart(local))
        {
            throw new ArgumentException($"\"{address}\" is no mail address.", nameof(address));
        }

        if (!allowUtf8 && !Ascii.IsValid(local))
        {
            throw new ArgumentException($"\"{address}\" has an international local part, which the server does not take (no SMTPUTF8).", nameof(address));
        }

        return $"{local}@{FormatDomain(domain, address, allowUtf8)}";
    }

    private static string FormatDomain(string domain, string address, bool allowUtf8)
    {
        var ascii = domain;
        if (!Ascii.IsValid(domain))
        {
            ascii = ToPunycode(domain, address);
        }

        var isLiteral = ascii is ['[', _, .., ']'] && ascii.AsSpan(1, ascii.Length - 2).IndexOfAny("[]\\ ") < 0;
        var isName = ascii.Length is > 0 and <= 255 && ascii[0] != '.' && ascii[^1] != '.' && ascii.All(each => char.IsAsciiLetterOrDigit(each) || each is '.' or '-' or '_');
        if (!isLiteral && !isName)
        {
            throw new ArgumentException($"\"{address}\" is no mail address.", nameof(address));
        }

        return allowUtf8 ? domain : ascii;
    }

    private static string ToPunycode(string domain, string address)
    {
        try
        {
            return new IdnMapping { UseStd3AsciiRules = true }.GetAscii(domain);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"\"{address}\" has a domain that cannot be written in ASCII.", nameof(address), exception);
        }
    }

    /// <remarks><c>local-part = dot-atom / quoted-string</c>; dots anywhere are let pass, some Japanese carriers gave such addresses out</remarks>
    private static bool IsLocalPart(string local)
    {
        if (local.StartsWith('"'))
        {
            return local.Length >= 2 && QuotedString.End(local, 0) == local.Length && local[^1] == '"';
        }

        return local.Length is > 0 and <= 256 && local.All(each => IsAtomText(each) || each == '.');
    }

    /// <remarks><c>atext</c>; outside of ASCII letters and the like (RFC 6532 §3.2)</remarks>
    private static bool IsAtomText(char each) => each < 0x80
        ? char.IsAsciiLetterOrDigit(each) || "!#$%&'*+-/=?^_`{|}~".Contains(each, StringComparison.Ordinal)
        : !char.IsWhiteSpace(each);

    private static string Quote(string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
