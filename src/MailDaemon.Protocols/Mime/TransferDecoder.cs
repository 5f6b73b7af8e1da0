using MailDaemon.Protocols.Mime.Encodings;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// Undoes Content-Transfer-Encoding (RFC 2045 §6): base64, quoted-printable, uuencode and yEnc; all other names are passed through.
/// Bad input gives what can be read of it, never an exception.
/// </summary>
public static class TransferDecoder
{
    /// <summary>The decoded bytes of a whole body.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> body, string encoding)
    {
        if (Create(encoding) is not { } decoder)
        {
            return body.ToArray();
        }

        var output = new byte[decoder.MaxOutput(body.Length)];
        var length = decoder.Decode(body, output, isLast: true);
        return output.AsSpan(0, length).ToArray();
    }

    /// <summary>A stream that decodes while it is read, in constant memory; disposing it disposes <paramref name="encoded"/>.</summary>
    public static Stream OpenDecoding(Stream encoded, string encoding) => Create(encoding) is { } decoder ? new DecodingStream(encoded, decoder) : encoded;

    private static BodyDecoder? Create(string encoding) => encoding.Trim().ToLowerInvariant() switch
    {
        "base64" => new Base64Decoder(),
        "quoted-printable" => new QuotedPrintableDecoder(),
        "x-uuencode" or "uuencode" or "x-uue" or "uue" => new UuDecoder(),
        "x-yenc" or "yenc" => new YEncDecoder(),
        _ => null,
    };
}
