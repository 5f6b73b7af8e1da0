using System.Net;

namespace MailDaemon.Engine.Net;

/// <summary>Tells connections of this user from those of other users of the machine; the host knows how.</summary>
/// <param name="IsOurs">Takes the other end of a connection on loopback, then this end.</param>
public sealed record LoopbackPeers(Func<IPEndPoint, IPEndPoint, bool> IsOurs)
{
    /// <summary>Where users cannot be told apart.</summary>
    public static LoopbackPeers All { get; } = new((_, _) => true);
}
