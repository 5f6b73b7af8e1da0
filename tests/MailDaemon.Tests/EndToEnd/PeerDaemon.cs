using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>One daemon for all tests of a class, beside the shared Dovecot and Postfix. It syncs when an account is added and when it is told to.</summary>
public sealed class PeerDaemon(MailPeers peers) : IAsyncLifetime
{
    private DaemonApp? _app;

    public DaemonApp App => _app ?? throw new InvalidOperationException(PeerSoftware.Missing(Peer.Dovecot));

    /// <summary>For accounts that only receive.</summary>
    internal MailApi Api => new(App.Client, peers.Dovecot);

    /// <summary>For accounts that send too.</summary>
    internal MailApi SendingApi => new(App.Client, peers.Dovecot, peers.Postfix);

    public async Task InitializeAsync()
    {
        if (PeerSoftware.Missing(Peer.Dovecot) is null)
            _app = await DaemonApp.StartAsync(settings: MailApi.Settings(peers.Dovecot));
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }
}
