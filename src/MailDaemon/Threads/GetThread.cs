using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Threads;

/// <summary>One conversation.</summary>
internal static class GetThread
{
    [EndpointSummary("Read a conversation")]
    [EndpointDescription("Its messages from all folders, oldest first, at most 500, with their bodies if asked for. An id from before two conversations became one still works.")]
    [Tags("Threads")]
    [Fails(404)]
    public static Envelope<Response> Handle(Input<Request> input, MailReading reading)
    {
        var request = input.Value;
        var messages = reading.Thread(reading.Accounts(request.Provider, request.Email), request.ThreadId, request.Body);
        return Envelope.Success(new Response(messages[^1].ThreadId, messages[^1].Provider, messages[^1].Email, messages[0].Subject, messages.Count, messages.Count(m => !m.IsRead), messages), request.Selected(ApiJson.Default.MessageItem));
    }

    public sealed record Request : BodyRequest
    {
        [Description("The threadId of any of its messages"), Example("t_a5d41402abc4b2a76b9719d911017c592"), Required]
        public required string ThreadId { get; init; }

        [Description("Only in accounts of this provider"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only in this account"), Example("me@example.com")]
        public string? Email { get; init; }
    }

    public sealed record Response(
        string ThreadId, string Provider, string Email, string Subject, int MessageCount, int UnreadCount, IReadOnlyList<MessageItem> Messages)
    {
        [Description("Keys of the messages whose bodies were cut"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Cut => MessagePage.CutOf(Messages);
    }
}
