using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Messages;

/// <summary>Names one message: by its key alone, or by account, id and (IMAP) folder.</summary>
public record MessageRequest
{
    [Description("The message's key (m_…), or its id: imap:<uid> or the bare uid for IMAP, the native id for Gmail and Outlook"), Example("imap:4711"), Required, OrNumber, Alias("messageId", "key", "uid"), FromQuery]
    public required string Id { get; init; }

    [Description("The account's address; not needed with a key"), Example("me@example.com"), FromQuery]
    public string? Email { get; init; }

    [Description("IMAP: the folder the uid belongs to, by path or role; INBOX when left out, as long as no other folder has a mail of this uid. Not needed with a key"), Alias("folderPath"), Example("INBOX"), FromQuery]
    public string? Folder { get; init; }

    internal FoundMessage Find(MessageLookup lookup, RouteProvider p) => lookup.Message(new MessageAddress(p.Kind, Id, Email, Folder));
}
