using System.Globalization;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>
/// body = "(" (body-type-1part / body-type-mpart) ")". What is not of the grammar is read once more by position of its parts
/// (<see cref="LooseBody"/>), so that one odd part does not cost the others.
/// </summary>
internal static class BodyStructureParser
{
    /// <summary>Reads a structure; null for NIL.</summary>
    public static BodyPart? Read(ref ImapTokens tokens, ImapLimits limits)
    {
        if (tokens.Peek() != (byte)'(')
        {
            return tokens.NStringText() is null ? null : throw new ImapSyntaxException("a body structure expected");
        }

        var budget = limits.MaxParts;
        return Body(ref tokens, string.Empty, isRoot: true, limits, 0, ref budget);
    }

    private static BodyPart Body(ref ImapTokens tokens, string section, bool isRoot, ImapLimits limits, int depth, ref int budget)
    {
        if (depth >= limits.MaxDepth || --budget < 0)
        {
            tokens.Fail("a body structure over the limit");
        }

        var start = tokens.Position;
        var left = budget;
        try
        {
            tokens.Take((byte)'(');
            return tokens.Peek() == (byte)'('
                ? Multipart(ref tokens, section, limits, depth, ref budget)
                : Single(ref tokens, isRoot ? Child(section, 1) : section, limits, depth, ref budget);
        }
        catch (ImapSyntaxException)
        {
            // Once over the limit there is no second reading: it could not end otherwise, and depth times two readings is exponential.
            if (depth > 0 || budget < 0)
            {
                throw;
            }

            tokens.Position = start;
            budget = left;
            return LooseBody.Read(ref tokens, section, limits);
        }
    }

    /// <summary>body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]</summary>
    private static BodyPart Multipart(ref ImapTokens tokens, string section, ImapLimits limits, int depth, ref int budget)
    {
        var children = new List<BodyPart>(2);
        while (tokens.Peek() == (byte)'(')
        {
            children.Add(Body(ref tokens, Child(section, children.Count + 1), isRoot: false, limits, depth + 1, ref budget));
        }

        var subtype = tokens.NStringText() ?? "mixed";
        var parameters = BodyFields.Parameters(ref tokens);
        var (disposition, dispositionParameters) = BodyFields.Disposition(ref tokens);
        var language = BodyFields.Language(ref tokens);
        var location = BodyFields.Optional(ref tokens);
        BodyFields.SkipExtensions(ref tokens);
        return new BodyPart
        {
            Section = section,
            MediaType = MediaType("multipart", subtype),
            Parameters = parameters,
            Disposition = disposition,
            DispositionParameters = dispositionParameters,
            Language = language,
            Location = location,
            Children = children,
        };
    }

    /// <summary>body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]</summary>
    private static BodyPart Single(ref ImapTokens tokens, string section, ImapLimits limits, int depth, ref int budget)
    {
        var type = BodyFields.Strict(ref tokens) ?? string.Empty;
        var subtype = BodyFields.Strict(ref tokens) ?? throw new ImapSyntaxException("a subtype expected");
        var parameters = BodyFields.Parameters(ref tokens);
        var id = BodyFields.Strict(ref tokens);
        var description = BodyFields.Strict(ref tokens);
        var encoding = BodyFields.Strict(ref tokens);
        if (tokens.Peek() is not ((>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'N' or (byte)'n'))
        {
            throw new ImapSyntaxException("a size expected");
        }

        var size = tokens.NumberOrNil() ?? 0;
        Envelope? envelope = null;
        long? lines = null;
        IReadOnlyList<BodyPart> children = [];
        var isMessage = IsMessage(type, subtype);

        // QUIRK: several, message/rfc822 described as any other file, without envelope and structure.
        if (isMessage && tokens.Peek() == (byte)'(')
        {
            envelope = EnvelopeParser.Read(ref tokens, limits);
            children = Embedded(ref tokens, section, limits, depth, ref budget);
            lines = tokens.Peek() == (byte)')' ? null : tokens.NumberOrNil();
        }
        else if (ImapWords.Lower(type) == "text" && tokens.Peek() != (byte)')')
        {
            lines = tokens.NumberOrNil();
        }

        var md5 = BodyFields.Optional(ref tokens);
        var (disposition, dispositionParameters) = BodyFields.Disposition(ref tokens);
        var language = BodyFields.Language(ref tokens);
        var location = BodyFields.Optional(ref tokens);
        BodyFields.SkipExtensions(ref tokens);
        return new BodyPart
        {
            Section = section,
            MediaType = MediaType(type, subtype),
            Parameters = parameters,
            Id = id,
            Description = description,
            Encoding = ImapWords.Lower(encoding ?? "7bit"),
            Size = size,
            Lines = lines,
            Md5 = md5,
            Disposition = disposition,
            DispositionParameters = dispositionParameters,
            Language = language,
            Location = location,
            Envelope = envelope,
            Children = children,
        };
    }

    private static IReadOnlyList<BodyPart> Embedded(ref ImapTokens tokens, string section, ImapLimits limits, int depth, ref int budget)
    {
        if (tokens.Peek() != (byte)'(')
        {
            tokens.SkipValue();
            return [];
        }

        // QUIRK: Dovecot-like, () for the structure of an empty embedded message.
        var start = tokens.Position;
        tokens.Take((byte)'(');
        if (tokens.TryTake((byte)')'))
        {
            return [];
        }

        tokens.Position = start;

        // A multipart inside shares the number of the message; a single part is its part 1 (RFC 9051 §6.4.5.1).
        return [Body(ref tokens, section, isRoot: true, limits, depth + 1, ref budget)];
    }

    internal static bool IsMessage(string type, string subtype) =>
        type.Equals("message", StringComparison.OrdinalIgnoreCase)
        && (subtype.Equals("rfc822", StringComparison.OrdinalIgnoreCase) || subtype.Equals("global", StringComparison.OrdinalIgnoreCase));

    internal static string MediaType(string type, string subtype) => (ImapWords.Lower(type), ImapWords.Lower(subtype)) switch
    {
        ("text", "plain") => "text/plain",
        ("text", "html") => "text/html",
        ("multipart", "mixed") => "multipart/mixed",
        ("multipart", "alternative") => "multipart/alternative",
        ("multipart", "related") => "multipart/related",
        ("", _) or (_, "") => "application/octet-stream",
        var (t, s) => $"{t}/{s}",
    };

    internal static string Child(string section, int number) =>
        section.Length == 0 ? number.ToString(CultureInfo.InvariantCulture) : $"{section}.{number.ToString(CultureInfo.InvariantCulture)}";
}
