using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Reads the customers into the mirror.</summary>
internal static class SyncCustomers
{
    [EndpointSummary("Read the CRM's customers")]
    [EndpointDescription("Begins, goes on with what was broken off, or joins what runs; GET of the same address says how far it is. About two customers a second, because each is asked for by itself; later only those that changed.")]
    [Tags("OKKI")]
    [Replies(202)]
    [Fails(409)]
    public static Envelope<MirrorView> Handle(Input<Request> input, CustomerMirror mirror, CustomerStore customers)
    {
        mirror.Begin(input.Value.All);
        return Envelope.Accepted(MirrorView.Of(mirror, customers));
    }

    public sealed record Request
    {
        [Description("All of them from the beginning; else what is due"), Example("false")]
        public bool All { get; init; }
    }
}
