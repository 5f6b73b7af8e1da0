using System.Net;
using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>A body in the form that was asked for.</summary>
/// <param name="Content">The body.</param>
/// <param name="ContentType"><c>html, text</c> or <c>markdown</c>.</param>
public sealed record MessageBody([property: JsonConverter(typeof(LongTextConverter))] string Content, string ContentType)
{
    /// <summary>True when the body is longer than was asked for and was cut.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTruncated { get; init; }

    /// <summary>Characters of the whole body, when it was cut.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FullLength { get; init; }

    /// <summary>Only so much of it.</summary>
    /// <param name="length">At most so many characters (UTF-16), from 0.</param>
    public MessageBody CutAt(int length) => Content.Length <= length ? this : this with
    {
        Content = length == 0 ? "" : TextCut.At(Content, length),
        IsTruncated = true,
        FullLength = Math.Max(FullLength, Content.Length),
    };

    /// <summary>Null when none is wanted.</summary>
    public static MessageBody? Of(MessageContent content, BodyOptions options)
    {
        var body = options.Format switch
        {
            BodyFormat.None => null,
            BodyFormat.Text => new MessageBody(Text(content, options), "text"),
            BodyFormat.Markdown => new MessageBody(content.Html is { } html ? HtmlMarkdown.Render(html, options.StripQuotes) : Text(content, options), "markdown"),
            BodyFormat.Html => new MessageBody(content.Html is { } html ? Html(html, options) : HtmlOf(Text(content, options)), "html"),
            _ => content.Html is { } html ? new MessageBody(Html(html, options), "html") : new MessageBody(Text(content, options), "text"),
        };
        return options.MaxLength is { } longest ? body?.CutAt(longest) : body;
    }

    /// <summary>The plain text, whole or without what is quoted; not cut.</summary>
    private static string Text(MessageContent content, BodyOptions options) => options.StripQuotes ? QuotedText.Strip(content.Text) : content.Text;

    private static string Html(string html, BodyOptions options) => options.StripQuotes ? QuotedHtml.Strip(html) : html;

    private static string HtmlOf(string text) => $"<div style=\"white-space:pre-wrap\">{WebUtility.HtmlEncode(text)}</div>";
}
