using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>Which bodies a list or search brings along, so that nobody need ask once more for each message.</summary>
public abstract record BodyRequest
{
    [Description("Puts a body into each item: none, text, markdown or html"), Example("none")]
    public BodyFormat BodyFormat { get; init; } = BodyFormat.None;

    [Description("At most so many characters of each body; isTruncated says that there was more"), Range(1, 10_000_000), Example("4000")]
    public int? BodyMaxLength { get; init; }

    [Description("Leave quoted history and the signature out of the bodies"), Example("false")]
    public bool StripQuotes { get; init; }

    internal BodyOptions Body => new(BodyFormat, BodyMaxLength, StripQuotes);
}
