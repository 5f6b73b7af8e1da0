using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Sending;

/// <summary>Names one draft.</summary>
public record DraftRequest
{
    [Description("The draft's key (m_…), or its id: imap:<uid> or the bare uid for IMAP"), Example("imap:12"), Required, OrNumber, FromQuery]
    public required string Id { get; init; }

    [Description("The account's address; not needed with a key"), Example("me@example.com"), FromQuery]
    public string? Email { get; init; }

    internal FoundMessage Find(MessageLookup lookup, RouteProvider p)
    {
        var found = lookup.Message(new MessageAddress(p.Kind, Id, Email, FolderRole.Drafts.Name()));
        return found.Message.Role == FolderRole.Drafts ? found : throw MailException.Conflict("not_a_draft", "This message is not in the drafts folder.");
    }
}
