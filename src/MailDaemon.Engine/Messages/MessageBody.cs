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

    /// <summary>True when quoted history or a signature was left out; without <c>stripQuotes</c> all of it is there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsStripped { get; init; }

    /// <summary>How many characters were left out of a text because nobody would see them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int HiddenTextRemoved { get; init; }

    /// <summary>Why the body is not in the form that was asked for; null when it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Defect { get; init; }

    /// <summary>Only so much of it.</summary>
    /// <param name="length">At most so many characters (UTF-16), from 0.</param>
    public MessageBody CutAt(int length) => Content.Length <= length ? this : this with
    {
        Content = length == 0 ? "" : TextCut.At(Content, length),
        IsTruncated = true,
        FullLength = Math.Max(FullLength, Content.Length),
    };

    /// <summary>Null when none is wanted.</summary>
    /// <param name="subject">The mail's.</param>
    public static MessageBody? Of(MessageContent content, BodyOptions options, string subject)
    {
        if (options.Format == BodyFormat.None)
            return null;
        var body = Guarded(content, () => Rendered(content, options, subject));
        return options.MaxLength is { } longest ? body.CutAt(longest) : body;
    }

    /// <summary>One mail that cannot be rendered does not fail the page that it is on: its plain text stands in.</summary>
    internal static MessageBody Guarded(MessageContent content, Func<MessageBody> render)
    {
        try
        {
            return render();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            return new MessageBody(content.Text, "text") { Defect = $"The HTML of this mail cannot be rendered ({e.GetType().Name}); this is its plain text.", HiddenTextRemoved = content.HiddenTextRemoved };
        }
    }

    private static MessageBody Rendered(MessageContent content, BodyOptions options, string subject) => (options.Format, content.Html) switch
    {
        (BodyFormat.Markdown, { } html) => Markdown(html, options, subject),
        (BodyFormat.Html or null, { } html) => Html(html, options, subject),
        (BodyFormat.Markdown, null) => Text(content, options, subject) with { ContentType = "markdown" },
        (BodyFormat.Html, null) => Text(content, options, subject) is var text
            ? text with { Content = $"<div style=\"white-space:pre-wrap\">{WebUtility.HtmlEncode(text.Content)}</div>", ContentType = "html" }
            : text,
        _ => Text(content, options, subject),
    };

    private static MessageBody Html(string html, BodyOptions options, string subject)
    {
        if (!options.StripQuotes)
            return new MessageBody(html, "html");
        var (own, isStripped) = QuotedHtml.Own(html, subject);
        return new MessageBody(own, "html") { IsStripped = isStripped };
    }

    private static MessageBody Markdown(string html, BodyOptions options, string subject)
    {
        var isStripped = false;
        var (text, hidden) = HtmlMarkdown.Read(html, options.StripQuotes ? page => isStripped = QuotedHtml.LeaveOut(page, subject) : null);
        return new MessageBody(text, "markdown") { HiddenTextRemoved = hidden, IsStripped = isStripped };
    }

    private static MessageBody Text(MessageContent content, BodyOptions options, string subject)
    {
        var text = new MessageBody(content.Text, "text") { HiddenTextRemoved = content.HiddenTextRemoved };
        if (!options.StripQuotes)
            return text;

        // The marks of a quotation are in the HTML; a text that was made of it has none.
        var isCut = false;
        if (content is { IsTextDerived: true, Html: { } html })
        {
            var (written, hidden) = HtmlText.Read(html, page => isCut = QuotedHtml.LeaveOut(page, subject));
            text = text with { Content = written, HiddenTextRemoved = hidden };
        }

        var (own, isStripped) = QuotedText.Own(text.Content, subject);
        return text with { Content = own, IsStripped = isCut || isStripped };
    }
}
