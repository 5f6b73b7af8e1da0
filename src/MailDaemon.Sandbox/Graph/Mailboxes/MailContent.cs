using System.Net;
using System.Text.RegularExpressions;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>The bytes of a message and what is read from them again and again. Does not change; may be used from any thread.</summary>
internal sealed partial class MailContent(ReadOnlyMemory<byte> raw)
{
    private const int MaxPreview = 255;

    private readonly WeakReference<MimeMessage?> parsed = new(null);
    private bool? hasAttachments;
    private string? preview;

    public ReadOnlyMemory<byte> Raw => raw;

    public HeaderBlock Header => field ??= MimeParser.ParseHeaders(raw);

    /// <summary>Whether there is an attachment that is not inside the body.</summary>
    public bool HasAttachments => hasAttachments ??= Mime is var mime && mime.Attachments.Except(mime.Inline).Any();

    /// <summary>The first 255 characters of the text.</summary>
    public string Preview => preview ??= Shorten(Blanks().Replace(Text, " ").Trim());

    public string Text => Mime.TextBody ?? TextOf(Mime.HtmlBody ?? "");

    /// <summary>Parsed anew when memory was short meanwhile.</summary>
    public MimeMessage Mime
    {
        get
        {
            if (!parsed.TryGetTarget(out var mime) || mime is null)
            {
                mime = MimeParser.Parse(raw);
                parsed.SetTarget(mime);
            }

            return mime;
        }
    }

    public static string TextOf(string html) => WebUtility.HtmlDecode(Tags().Replace(Breaks().Replace(html, "\n"), ""));

    private static string Shorten(string text) =>
        text.Length <= MaxPreview ? text : text[..(char.IsHighSurrogate(text[MaxPreview - 1]) ? MaxPreview - 1 : MaxPreview)];

    [GeneratedRegex("<style.*?</style>|<script.*?</script>|<[^>]*>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex("<br[^>]*>|</p>|</div>|</tr>", RegexOptions.IgnoreCase)]
    private static partial Regex Breaks();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
