namespace MailDaemon.Tests.Peers;

/// <summary>
/// One Dovecot and, as root, one Postfix for all tests of a collection, so that each test costs only its own user:
/// <c>[Collection(MailPeers.Collection)]</c> and <see cref="NewUser"/>. A test that stops or reconfigures a server starts its own.
/// </summary>
public sealed class MailPeers : IAsyncLifetime
{
    public const string Collection = "mail peers";

    private DovecotServer? _dovecot;
    private PostfixServer? _postfix;
    private int _users;

    public DovecotServer Dovecot => _dovecot ?? throw new InvalidOperationException(PeerSoftware.Missing(Peer.Dovecot));

    public PostfixServer Postfix => _postfix ?? throw new InvalidOperationException(PeerSoftware.Missing(Peer.Dovecot, Peer.Postfix));

    /// <summary>A user no other test has, with empty folders.</summary>
    public MailUser NewUser() => Dovecot.AddUser($"user{Interlocked.Increment(ref _users)}");

    /// <summary>curl as this user.</summary>
    public CurlMail Curl(MailUser user) => new(Dovecot.CaPemPath, user);

    public async Task InitializeAsync()
    {
        if (PeerSoftware.Missing(Peer.Dovecot) is not null) return;
        _dovecot = await DovecotServer.StartAsync();
        if (PeerSoftware.Missing(Peer.Postfix) is null) _postfix = await PostfixServer.StartAsync(_dovecot);
    }

    public async Task DisposeAsync()
    {
        if (_postfix is not null) await _postfix.DisposeAsync();
        if (_dovecot is not null) await _dovecot.DisposeAsync();
    }
}

[CollectionDefinition(MailPeers.Collection)]
public sealed class MailPeersCollection : ICollectionFixture<MailPeers>;
