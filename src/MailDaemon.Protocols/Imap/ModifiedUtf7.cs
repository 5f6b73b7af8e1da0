using System.Buffers.Text;
using System.Text;

namespace MailDaemon.Protocols.Imap;

/// <summary>The encoding of mailbox names in IMAP4rev1 (RFC 3501 §5.1.3).</summary>
public static class ModifiedUtf7
{
    private const int MaxRun = 4096;

    /// <summary>Encodes a name; lone surrogates become U+FFFD.</summary>
    public static string Encode(string name)
    {
        if (!NeedsEncoding(name))
        {
            return name;
        }

        var text = new StringBuilder(name.Length * 2);
        for (var i = 0; i < name.Length;)
        {
            if (name[i] == '&')
            {
                text.Append("&-");
                i++;
            }
            else if (IsDirect(name[i]))
            {
                text.Append(name[i++]);
            }
            else
            {
                var start = i;
                while (i < name.Length && !IsDirect(name[i]) && name[i] != '&')
                {
                    i++;
                }

                text.Append('&');
                AppendBase64(text, name.AsSpan(start, i - start));
                text.Append('-');
            }
        }

        return text.ToString();
    }

    /// <summary>Decodes a name; a name that is not in this encoding is returned as it is.</summary>
    public static string Decode(string name) => TryDecode(name, out var decoded) ? decoded : name;

    /// <summary>Decodes a name; false when it is not in this encoding.</summary>
    public static bool TryDecode(string name, out string decoded)
    {
        decoded = name;
        if (!name.Contains('&', StringComparison.Ordinal))
        {
            return name.All(IsDirect);
        }

        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '&')
            {
                if (!IsDirect(name[i]))
                {
                    return false;
                }

                text.Append(name[i]);
                continue;
            }

            var end = name.IndexOf('-', i);
            if (end < 0)
            {
                return false;
            }

            if (end == i + 1)
            {
                text.Append('&');
            }
            else if (!TryAppendDecoded(text, name.AsSpan(i + 1, end - i - 1)))
            {
                return false;
            }

            i = end;
        }

        decoded = text.ToString();
        return true;
    }

    private static bool NeedsEncoding(string name)
    {
        foreach (var c in name)
        {
            if (c == '&' || !IsDirect(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDirect(char c) => c is >= ' ' and <= '~';

    private static void AppendBase64(StringBuilder text, ReadOnlySpan<char> run)
    {
        var bytes = Encoding.BigEndianUnicode.GetBytes(run.ToString());
        text.Append(Convert.ToBase64String(bytes).TrimEnd('=').Replace('/', ','));
    }

    private static bool TryAppendDecoded(StringBuilder text, ReadOnlySpan<char> run)
    {
        if (run.Length is 0 or > MaxRun || run.Length % 4 == 1 || run.ContainsAny('/', '='))
        {
            return false;
        }

        Span<char> padded = stackalloc char[MaxRun + 4];
        run.CopyTo(padded);
        padded[..run.Length].Replace(',', '/');
        var length = run.Length;
        while (length % 4 != 0)
        {
            padded[length++] = '=';
        }

        Span<byte> bytes = stackalloc byte[MaxRun];
        if (!Base64.IsValid(padded[..length]) || !Convert.TryFromBase64Chars(padded[..length], bytes, out var count) || count % 2 != 0 || count == 0)
        {
            return false;
        }

        var decoded = Encoding.BigEndianUnicode.GetString(bytes[..count]);
        if (decoded.Contains('\uFFFD', StringComparison.Ordinal) || decoded.Any(char.IsControl))
        {
            return false;
        }

        text.Append(decoded);
        return true;
    }
}
