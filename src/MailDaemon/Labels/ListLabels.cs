using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>All labels.</summary>
internal static class ListLabels
{
    [EndpointSummary("List labels")]
    [EndpointDescription("Those of an account with the global ones, or of all accounts. system ones are what every account has.")]
    [Tags("Labels")]
    [Fails(401, 404)]
    public static Envelope<IReadOnlyList<LabelAnswer>> Handle(Input<Request> input, MailReading reading, MailLabels labels)
    {
        var request = input.Value;
        var accounts = reading.Accounts(request.Provider, request.Email);
        var all = request.Email is null && request.Provider is null ? labels.All(null) : [.. accounts.SelectMany(a => labels.All(a.Key)).DistinctBy(l => l.Id, StringComparer.Ordinal)];
        return Envelope.Success<IReadOnlyList<LabelAnswer>>([.. all.Select(label => LabelAnswer.Of(label, labels))]);
    }

    public sealed record Request
    {
        [Description("Only accounts of this provider"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only this account"), Example("me@example.com")]
        public string? Email { get; init; }
    }
}
