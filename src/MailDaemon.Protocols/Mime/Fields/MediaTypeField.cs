using System.Buffers;
using System.Text;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>The value of Content-Type.</summary>
/// <remarks><c>content = "Content-Type" ":" type "/" subtype *(";" parameter)</c> (RFC 2045 §5.1)</remarks>
internal static class MediaTypeField
{
    private static readonly SearchValues<char> AfterType = SearchValues.Create(";= \t,\"");
    private static readonly SearchValues<char> NotInToken = SearchValues.Create("()<>@,;:\\\"/[]?= \t");

    public static (string Type, string Subtype, List<KeyValuePair<string, string>> Parameters) Parse(string value)
    {
        var text = Comments.Remove(value).TrimStart(' ', '\t', ';');
        var end = text.AsSpan().IndexOfAny(AfterType);
        if (end >= 0 && text[end] == '=')
        {
            return ("text", "plain", ParameterList.Parse(text)); // QUIRK: parameters without a type
        }

        // QUIRK: "multipart / mixed" has blanks around the slash
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && end >= 0 && slash >= end && string.IsNullOrWhiteSpace(text[end..slash]))
        {
            var subtypeStart = slash + 1 + text.AsSpan(slash + 1).IndexOfAnyExcept(' ', '\t');
            var subtypeEnd = text.AsSpan(subtypeStart).IndexOfAny(AfterType);
            text = string.Concat(text.AsSpan(0, end), "/", text.AsSpan(subtypeStart));
            end = subtypeEnd < 0 ? -1 : end + 1 + subtypeEnd;
        }

        var type = end < 0 ? text : text[..end];
        var parameters = ParameterList.Parse(end < 0 ? "" : text[end..]);
        return Split(type) is (var main, var sub) ? (main, sub, parameters) : ("text", "plain", parameters);
    }

    /// <summary>Whether it is <c>type "/" subtype</c> and nothing more.</summary>
    public static bool IsMediaType(string text) => text.Split('/') is [var main, var sub] && IsToken(main) && IsToken(sub) && text.Length <= 127 && Ascii.IsValid(text);

    private static (string Type, string Subtype)? Split(string type)
    {
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        var main = slash < 0 ? type : type[..slash];
        var sub = slash < 0 ? "" : type[(slash + 1)..];
        return (IsToken(main), IsToken(sub)) switch
        {
            (true, true) => (main, sub),
            (true, _) when main.Equals("multipart", StringComparison.OrdinalIgnoreCase) => (main, "mixed"),
            (true, _) when main.Equals("text", StringComparison.OrdinalIgnoreCase) => (main, "plain"), // QUIRK: "text" alone
            (_, true) when slash == 0 => null,
            _ => null,
        };
    }

    /// <remarks><c>token = 1*&lt;any CHAR except SPACE, CTLs, or tspecials&gt;</c></remarks>
    private static bool IsToken(string word) => word.Length > 0 && !word.AsSpan().ContainsAny(NotInToken);
}
