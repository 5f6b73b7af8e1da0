using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Answers a request for a record: 202 while it waits for the CRM.</summary>
internal static class TrailAnswer
{
    public static Envelope<TrailView> Of(Trail trail, bool wasThere, int? alsoAssigned = null)
    {
        var view = TrailView.Of(trail, wasThere) with { AlsoAssigned = alsoAssigned };
        return trail.IsOpen ? Envelope.Accepted(view) : Envelope.Success(view);
    }
}
