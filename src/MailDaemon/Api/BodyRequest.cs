using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>Which bodies a list or search brings along, so that nobody need ask once more for each message.</summary>
public abstract record BodyRequest
{
    [Description("Puts a body into each item: none, text, markdown or html"), Example("none")]
    public BodyFormat BodyFormat { get; init; } = BodyFormat.None;

    [Description("At most so many characters of each body; isTruncated says that there was more"), Range(1, 10_000_000), Example("4000")]
    public int? BodyMaxLength { get; init; }

    [Description("Leave quoted history and the signature out of the bodies; isStripped says that something was. What is forwarded stays, and so does all that words of one's own follow"), Example("false")]
    public bool StripQuotes { get; init; }

    [Description("At most so many characters of all bodies of the page together: the longest are cut first, and cut names their messages"), Range(1, 100_000_000), Example("50000")]
    public int? MaxChars { get; init; }

    [Description("Only these members of each message, with commas between; of a member's members with a dot. Left out: all"), StringLength(2000), NotCalled("select", "properties"), Example("key,subject,from.address,date,body.content")]
    public string? Fields { get; init; }

    internal BodyOptions Body => new(BodyFormat, BodyMaxLength, StripQuotes) { MaxTotal = MaxChars };

    /// <exception cref="MailException">400: there is no such member, or no body was asked for.</exception>
    internal FieldSelection? Selected(JsonTypeInfo item)
    {
        var selection = FieldSelection.Of(Fields, item, isPage: true);
        return selection?.Has("body") == true && BodyFormat == BodyFormat.None
            ? throw MailException.InvalidInput("invalid_parameter", "fields names body; say with bodyFormat in which form: text, markdown or html")
            : selection;
    }
}
