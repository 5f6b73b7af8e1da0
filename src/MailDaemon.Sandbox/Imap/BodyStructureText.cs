using System.Globalization;
using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Imap;

/// <summary>BODY and BODYSTRUCTURE (RFC 3501 §7.4.2); the latter has the extension data.</summary>
internal static class BodyStructureText
{
    private const int MaxDepth = 60;

    public static string Of(MimePart part, bool isExtended) => Write(part, isExtended, depth: 0);

    private static string Write(MimePart part, bool isExtended, int depth)
    {
        if (part.Children.Count == 0 || depth > MaxDepth)
        {
            return Single(part, isExtended, depth);
        }

        // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
        var children = string.Concat(part.Children.Select(c => Write(c, isExtended, depth + 1)));
        var type = part.ContentType;
        var extension = isExtended ? $" {Parameters(type.Parameters)} {Disposition(part)} {Language(part)} {Header(part, "Content-Location")}" : "";
        return $"({children} {ImapText.String(type.Subtype.ToUpperInvariant())}{extension})";
    }

    /// <summary>body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]</summary>
    private static string Single(MimePart part, bool isExtended, int depth)
    {
        var type = part.ContentType;
        var isMultipart = type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase);

        // A multipart without parts cannot be said in this grammar; servers show what is there as text.
        var (media, subtype) = isMultipart ? ("TEXT", "PLAIN") : (type.Type.ToUpperInvariant(), type.Subtype.ToUpperInvariant());
        var text = new StringBuilder("(");
        text.Append(ImapText.String(media)).Append(' ').Append(ImapText.String(subtype)).Append(' ').Append(Parameters(type.Parameters));
        text.Append(' ').Append(Header(part, "Content-ID")).Append(' ').Append(Header(part, "Content-Description"));
        text.Append(' ').Append(ImapText.String(part.Headers.TransferEncoding.ToUpperInvariant()));
        text.Append(CultureInfo.InvariantCulture, $" {part.RawBody.Length}");
        if (part.Embedded is { } message && depth <= MaxDepth)
        {
            text.Append(' ').Append(EnvelopeText.Of(message.Root.RawHeader)).Append(' ').Append(Write(message.Root, isExtended, depth + 1));
            text.Append(CultureInfo.InvariantCulture, $" {part.BodyLines}");
        }
        else if (media == "TEXT")
        {
            text.Append(CultureInfo.InvariantCulture, $" {part.BodyLines}");
        }

        if (isExtended)
        {
            text.Append(' ').Append(Header(part, "Content-MD5")).Append(' ').Append(Disposition(part));
            text.Append(' ').Append(Language(part)).Append(' ').Append(Header(part, "Content-Location"));
        }

        return text.Append(')').ToString();
    }

    /// <summary>body-fld-param = "(" string SP string *(SP string SP string) ")" / nil</summary>
    private static string Parameters(IReadOnlyDictionary<string, string> parameters) =>
        parameters.Count == 0
            ? "NIL"
            : $"({string.Join(' ', parameters.Select(p => $"{ImapText.String(p.Key.ToUpperInvariant())} {ImapText.String(ToAscii(p.Value))}"))})";

    /// <summary>body-fld-dsp = "(" string SP body-fld-param ")" / nil</summary>
    private static string Disposition(MimePart part) =>
        part.Headers.Disposition is { } disposition
            ? $"({ImapText.String(disposition.Kind.ToUpperInvariant())} {Parameters(disposition.Parameters)})"
            : "NIL";

    private static string Language(MimePart part) => Header(part, "Content-Language");

    private static string Header(MimePart part, string name) =>
        part.Headers.Find(name) is { } field ? ImapText.String(field.UnfoldedValue) : "NIL";

    private static string ToAscii(string value) => Ascii.IsValid(value) ? value : EncodedWord.Encode(value);
}
