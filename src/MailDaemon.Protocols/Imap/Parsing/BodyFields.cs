namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>The fields that body parts share. Those at the end of a part may be missing.</summary>
internal static class BodyFields
{
    /// <summary>body-fld-param = "(" string SP string *(SP string SP string) ")" / nil</summary>
    public static IReadOnlyDictionary<string, string> Parameters(ref ImapTokens tokens)
    {
        if (tokens.Peek() == (byte)')')
        {
            return BodyPart.NoParameters;
        }

        if (tokens.Peek() != (byte)'(')
        {
            return Strict(ref tokens) is null ? BodyPart.NoParameters : throw new ImapSyntaxException("parameters expected");
        }

        tokens.Take((byte)'(');
        Dictionary<string, string>? parameters = null;
        while (!tokens.TryTake((byte)')'))
        {
            var name = tokens.NStringText();

            // QUIRK: mail.ru, ("boundary" NIL); others, a name without a value.
            var value = tokens.Peek() == (byte)')' ? null : tokens.NStringText();
            if (name is not null)
            {
                parameters ??= new Dictionary<string, string>(2, StringComparer.OrdinalIgnoreCase);
                parameters.TryAdd(name, value ?? string.Empty);
            }
        }

        return parameters ?? BodyPart.NoParameters;
    }

    /// <summary>body-fld-dsp = "(" string SP body-fld-param ")" / nil</summary>
    public static (string? Value, IReadOnlyDictionary<string, string> Parameters) Disposition(ref ImapTokens tokens)
    {
        if (tokens.Peek() == (byte)')')
        {
            return (null, BodyPart.NoParameters);
        }

        if (tokens.Peek() != (byte)'(')
        {
            // QUIRK: Exchange, the disposition as a bare string.
            return (Lower(tokens.NStringText()), BodyPart.NoParameters);
        }

        tokens.Take((byte)'(');
        var value = tokens.Peek() == (byte)')' ? null : tokens.NStringText();
        var parameters = Parameters(ref tokens);
        while (!tokens.TryTake((byte)')'))
        {
            tokens.SkipValue();
        }

        return (Lower(value), parameters);
    }

    /// <summary>body-fld-lang = nstring / "(" string *(SP string) ")"</summary>
    public static IReadOnlyList<string> Language(ref ImapTokens tokens)
    {
        if (tokens.Peek() == (byte)')')
        {
            return [];
        }

        if (tokens.Peek() != (byte)'(')
        {
            return tokens.NStringText() is { } one ? [one] : [];
        }

        tokens.Take((byte)'(');
        var languages = new List<string>(1);
        while (!tokens.TryTake((byte)')'))
        {
            if (tokens.Peek() == (byte)'(')
            {
                tokens.SkipValue();
            }
            else if (tokens.NStringText() is { } language)
            {
                languages.Add(language);
            }
        }

        return languages;
    }

    public static string? Optional(ref ImapTokens tokens)
    {
        if (tokens.Peek() == (byte)')')
        {
            return null;
        }

        if (tokens.Peek() == (byte)'(')
        {
            tokens.SkipValue();
            return null;
        }

        return tokens.NStringText();
    }

    /// <summary>A string or NIL that ends where a value may end; else the reading by position is to decide.</summary>
    public static string? Strict(ref ImapTokens tokens)
    {
        var value = tokens.NStringText();
        if (tokens.Rest.Length > 0 && tokens.Rest[0] is not ((byte)' ' or (byte)')' or (byte)'('))
        {
            tokens.Fail("a space expected");
        }

        return value;
    }

    public static void SkipExtensions(ref ImapTokens tokens)
    {
        while (!tokens.TryTake((byte)')'))
        {
            tokens.SkipValue();
        }
    }

    private static string? Lower(string? text) => text is null ? null : ImapWords.Lower(text);
}
