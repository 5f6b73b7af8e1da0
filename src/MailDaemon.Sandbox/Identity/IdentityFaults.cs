using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Identity;

/// <summary>What can be made to go wrong with the identity platform while it runs. Requests are named as in <see cref="IdentityRequest.Endpoint"/>; <c>*</c> is all.</summary>
public sealed class IdentityFaults
{
    /// <summary>The request waits before it is carried out, by the clock of the server.</summary>
    public FaultTable<TimeSpan> Delay { get; } = new();

    /// <summary>The connection is cut and nothing is carried out.</summary>
    public FaultTable<bool> DropBefore { get; } = new();

    /// <summary>The request is carried out and the connection cut before the answer: tokens were given and nobody has them.</summary>
    public FaultTable<bool> DropAfter { get; } = new();

    /// <summary>Nothing is carried out, and this error is answered.</summary>
    public FaultTable<IdentityError> Error { get; } = new();

    /// <summary>Nothing is carried out, and this is answered with status 200, as networks of hotels do with HTML.</summary>
    public FaultTable<string> Text { get; } = new();

    /// <summary>Whoever signs in consents with this address in place of the one on the page; null for the one on the page.</summary>
    public string? ConsentsAs { get; set; }

    /// <summary>Scopes that are not given though the user consented, as an administrator can see to it.</summary>
    public IReadOnlyList<string> WithheldScopes { get; set; } = [];

    public void Reset()
    {
        Delay.DisarmAll();
        DropBefore.DisarmAll();
        DropAfter.DisarmAll();
        Error.DisarmAll();
        Text.DisarmAll();
        ConsentsAs = null;
        WithheldScopes = [];
    }
}
