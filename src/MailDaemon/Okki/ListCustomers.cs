using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Customers in the mirror.</summary>
internal static class ListCustomers
{
    [EndpointSummary("List customers")]
    [EndpointDescription("Of the mirror: those whose name, homepage or contacts hold q; all without it.")]
    [Tags("OKKI")]
    [Fails]
    public static Envelope<Response> Handle(Input<Request> input, CustomerStore customers)
    {
        var request = input.Value;
        var (found, total) = customers.Search(request.Q, request.Offset, request.Limit);
        return Envelope.Success(new Response(found, total, request.Offset, request.Limit));
    }

    public sealed record Request : PageRequest
    {
        [Description("What to look for"), StringLength(200), Example("nordlicht")]
        public string Q { get; init; } = "";
    }

    public sealed record Response(IReadOnlyList<CrmCompany> Customers, int Total, int Offset, int Limit);
}
