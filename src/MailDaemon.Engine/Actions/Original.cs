using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Actions;

/// <summary>What of a message goes into a mail that is made of it: its texts, whole, and its other parts. The parts can be read until it is disposed.</summary>
internal sealed partial class Original : IDisposable
{
    private readonly OriginalMessage? source;

    /// <summary>From the cache, where that has all of it.</summary>
    public Original(MessageDetail detail, MessageContent content)
    {
        Detail = detail;
        Html = content.Html;
        Text = content.Text;
    }

    /// <summary>From the server.</summary>
    public Original(MessageDetail detail, OriginalMessage source)
    {
        this.source = source;
        Detail = detail;
        Html = source.Message.HtmlBody;
        Text = source.Message.TextBody is { } text && !string.IsNullOrWhiteSpace(text) ? text : Html is null ? "" : HtmlText.Render(Html);
        Parts = [.. source.Message.Attachments.Select((part, index) => Part(part, index, source.Message.Inline.Contains(part)))];
    }

    public MessageDetail Detail { get; }

    public string Text { get; }

    /// <summary>Null when the message has no HTML.</summary>
    public string? Html { get; }

    /// <summary>What is not a shown body.</summary>
    public IReadOnlyList<OutgoingAttachment> Parts { get; } = [];

    /// <summary>Those that the HTML shows by <c>cid:</c>.</summary>
    public IReadOnlyList<OutgoingAttachment> Pictures =>
        [.. Parts.Where(part => part.ContentId is { } id && Html?.Contains($"cid:{id}", StringComparison.OrdinalIgnoreCase) == true).Select(part => part with { IsInline = true })];

    public void Dispose() => source?.Dispose();

    /// <summary>A part as it goes on: with all its parameters and descriptive fields, as far as they can be written.</summary>
    private static OutgoingAttachment Part(MimePart part, int index, bool isInline)
    {
        var type = MediaType().IsMatch(part.ContentType.MediaType) && part.ContentType.Type != "multipart" ? part.ContentType.MediaType : "application/octet-stream";
        var name = part.Filename is { Length: > 0 } given ? given : FileTypes.NameFor(type, index);
        return new OutgoingAttachment(name, type, part.OpenBody, ContentId(part), isInline)
        {
            Parameters = Parameters(part.ContentType.Parameters),
            DispositionParameters = Parameters(part.Headers.Disposition?.Parameters ?? FrozenDictionary<string, string>.Empty),
            Fields = [.. part.Headers.Fields.Where(IsDescriptive).Select(field => new HeaderLine(field.Name, OneLine.Of(field.Value)))],
        };
    }

    private static Dictionary<string, string> Parameters(IReadOnlyDictionary<string, string> given) => given
        .Where(parameter => Token().IsMatch(parameter.Key) && !parameter.Key.Equals("boundary", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(parameter => parameter.Key.ToLowerInvariant(), parameter => OneLine.Of(parameter.Value), StringComparer.OrdinalIgnoreCase);

    private static string? ContentId(MimePart part) => part.ContentId is { Length: > 0 and < 800 } id && Ascii.IsValid(id) && !id.Any(c => c is <= ' ' or '<' or '>' or '\x7f') ? id : null;

    private static bool IsDescriptive(HeaderField field) =>
        field.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        && Token().IsMatch(field.Name)
        && field.Value.Length is > 0 and < 800
        && field.Name.ToLowerInvariant() is not ("content-type" or "content-disposition" or "content-transfer-encoding" or "content-id" or "content-length" or "content-md5");

    [GeneratedRegex(@"^[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex MediaType();

    [GeneratedRegex(@"^[A-Za-z0-9!#$&^_.+-]{1,60}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
