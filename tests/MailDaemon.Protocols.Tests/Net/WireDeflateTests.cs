using System.IO.Compression;
using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

public sealed class WireDeflateTests
{
    [Fact]
    public async Task Both_directions_are_compressed_after_the_switch()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.ExpectAsync("A1 COMPRESS DEFLATE");
            await peer.SendAsync("A1 OK");
            await PlayCompressedAsync(peer);
        });
        await using var wire = await WireStream.ConnectAsync(server.Endpoint(), new WireOptions(), default);

        await SendAsync(wire, "A1 COMPRESS DEFLATE\r\n");
        await wire.ReadLineAsync(default);
        wire.UpgradeToDeflate();
        await SendAsync(wire, "A2 NOOP\r\n");
        Encoding.ASCII.GetString((await wire.ReadLineAsync(default)).Span).ShouldBe("A2 OK of 5000: " + new string('z', 5000));
        await SendAsync(wire, "A3 LOGOUT\r\n");
        Encoding.ASCII.GetString((await wire.ReadLineAsync(default)).Span).ShouldBe("A3 OK");

        await server.PlayedAsync();
    }

    [Fact]
    public async Task Compressed_bytes_that_came_with_the_reply_are_not_lost()
    {
        var compressed = new MemoryStream();
        await using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await deflate.WriteAsync("* 1 EXISTS\r\n"u8.ToArray());
        }

        byte[] sent = [.. "A1 OK\r\n"u8, .. compressed.ToArray()];
        await using var wire = new WireStream(new BufferStream(sent), new WireEndpoint("x", 1, WireSecurity.None), new WireOptions());

        await wire.ReadLineAsync(default);
        wire.HasBufferedInput.ShouldBeTrue();
        wire.UpgradeToDeflate();

        Encoding.ASCII.GetString((await wire.ReadLineAsync(default)).Span).ShouldBe("* 1 EXISTS");
    }

    [Fact]
    public async Task What_cannot_be_decompressed_is_malformed()
    {
        await using var wire = new WireStream(
            new BufferStream([.. "A1 OK\r\n"u8, 0xFF, 0xFF, 0xFF, 0xFF]), new WireEndpoint("x", 1, WireSecurity.None), new WireOptions());
        await wire.ReadLineAsync(default);
        wire.UpgradeToDeflate();

        (await WireStreamTests.FaultAsync(() => wire.ReadLineAsync(default).AsTask())).ShouldBe(WireFault.Malformed);
    }

    private static async Task PlayCompressedAsync(ScriptedPeer peer)
    {
        var raw = peer.Stream;
        await using var inflater = new DeflateStream(raw, CompressionMode.Decompress, leaveOpen: true);
        await using var deflater = new DeflateStream(raw, CompressionLevel.Fastest, leaveOpen: true);
        peer.Stream = inflater;
        await peer.ExpectAsync("A2 NOOP");
        await deflater.WriteAsync(Encoding.ASCII.GetBytes("A2 OK of 5000: " + new string('z', 5000) + "\r\n"));
        await deflater.FlushAsync();
        await peer.ExpectAsync("A3 LOGOUT");
        await deflater.WriteAsync("A3 OK\r\n"u8.ToArray());
        await deflater.FlushAsync();
    }

    private static async Task SendAsync(WireStream wire, string text)
    {
        await wire.WriteAsync(Encoding.ASCII.GetBytes(text), default);
        await wire.FlushAsync(default);
    }
}
