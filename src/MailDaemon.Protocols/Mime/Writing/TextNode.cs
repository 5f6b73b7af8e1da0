using System.Text;
using MailDaemon.Protocols.Mime.Encodings;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>A shown body in UTF-8, in the plainest encoding that carries it.</summary>
internal sealed record TextNode : MimeNode
{
    private const int MaxLine = 998;

    private readonly byte[] body;

    private TextNode(string subtype, string charset, string encoding, byte[] body)
        : base($"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n", encoding == "8bit") => this.body = body;

    public static TextNode Create(string subtype, string text, bool allow8Bit)
    {
        var bytes = Encoding.UTF8.GetBytes(LineEndings.ToCrLf(text));
        var eightBit = bytes.Length - Ascii7Count(bytes);
        var charset = eightBit == 0 ? "us-ascii" : "utf-8";
        if (CanStandPlain(bytes) && (eightBit == 0 || allow8Bit))
        {
            return new TextNode(subtype, charset, eightBit == 0 ? "7bit" : "8bit", bytes);
        }

        // quoted-printable stays readable and costs two bytes for each 8-bit one, base64 a third of all
        return eightBit <= bytes.Length / 6
            ? new TextNode(subtype, charset, "quoted-printable", QuotedPrintableEncoder.Encode(bytes))
            : new TextNode(subtype, charset, "base64", Base64Lines.Encode(bytes));
    }

    protected override async ValueTask WriteBodyAsync(MimeOutput output, CancellationToken ct)
    {
        output.Write(body);
        await output.FlushBlockAsync(ct).ConfigureAwait(false);
    }

    private static int Ascii7Count(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var each in bytes)
        {
            count += each < 0x80 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Short lines, no controls, nothing that a mailbox file or a boundary is recognised by.</summary>
    private static bool CanStandPlain(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("From "u8) || bytes.IndexOf("\nFrom "u8) >= 0 || bytes.IndexOf("--=_"u8) >= 0)
        {
            return false;
        }

        var lineStart = 0;
        for (var i = 0; i <= bytes.Length; i++)
        {
            if (i == bytes.Length || bytes[i] == '\n')
            {
                if (i - lineStart > MaxLine)
                {
                    return false;
                }

                lineStart = i + 1;
            }
            else if (bytes[i] is < 0x20 and not ((byte)'\t' or (byte)'\r') or 0x7F)
            {
                return false;
            }
        }

        return true;
    }
}
