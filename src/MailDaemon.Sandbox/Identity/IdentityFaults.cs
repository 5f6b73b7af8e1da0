using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Identity;

/// <summary>What can be made to go wrong with the identity platform while it runs. Requests are named as in <see cref="IdentityRequest.Endpoint"/>; <c>*</c> is all.</summary>
public sealed class IdentityFaults : HttpFaults<IdentityError>
{
    /// <summary>Nothing is carried out, and this is answered with status 200, as networks of hotels do with HTML.</summary>
    public FaultTable<string> Text { get; } = new();

    /// <summary>Whoever signs in consents with this address in place of the one on the page; null for the one on the page.</summary>
    public string? ConsentsAs { get; set; }

    /// <summary>Scopes that are not given though the user consented, as an administrator can see to it.</summary>
    public IReadOnlyList<string> WithheldScopes { get; set; } = [];

    public override void Reset()
    {
        base.Reset();
        Text.DisarmAll();
        ConsentsAs = null;
        WithheldScopes = [];
    }
}
