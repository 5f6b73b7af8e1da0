using System.Text;

namespace MailDaemon.Protocols.Smtp;

/// <summary>The words of a server, made fit for people: they are untrusted and in an unnamed charset.</summary>
internal static class SmtpText
{
    private const int ExcerptBytes = 100;

    /// <summary>UTF-8 as RFC 6531 §3.7.4 allows it; else GB18030, which Chinese providers have sent; else Latin-1. Controls become spaces.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (!TryDecode(Encoding.UTF8, bytes, out var text)
            && !(CodePagesEncodingProvider.Instance.GetEncoding("gb18030") is { } chinese && TryDecode(chinese, bytes, out text)))
        {
            text = Encoding.Latin1.GetString(bytes);
        }

        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
            }
        }).Trim();
    }

    /// <summary>The beginning of a line that is not understood.</summary>
    public static string Excerpt(ReadOnlySpan<byte> line) => Decode(line[..Math.Min(line.Length, ExcerptBytes)]);

    private static bool TryDecode(Encoding encoding, ReadOnlySpan<byte> bytes, out string text)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        try
        {
            text = strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = string.Empty;
            return false;
        }
    }
}
