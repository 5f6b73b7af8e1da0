using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>One message with what it says.</summary>
internal static class GetMessage
{
    [EndpointSummary("Read a message")]
    [EndpointDescription("The list item with bodies, recipients, headers of interest and the list of attachments. Reading does not mark it as read.")]
    [Tags("Messages")]
    [Fails(401, 404)]
    public static Envelope<MessageDetail> Handle(RouteProvider p, Input<MessageRequest> input, MessageLookup lookup)
    {
        var found = input.Value.Find(lookup, p);
        return Envelope.Success(found.Cache.ReadDetail(found.Message.Key) ?? throw MessageLookup.NotFound(input.Value.Id));
    }
}
