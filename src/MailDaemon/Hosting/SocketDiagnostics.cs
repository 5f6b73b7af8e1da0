using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MailDaemon.Hosting;

/// <summary>
/// Asks the Linux kernel for one TCP socket by its two ends (sock_diag(7), inet_diag), which costs the same however many there are.
/// Thread-safe.
/// </summary>
internal static class SocketDiagnostics
{
    private const int NetlinkFamily = 16;
    private const int DatagramCloseOnExec = 2 | 0x80000;
    private const int SocketDiagnosticsProtocol = 4;
    private const int SocketLevel = 1;
    private const int ReceiveTimeoutOption = 20;

    private const int HeaderBytes = 16;
    private const int RequestBytes = HeaderBytes + 56;
    private const ushort ByFamily = 20;
    private const ushort IsRequest = 1;

    // In the reply: header, then family, state, timer, retransmissions, then the ends as in the request, then the rest.
    private const int ReplyPeerPortAt = HeaderBytes + 4;
    private const int ReplyLocalPortAt = HeaderBytes + 6;
    private const int ReplyUserAt = HeaderBytes + 64;
    private const int ReplyInodeAt = HeaderBytes + 68;
    private const int ReplyBytes = HeaderBytes + 72;

    /// <summary>The owner of the socket that is bound to <paramref name="peer"/> and connected to <paramref name="local"/>; null when no process holds one.</summary>
    public static uint? UserOf(IPEndPoint peer, IPEndPoint local)
    {
        var file = OpenSocket(NetlinkFamily, DatagramCloseOnExec, SocketDiagnosticsProtocol);
        if (file < 0)
            return null;
        try
        {
            // The kernel answers within the call; the limit is for a kernel that does not.
            long[] second = [1, 0];
            _ = SetOption(file, SocketLevel, ReceiveTimeoutOption, second, 2 * sizeof(long));
            var request = Request(peer, local);
            var reply = new byte[4096];
            if (Send(file, request, request.Length, 0) != request.Length)
                return null;
            var length = (int)Receive(file, reply, reply.Length, 0);
            return length > 0 ? UserIn(reply.AsSpan(0, length), peer.Port, local.Port) : null;
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>The owner in a reply; null when it is an error, another socket, or one that its process has let go of (inode 0).</summary>
    internal static uint? UserIn(ReadOnlySpan<byte> reply, int peerPort, int localPort)
    {
        var isSocket = reply.Length >= ReplyBytes
            && MemoryMarshal.Read<ushort>(reply[4..]) == ByFamily
            && BinaryPrimitives.ReadUInt16BigEndian(reply[ReplyPeerPortAt..]) == peerPort
            && BinaryPrimitives.ReadUInt16BigEndian(reply[ReplyLocalPortAt..]) == localPort
            && MemoryMarshal.Read<uint>(reply[ReplyInodeAt..]) != 0;
        return isSocket ? MemoryMarshal.Read<uint>(reply[ReplyUserAt..]) : null;
    }

    // nlmsghdr, then inet_diag_req_v2: numbers in the machine's byte order, ports and addresses in that of the network.
    private static byte[] Request(IPEndPoint peer, IPEndPoint local)
    {
        var request = new byte[RequestBytes];
        var span = request.AsSpan();
        MemoryMarshal.Write(span, (uint)RequestBytes);
        MemoryMarshal.Write(span[4..], ByFamily);
        MemoryMarshal.Write(span[6..], IsRequest);
        var body = span[HeaderBytes..];
        body[0] = (byte)(peer.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2);
        body[1] = (byte)ProtocolType.Tcp;
        MemoryMarshal.Write(body[4..], uint.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], (ushort)peer.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], (ushort)local.Port);
        peer.Address.TryWriteBytes(body[12..], out _);
        local.Address.TryWriteBytes(body[28..], out _);
        body[48..].Fill(0xFF);
        return request;
    }

    [DllImport("libc", EntryPoint = "socket")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenSocket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "setsockopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int file, int level, int option, long[] value, int length);

    [DllImport("libc", EntryPoint = "send")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Send(int file, byte[] buffer, nint length, int flags);

    [DllImport("libc", EntryPoint = "recv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Receive(int file, [Out] byte[] buffer, nint length, int flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
