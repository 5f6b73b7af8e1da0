using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace MailDaemon.Hosting;

/// <summary>
/// Which user of this machine is at the other end of a loopback connection. Linux tells it by <see cref="SocketDiagnostics"/>, and where
/// that is not to be had in <c>/proc/net/tcp</c> and <c>tcp6</c> (proc_net_tcp, kernel documentation), which have a line for each
/// socket of the machine; elsewhere nobody is told apart.
/// </summary>
internal sealed class PeerOwner
{
    private static readonly object key = typeof(PeerOwner);

    private readonly uint? own = OperatingSystem.IsLinux() ? OwnUid(File.ReadAllText("/proc/self/status")) : null;
    private readonly Lazy<bool> canAsk;

    public PeerOwner() => canAsk = new Lazy<bool>(CanAsk);

    /// <summary>Whether the cost of a look does not grow with the sockets of the machine.</summary>
    internal bool IsCheap => canAsk.Value;

    /// <summary>Looks once, when the connection is made, and notes it down for the guard; whether it is one of this user's.</summary>
    public bool Note(ConnectionContext connection)
    {
        var isOurs = own is null || (connection is { RemoteEndPoint: IPEndPoint peer, LocalEndPoint: IPEndPoint local } && IsOurs(peer, local));
        connection.Items[key] = isOurs;
        return isOurs;
    }

    /// <summary>Whether the process at the other end of a connection is one of this user's.</summary>
    public bool IsOurs(IPEndPoint peer, IPEndPoint local) => own is null || UidOf(peer, local) == own;

    /// <summary>Whether the connection was noted as one of this user's.</summary>
    public static bool IsOurs(IDictionary<object, object?>? connectionItems) =>
        connectionItems is not null && connectionItems.TryGetValue(key, out var noted) && noted is true;

    /// <summary>The effective uid in the text of <c>/proc/self/status</c>: real, effective, saved, file system.</summary>
    internal static uint OwnUid(string status)
    {
        var line = status.Split('\n').First(l => l.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
    }

    /// <summary>The owner of the socket whose local end is <paramref name="peer"/>; null when the table has no such socket that is still held by a process.</summary>
    internal static uint? UidIn(string table, string peer, string local)
    {
        // sl: local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
        var at = table.IndexOf($" {peer} {local} ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;

        var end = table.IndexOf('\n', at);
        var fields = table[at..(end < 0 ? table.Length : end)].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // A socket that its process has let go of shows uid 0 and inode 0: it belongs to nobody we know.
        var isHeld = fields.Length > 8 && fields[8] != "0";
        return isHeld && uint.TryParse(fields[6], CultureInfo.InvariantCulture, out var uid) ? uid : null;
    }

    /// <summary>An end as the table writes it: each 32-bit word of the address in the machine's byte order, then the port.</summary>
    internal static string Written(IPAddress address, int port)
    {
        var text = new StringBuilder();
        foreach (var word in MemoryMarshal.Cast<byte, uint>(address.GetAddressBytes()))
            text.Append(word.ToString("X8", CultureInfo.InvariantCulture));
        return text.Append(':').Append(port.ToString("X4", CultureInfo.InvariantCulture)).ToString();
    }

    private uint? UidOf(IPEndPoint peer, IPEndPoint local) => canAsk.Value ? SocketDiagnostics.UserOf(peer, local) : UidInTables(peer, local);

    // The kernel gives one answer to "no such socket" and to "nobody here can tell": a socket that is there makes the difference.
    private bool CanAsk()
    {
        if (own is null)
            return false;
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start(1);
            using var client = new TcpClient();
            client.Connect((IPEndPoint)listener.LocalEndpoint);
            return SocketDiagnostics.UserOf((IPEndPoint)client.Client.LocalEndPoint!, (IPEndPoint)listener.LocalEndpoint) == own;
        }
        catch (Exception e) when (e is SocketException or DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static uint? UidInTables(IPEndPoint peer, IPEndPoint local)
    {
        try
        {
            // A client may reach 127.0.0.1 by a socket of either family.
            if (peer.AddressFamily == AddressFamily.InterNetwork
                && Find("/proc/net/tcp", peer, local, a => a) is { } uid)
                return uid;
            return Find("/proc/net/tcp6", peer, local, a => a.MapToIPv6());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static uint? Find(string table, IPEndPoint peer, IPEndPoint local, Func<IPAddress, IPAddress> form) =>
        File.Exists(table)
            ? UidIn(File.ReadAllText(table), Written(form(peer.Address), peer.Port), Written(form(local.Address), local.Port))
            : null;
}
