using System.Buffers.Binary;
using System.Text;

namespace MailDaemon.Sandbox.Imap;

/// <summary>
/// Modified UTF-7 (RFC 3501 §5.1.3). The server has its own, apart from the client's of MailDaemon.Protocols,
/// so that a mistake in one is seen by the other.
/// </summary>
internal static class MailboxName
{
    public static string Encode(string name)
    {
        var encoded = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length;)
        {
            if (IsDirect(name[i]))
            {
                encoded.Append(name[i] == '&' ? "&-" : name[i].ToString());
                i++;
                continue;
            }

            var first = i;
            while (i < name.Length && !IsDirect(name[i]))
            {
                i++;
            }

            var base64 = Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name[first..i])).TrimEnd('=').Replace('/', ',');
            encoded.Append('&').Append(base64).Append('-');
        }

        return encoded.ToString();
    }

    /// <exception cref="ImapRefusal">The name is not valid modified UTF-7.</exception>
    public static string Decode(string name)
    {
        var decoded = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length;)
        {
            if (name[i] != '&')
            {
                decoded.Append(name[i++]);
                continue;
            }

            var end = name.IndexOf('-', i);
            if (end < 0)
            {
                throw Invalid();
            }

            decoded.Append(end == i + 1 ? "&" : DecodeShift(name[(i + 1)..end]));
            i = end + 1;
        }

        return decoded.ToString();
    }

    private static string DecodeShift(string base64)
    {
        try
        {
            var bytes = Convert.FromBase64String(base64.Replace(',', '/').PadRight((base64.Length + 3) / 4 * 4, '='));
            var text = new StringBuilder(bytes.Length / 2);
            for (var i = 0; i + 1 < bytes.Length; i += 2)
            {
                text.Append((char)BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(i)));
            }

            return text.ToString();
        }
        catch (FormatException)
        {
            throw Invalid();
        }
    }

    /// <summary>A pattern of LIST; one that is not valid modified UTF-7 stays as it is and matches nothing.</summary>
    public static string DecodePattern(string pattern)
    {
        try
        {
            return Decode(pattern);
        }
        catch (ImapRefusal)
        {
            return pattern;
        }
    }

    private static ImapRefusal Invalid() => new("[CANNOT] The folder's name is not valid modified UTF-7");

    private static bool IsDirect(char c) => c is >= ' ' and <= '~';
}
