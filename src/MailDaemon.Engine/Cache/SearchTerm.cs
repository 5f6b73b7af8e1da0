namespace MailDaemon.Engine.Cache;

/// <summary>What a term of a query is about.</summary>
internal enum SearchField
{
    // Words, looked up in the index.
    Anywhere,
    From,
    To,
    Subject,
    Filename,

    // Filters, looked up in the rows.
    In,
    Label,
    Is,
    Has,
    Before,
    After,
    Larger,
    Smaller,
}

/// <summary>A word, phrase or filter of a query.</summary>
/// <param name="Text">As typed, without its operator and quotation marks.</param>
/// <param name="IsUnwanted">What it names must not be so.</param>
internal sealed record SearchTerm(SearchField Field, string Text, bool IsUnwanted)
{
    public bool IsWord => Field <= SearchField.Filename;

    /// <summary>The column of the index; null for all of them.</summary>
    public string? Column => Field switch
    {
        SearchField.From => "sender",
        SearchField.To => "recipients",
        SearchField.Subject => "subject",
        SearchField.Filename => "attachments",
        _ => null,
    };
}
