using System.Collections.Frozen;
using System.Globalization;

namespace MailDaemon.Engine.Messages;

/// <summary>Media types of files by the ending of their name, and the other way round.</summary>
public static class FileTypes
{
    public const string Unknown = "application/octet-stream";

    // Where a type has several endings, the first one is given to a part without a name.
    private static readonly (string Ending, string Type)[] Known =
    [
        ("pdf", "application/pdf"), ("doc", "application/msword"), ("xls", "application/vnd.ms-excel"), ("ppt", "application/vnd.ms-powerpoint"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"), ("odt", "application/vnd.oasis.opendocument.text"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"), ("odp", "application/vnd.oasis.opendocument.presentation"), ("rtf", "application/rtf"), ("rtf", "text/rtf"),
        ("txt", "text/plain"), ("log", "text/plain"), ("csv", "text/csv"), ("tsv", "text/tab-separated-values"), ("md", "text/markdown"), ("md", "text/x-markdown"),
        ("html", "text/html"), ("htm", "text/html"), ("css", "text/css"), ("js", "text/javascript"), ("json", "application/json"), ("xml", "application/xml"), ("xml", "text/xml"),
        ("yaml", "application/yaml"), ("yml", "application/yaml"), ("ics", "text/calendar"), ("ics", "application/ics"), ("vcf", "text/vcard"), ("vcf", "text/x-vcard"), ("vcf", "text/directory"),
        ("eml", "message/rfc822"), ("eml", "message/global"), ("msg", "application/vnd.ms-outlook"), ("p7m", "application/pkcs7-mime"), ("p7s", "application/pkcs7-signature"),
        ("p7s", "application/x-pkcs7-signature"), ("asc", "application/pgp-signature"), ("pgp", "application/pgp-encrypted"),
        ("txt", "message/delivery-status"), ("txt", "message/disposition-notification"), ("txt", "text/rfc822-headers"),
        ("zip", "application/zip"), ("zip", "application/x-zip-compressed"), ("rar", "application/vnd.rar"), ("7z", "application/x-7z-compressed"), ("gz", "application/gzip"),
        ("tar", "application/x-tar"), ("epub", "application/epub+zip"), ("dwg", "image/vnd.dwg"), ("dxf", "image/vnd.dxf"), ("step", "model/step"), ("stp", "model/step"), ("ps", "application/postscript"),
        ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("jpg", "image/jpg"), ("png", "image/png"), ("gif", "image/gif"), ("webp", "image/webp"), ("svg", "image/svg+xml"), ("bmp", "image/bmp"),
        ("tif", "image/tiff"), ("tiff", "image/tiff"), ("heic", "image/heic"), ("avif", "image/avif"), ("ico", "image/vnd.microsoft.icon"),
        ("mp3", "audio/mpeg"), ("wav", "audio/wav"), ("wav", "audio/x-wav"), ("m4a", "audio/mp4"), ("ogg", "audio/ogg"), ("amr", "audio/amr"),
        ("mp4", "video/mp4"), ("mov", "video/quicktime"), ("webm", "video/webm"), ("avi", "video/x-msvideo"), ("mpeg", "video/mpeg"),
    ];

    private static readonly FrozenDictionary<string, string> Types = Known.DistinctBy(known => known.Ending, StringComparer.Ordinal)
        .ToFrozenDictionary(known => known.Ending, known => known.Type, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> Endings = Known.DistinctBy(known => known.Type, StringComparer.Ordinal)
        .ToFrozenDictionary(known => known.Type, known => known.Ending, StringComparer.OrdinalIgnoreCase);

    /// <summary>The type of a file of this name; <see cref="Unknown"/> when its ending says nothing.</summary>
    public static string OfName(string filename) => Types.GetValueOrDefault(Path.GetExtension(filename).TrimStart('.'), Unknown);

    /// <summary>A name for the part without one that is the n-th of its message.</summary>
    public static string NameFor(string mediaType, int index)
    {
        var name = mediaType is "message/rfc822" or "message/global" ? "message" : "attachment";
        var ending = Endings.TryGetValue(mediaType, out var known) ? "." + known : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{index}{ending}");
    }
}
