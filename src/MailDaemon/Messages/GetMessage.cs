using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Messages;

/// <summary>One message with what it says.</summary>
internal static class GetMessage
{
    [EndpointSummary("Read a message")]
    [EndpointDescription("The list item with bodies, recipients, headers of interest and the list of attachments. Reading does not mark it as read.")]
    [Tags("Messages")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<MessageDetail>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, MailReading reading, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Success(await reading.DetailAsync(request.Find(lookup, p), new BodyOptions(request.BodyFormat, request.BodyMaxLength, request.StripQuotes), ct), FieldSelection.Of(request.Fields, ApiJson.Default.MessageDetail, isPage: false));
    }

    public sealed record Request : MessageRequest
    {
        [Description("The body as none, text, markdown or html; left out: html where the mail has it, else text"), Example("text"), FromQuery]
        public BodyFormat? BodyFormat { get; init; }

        [Description("At most so many characters of body and text; isTruncated says that there was more"), Range(1, 10_000_000), Example("100000"), FromQuery]
        public int? BodyMaxLength { get; init; }

        [Description("Leave quoted history and the signature out of body and text; isStripped says that something was. What is forwarded stays, and so does all that words of one's own follow"), Example("false"), FromQuery]
        public bool StripQuotes { get; init; }

        [Description("Only these members, with commas between; of a member's members with a dot. Left out: all"), StringLength(2000), NotCalled("select", "properties"), Example("subject,from.address,text"), FromQuery]
        public string? Fields { get; init; }
    }
}
