using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace MailDaemon.Hosting;

/// <summary>
/// Listeners that hand on the connections of this user alone. Another user's is closed as it is accepted: before TLS, and before anything
/// counts it, so that however many there are they take no place of ours.
/// </summary>
internal sealed class OwnUserListeners(IOptions<SocketTransportOptions> options, PeerOwner peers, ILoggerFactory logs) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory sockets = new(options, logs);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken), peers);

    private sealed class Listener(IConnectionListener inner, PeerOwner peers) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (peers.Note(connection))
                    return connection;
                connection.Abort(new ConnectionAbortedException("The connection is another user's"));
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
