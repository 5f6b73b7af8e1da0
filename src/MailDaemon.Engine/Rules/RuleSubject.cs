using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>What a message has in one field: as written in compatible forms, and folded.</summary>
internal sealed record FieldValues(string[] Plain, string[] Folded)
{
    public static FieldValues Of(IEnumerable<string> values)
    {
        var plain = values.Where(value => value.Length > 0).Select(RuleText.Normalize).ToArray();
        return new FieldValues(plain, Array.ConvertAll(plain, value => value.ToLowerInvariant()));
    }
}

/// <summary>A message as rules see it. What many rules ask for is made ready once. One caller at a time.</summary>
/// <param name="headers">All fields of the header; null when they were not read, and then no condition on them can be judged.</param>
/// <param name="server">The authserv-id of the account's own server; null when it is not known.</param>
internal sealed class RuleSubject(MessageDetail message, IReadOnlyList<HeaderLine>? headers = null, string? server = null)
{
    private readonly Dictionary<string, FieldValues> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> addresses = new(StringComparer.Ordinal);

    public MessageDetail Message => message;

    public bool HasHeaders => headers is not null;

    /// <summary>What a field of text or addresses holds; empty when the message has none.</summary>
    public FieldValues Values(string field)
    {
        if (!values.TryGetValue(field, out var known))
            values[field] = known = FieldValues.Of(Read(field));
        return known;
    }

    /// <summary>The addresses alone of a field of addresses, as they are but for case.</summary>
    public string[] AddressesOf(string field)
    {
        if (!addresses.TryGetValue(field, out var known))
            addresses[field] = known = [.. Addresses(field).Select(address => RuleText.FoldCase(address.Address)).Where(address => address.Length > 0)];
        return known;
    }

    /// <summary>The domains of a field of addresses.</summary>
    public IEnumerable<string> Domains(string field) => Addresses(field)
        .Select(address => address.Address[(address.Address.LastIndexOf('@') + 1)..])
        .Where(domain => domain.Length > 0)
        .Select(RuleText.Domain);

    private IEnumerable<string> Read(string field) => field switch
    {
        "subject" => [message.Subject],
        "body" => [message.Text is { Length: > RuleRegex.MostInput } text ? text[..RuleRegex.MostInput] : message.Text ?? ""],
        "attachment_name" => message.Attachments.Select(attachment => attachment.Filename),
        "folder" => [message.FolderPath, message.Folder],
        "list_id" => [message.Headers.ListId ?? ""],
        "dmarc" => [message.Authentication?.Dmarc ?? ""],
        _ when field.StartsWith(RuleWords.HeaderPrefix, StringComparison.Ordinal) => Header(field[RuleWords.HeaderPrefix.Length..]),
        _ => Addresses(field).SelectMany(address => address.Name.Length == 0 ? [address.Address] : new[] { $"{address.Name} <{address.Address}>", address.Address, address.Name }),
    };

    private IEnumerable<EmailAddress> Addresses(string field) => field switch
    {
        "from" => [message.From],
        "to" => message.To,
        "cc" => message.Cc,
        _ => message.To.Concat(message.Cc).Concat(message.Bcc),
    };

    private IEnumerable<string> Header(string name)
    {
        var lines = (headers ?? throw new InvalidOperationException("The header was not read."))
            .Where(line => string.Equals(line.Name, name, StringComparison.OrdinalIgnoreCase))
            .Select(line => line.Value);

        // Whoever sends a mail can put such fields into it: that of the account's own server is the topmost one under its name.
        return string.Equals(name, AuthenticationResults.Field, StringComparison.OrdinalIgnoreCase)
            ? lines.Where(value => server is not null && AuthenticationResults.IsSame(AuthenticationResults.ServerOf(value), server)).Take(1)
            : lines;
    }
}
