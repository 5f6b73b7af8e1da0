using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>Creates a label.</summary>
internal static class CreateLabel
{
    [EndpointSummary("Create a label")]
    [EndpointDescription("Of one account: on its server where that takes it (a keyword for IMAP), so that other mail programs see it. Without provider and email: of all accounts, known to this daemon alone.")]
    [Tags("Labels")]
    [Replies(201)]
    [Fails(401, 409, 502, 503, 504)]
    public static async Task<Envelope<LabelAnswer>> HandleAsync(Input<Request> input, MessageLookup lookup, MailLabels labels, CancellationToken ct)
    {
        var request = input.Value;
        if ((request.Provider is null) != (request.Email is null))
            throw MailException.InvalidInput("missing_parameter", "provider and email name an account together; without both the label is for all accounts");
        var account = request.Provider is { } provider ? lookup.Account(provider, request.Email!) : null;
        return Envelope.Created(LabelAnswer.Of(await labels.CreateAsync(request.Name, request.Color, request.Visible, account, ct), labels));
    }

    public sealed record Request
    {
        [Description("Its name, in any language"), Example("客户"), Required]
        public required string Name { get; init; }

        [Description("red, orange, yellow, green, cyan, blue, indigo, purple, pink, grey, or #rrggbb"), Example("blue")]
        public string Color { get; init; } = LabelRules.DefaultColor;

        [Description("With email: the account it belongs to"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("With provider: the account it belongs to"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("Whether it is to be shown in lists of labels"), Example("true")]
        public bool Visible { get; init; } = true;
    }
}
