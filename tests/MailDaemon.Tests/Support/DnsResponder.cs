using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Tests.Support;

/// <summary>A name server on loopback that answers MX and SRV questions from a table; what is not in it has no records.</summary>
public sealed class DnsResponder : IAsyncDisposable
{
    private const ushort Mx = 15;
    private const ushort Srv = 33;

    private readonly Dictionary<(string Name, ushort Type), List<byte[]>> _records = [];
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _questions;

    public DnsResponder()
    {
        // One port for both; that of TCP is free, and nobody else is likely to have it for UDP.
        _tcp = new TcpListener(IPAddress.Loopback, 0);
        _tcp.Start();
        Address = (IPEndPoint)_tcp.LocalEndpoint;
        _udp.Bind(Address);
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint Address { get; }

    /// <summary>Questions that came, by UDP and TCP.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Whether answers by UDP say that they were cut off, and hold nothing.</summary>
    public bool IsTruncating { get; set; }

    /// <summary>What is sent by UDP instead of an answer, with the question's id put in front; null for an answer.</summary>
    public byte[]? Garbage { get; set; }

    public DnsResponder AddMx(string domain, ushort priority, string host) => Add(domain, Mx, [.. Number(priority), .. Name(host)]);

    public DnsResponder AddSrv(string service, ushort priority, ushort weight, ushort port, string host) =>
        Add(service, Srv, [.. Number(priority), .. Number(weight), .. Number(port), .. Name(host)]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];

    private DnsResponder Add(string name, ushort type, byte[] data)
    {
        if (!_records.TryGetValue((name, type), out var list))
            _records[(name, type)] = list = [];
        list.Add(data);
        return this;
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                var question = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var asked = buffer[..question.ReceivedBytes];
                var answer = Garbage is { } garbage ? [.. asked[..2], .. garbage] : Answer(asked, IsTruncating);
                await _udp.SendToAsync(answer, question.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _stop.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question, _stop.Token);
                var answer = Answer(question, isTruncated: false);
                await stream.WriteAsync((byte[])[.. Number((ushort)answer.Length), .. answer], _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private byte[] Answer(byte[] question, bool isTruncated)
    {
        Interlocked.Increment(ref _questions);
        var labels = new List<string>();
        var at = 12;
        for (; question[at] != 0; at += question[at] + 1)
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
        var found = isTruncated ? [] : _records.GetValueOrDefault((string.Join('.', labels), type), []);
        return
        [
            .. question[..2], (byte)(isTruncated ? 0x83 : 0x81), 0x80, 0, 1, .. Number((ushort)found.Count), 0, 0, 0, 0, .. question[12..(at + 5)],
            .. found.SelectMany(data => (byte[])[0xC0, 12, .. Number(type), 0, 1, 0, 0, 0, 60, .. Number((ushort)data.Length), .. data]),
        ];
    }
}
