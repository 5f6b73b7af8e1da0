using System.Text;

namespace MailDaemon.Sandbox.Smtp;

/// <summary>The argument of MAIL and RCPT: an address in angle brackets and parameters (RFC 5321 §4.1.2).</summary>
/// <param name="Address">Empty for the null sender.</param>
/// <param name="Parameters">In upper case.</param>
internal sealed record SmtpPath(string Address, IReadOnlyList<string> Parameters)
{
    private const int MaxAddress = 254;

    /// <summary>Whether the address needs SMTPUTF8 (RFC 6531).</summary>
    public bool IsInternational => !Ascii.IsValid(Address);

    /// <summary>"FROM:" / "TO:" Reverse-path / Forward-path [SP Mail-parameters]; null when it is not of that form.</summary>
    public static SmtpPath? Parse(string argument, string keyword)
    {
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var rest = argument[keyword.Length..];
        var end = rest.IndexOf('>', StringComparison.Ordinal);
        if (!rest.StartsWith('<') || end < 0)
        {
            return null;
        }

        var address = rest[1..end];
        var tail = rest[(end + 1)..];
        var isWellFormed = (address.Length == 0 || IsAddress(address)) && (tail.Length == 0 || tail[0] == ' ');
        return isWellFormed ? new SmtpPath(address, tail.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries)) : null;
    }

    /// <summary>The number of SIZE=; null when there is none, -1 when it is not a number.</summary>
    public long? DeclaredSize() =>
        Parameters.FirstOrDefault(p => p.StartsWith("SIZE=", StringComparison.Ordinal)) is { } size
            ? long.TryParse(size.AsSpan(5), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bytes) ? bytes : -1
            : null;

    private static bool IsAddress(string address)
    {
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && Encoding.UTF8.GetByteCount(address) <= MaxAddress
            && address.All(c => c > ' ' && c is not ('<' or '>' or '\x7f') && !char.IsControl(c));
    }
}
