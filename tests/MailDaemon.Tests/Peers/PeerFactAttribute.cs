namespace MailDaemon.Tests.Peers;

/// <summary>A test that needs real peers (Dovecot when none is named); it is skipped with a word where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params Peer[] needs) => Skip = PeerSoftware.Missing(needs.Length == 0 ? [Peer.Dovecot] : needs);
}

/// <summary>A table of tests that needs real peers (Dovecot when none is named).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(params Peer[] needs) => Skip = PeerSoftware.Missing(needs.Length == 0 ? [Peer.Dovecot] : needs);
}
