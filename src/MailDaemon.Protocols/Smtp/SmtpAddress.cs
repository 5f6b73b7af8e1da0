using System.Buffers;
using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Smtp;

/// <summary>An address as it stands between the angle brackets of MAIL and RCPT.</summary>
/// <param name="Text">Without brackets; its domain in ASCII.</param>
/// <param name="NeedsUtf8">Whether its local part can be sent with SMTPUTF8 only.</param>
internal readonly record struct SmtpAddress(string Text, bool NeedsUtf8)
{
    /// <summary>RFC 5321 §4.5.3.1.3 allows a path of 256 with its brackets.</summary>
    private const int MaxBytes = 254;

    /// <summary>In a quoted local part only (RFC 5322 §3.2.3), beside those that are refused everywhere.</summary>
    private static readonly SearchValues<char> Specials = SearchValues.Create("@,;:\"\\()[]");

    /// <summary><c>Mailbox = Local-part "@" ( Domain / address-literal )</c>; nothing that could end the path or the line.</summary>
    /// <exception cref="ArgumentException">It is not an address that may be sent.</exception>
    public static SmtpAddress Parse(string address)
    {
        if (address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>'))
        {
            throw Wrong("has a control character, a space or an angle bracket");
        }

        var at = address.LastIndexOf('@');
        if (at <= 0 || at == address.Length - 1)
        {
            throw Wrong("is not of the form local@domain");
        }

        var local = address[..at];
        if (local is not ['"', _, .., '"'] && local.AsSpan().ContainsAny(Specials))
        {
            throw Wrong("has a local part that would have to be quoted");
        }

        var text = $"{local}@{AsciiDomain(address[(at + 1)..])}";
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            throw Wrong($"is longer than {MaxBytes} bytes");
        }

        return new SmtpAddress(text, !Ascii.IsValid(local));
    }

    /// <summary>An internationalised domain has an ASCII form that every server understands (RFC 5891).</summary>
    private static string AsciiDomain(string domain)
    {
        if (!Ascii.IsValid(domain))
        {
            try
            {
                domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(domain);
            }
            catch (ArgumentException)
            {
                throw Wrong("has a domain that is none");
            }
        }

        return domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '[' or ']' or ':')
            ? domain
            : throw Wrong("has a domain that is none");
    }

    private static ArgumentException Wrong(string why) => new($"A mail address {why}");
}
