namespace MailDaemon.Engine.Messages;

/// <summary>In which form a body is wanted.</summary>
public enum BodyFormat
{
    /// <summary>No body at all.</summary>
    None,

    /// <summary>Plain text; derived where the message is HTML only.</summary>
    Text,

    /// <summary>Markdown made of the HTML; the plain text where there is none.</summary>
    Markdown,

    /// <summary>The HTML as sent; made of the plain text where there is none.</summary>
    Html,
}

/// <summary>Which body of a message is wanted, and how much of it.</summary>
/// <param name="Format">Null: the one that a mail program would show.</param>
/// <param name="MaxLength">At most so many characters (UTF-16) of a body; null: all.</param>
/// <param name="StripQuotes">Without the history that a reply quotes, and without the signature.</param>
public sealed record BodyOptions(BodyFormat? Format = null, int? MaxLength = null, bool StripQuotes = false)
{
    /// <summary>At most so many characters of all bodies of a page together; null: all.</summary>
    public int? MaxTotal { get; init; }

    /// <summary>What lists show unless asked for more.</summary>
    public static BodyOptions None { get; } = new(BodyFormat.None);

    /// <summary>What the detail shows unless asked otherwise.</summary>
    public static BodyOptions AsSent { get; } = new();
}
