using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>A label as the API shows it.</summary>
public sealed record LabelAnswer(
    [property: Example("l_5d41402abc4b2a76")] string Id,
    [property: Example("客户")] string Name,
    [property: Description("red, orange, yellow, green, cyan, blue, indigo, purple, pink, grey, or #rrggbb"), Example("blue")] string Color,
    [property: Description("system, account or global"), Example("account")] string Type,
    [property: Description("null for a global one"), Example("imap")] string? Provider,
    [property: Example("me@example.com")] string? Email,
    bool Visible,
    int Order,
    [property: Description("Unread messages that have it")] int UnreadCount,
    [property: Description("What the mail server calls it; null when only this daemon knows it"), Example("&W6JiNw-")] string? Native)
{
    internal static LabelAnswer Of(Label label, MailLabels labels) => new(
        label.Id,
        label.Name,
        label.Color,
        label.Type.ToString().ToLowerInvariant(),
        label.Account?.Provider.Name(),
        label.Account?.Email,
        label.IsVisible,
        label.Order,
        labels.Unread(label),
        label.Native);
}

/// <summary>Names one label.</summary>
public sealed record LabelRequest
{
    [Description("The label's id"), Example("l_5d41402abc4b2a76"), Required]
    public required string LabelId { get; init; }
}

/// <summary>Names the account whose labels are meant, on a route of its provider.</summary>
public sealed record LabelsRequest
{
    [Description("The account's address"), Example("me@example.com"), Required, Microsoft.AspNetCore.Mvc.FromQuery]
    public required string Email { get; init; }
}

/// <summary>Names one message of an account, for its labels.</summary>
public record MailRequest
{
    [Description("gmail, outlook or imap"), Alias("provider"), Example("imap"), Required]
    public required string P { get; init; }

    [Description("The account's address"), Example("me@example.com"), Required]
    public required string Email { get; init; }

    [Description("The message's key (m_…) or id: imap:<uid> or the bare uid for IMAP"), Example("imap:4711"), Required, OrNumber, Alias("messageId", "id", "key", "uid"), Microsoft.AspNetCore.Mvc.FromQuery]
    public required string MailId { get; init; }

    [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX"), Microsoft.AspNetCore.Mvc.FromQuery]
    public string? Folder { get; init; }

    internal FoundMessage Find(MessageLookup lookup) => ProviderKinds.TryParse(P, out var kind)
        ? lookup.Message(new MessageAddress(kind, MailId, Email, Folder))
        : throw RouteProvider.Unknown();
}
