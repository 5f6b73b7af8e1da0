using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Labels;

/// <summary>Changes a label.</summary>
internal static class UpdateLabel
{
    [EndpointSummary("Change a label")]
    [EndpointDescription("What is left out stays. On an IMAP server it keeps its keyword. Outlook cannot rename a category: with another name a new one is made there, its messages get it, and the old one is deleted. System labels: 409.")]
    [Tags("Labels")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<LabelAnswer>> HandleAsync(Input<Request> input, MailLabels labels, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Success(LabelAnswer.Of(
            await labels.UpdateAsync(request.LabelId, new LabelChange(request.Name, request.Color, request.Visible, request.Order), ct), labels));
    }

    public sealed record Request
    {
        [Description("The label's id"), Example("l_5d41402abc4b2a76"), Required]
        public required string LabelId { get; init; }

        [Description("Its new name"), Example("重要客户")]
        public string? Name { get; init; }

        [Description("Its new colour"), Example("red")]
        public string? Color { get; init; }

        [Description("Its place among the labels"), Range(0, 1_000_000), Example("1")]
        public int? Order { get; init; }

        [Description("Whether it is to be shown in lists of labels"), Example("true")]
        public bool? Visible { get; init; }
    }
}
