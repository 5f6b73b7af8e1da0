using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>The messages that have a label.</summary>
internal static class ListLabelMails
{
    [EndpointSummary("List a label's messages")]
    [EndpointDescription("Newest first, from the cache: their ids and keys, and with expand=true the items. An IMAP id is valid within its folder, which mails names; a key needs none.")]
    [Tags("Labels")]
    [Fails(401, 404)]
    public static Envelope<Response> Handle(Input<Request> input, MailReading reading, MailLabels labels)
    {
        var request = input.Value;
        var label = labels.Get(request.LabelId);
        if ((request.Provider is null) != (request.Email is null))
            throw MailException.InvalidInput("missing_parameter", "provider and email name an account together");
        var accounts = reading.Accounts(request.Provider, request.Email);
        var page = reading.List(accounts, new MessageQuery { Offset = request.Offset, Limit = request.Limit }, BodyOptions.None, new ListFilter(Label: label.Id));
        return Envelope.Success(new Response(
            [.. page.Messages.Select(m => m.Id)], [.. page.Messages.Select(m => m.Key)], page.Total, request.Offset, request.Limit)
        {
            Mails = [.. page.Messages.Select(LabelledMail.Of)],
            Messages = request.Expand ? page.Messages : null,
        }, FieldSelection.Of(request.Fields, ApiJson.Default.MessageItem, isPage: true));
    }

    public sealed record Request
    {
        [Description("The label's id"), Example("l_5d41402abc4b2a76"), Required]
        public required string LabelId { get; init; }

        [Description("With email: only this account's"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("With provider: only this account's"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("Messages to leave out"), Range(0, int.MaxValue)]
        public int Offset { get; init; }

        [Description("Messages to list"), Range(1, MessageQuery.MostItems)]
        public int Limit { get; init; } = 50;

        [Description("true: the items too"), Example("false")]
        public bool Expand { get; init; }

        [Description("With expand: only these members of each item, with commas between; of a member's members with a dot. Left out: all"), StringLength(2000), Example("key,subject,from.address")]
        public string? Fields { get; init; }
    }

    public sealed record Response(IReadOnlyList<string> MailIds, IReadOnlyList<string> Keys, int Total, int Offset, int Limit)
    {
        [Description("Each id with its key and the folder that it is valid in")]
        public required IReadOnlyList<LabelledMail> Mails { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<MessageItem>? Messages { get; init; }
    }

    /// <summary>Where a message is.</summary>
    public sealed record LabelledMail(
        [property: Example("imap:4711")] string Id,
        [property: Example("m_5d41402abc4b2a76")] string Key,
        [property: Example("imap")] string Provider,
        [property: Example("me@example.com")] string Email,
        [property: Example("inbox")] string Folder,
        [property: Example("INBOX")] string FolderPath)
    {
        internal static LabelledMail Of(MessageItem item) => new(item.Id, item.Key, item.Provider, item.Email, item.Folder, item.FolderPath);
    }
}
