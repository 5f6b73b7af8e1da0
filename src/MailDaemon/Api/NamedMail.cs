using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>Names a message in a body.</summary>
public record NamedMail
{
    [Description("The message's key (m_…), or its id with provider and email: imap:<uid> or the bare uid for IMAP"), Alias("messageId", "key", "id", "uid"), OrNumber, Example("m_5d41402abc4b2a76"), Required]
    public required string MailId { get; init; }

    [Description("The account's provider; not needed with a key"), Example("imap")]
    public ProviderKind? Provider { get; init; }

    [Description("The account's address; not needed with a key"), Example("me@example.com")]
    public string? Email { get; init; }

    [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
    public string? Folder { get; init; }

    internal FoundMessage Find(MessageLookup lookup) => lookup.Message(new MessageAddress(Provider, MailId, Email, Folder));
}
