using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

public sealed class WireStreamTests
{
    private static readonly WireEndpoint Somewhere = new("mail.example", 143, WireSecurity.None);

    [Fact]
    public async Task Lines_end_at_crlf_or_lf()
    {
        await using var wire = Reading("one\r\ntwo\n\r\n\rthree\r\n");

        (await LineAsync(wire)).ShouldBe("one");
        (await LineAsync(wire)).ShouldBe("two");
        (await LineAsync(wire)).ShouldBe("");
        (await LineAsync(wire)).ShouldBe("\rthree");
    }

    [Fact]
    public async Task Lines_cut_at_every_byte_are_the_same()
    {
        await using var wire = new WireStream(new ByteByByteStream(new BufferStream("a\r\nbc\r\n\r\n"u8.ToArray())), Somewhere, new WireOptions());

        (await LineAsync(wire)).ShouldBe("a");
        (await LineAsync(wire)).ShouldBe("bc");
        (await LineAsync(wire)).ShouldBe("");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Line_over_the_limit_is_refused_and_one_of_the_limit_is_not(bool byteByByte)
    {
        var bytes = new BufferStream(Encoding.ASCII.GetBytes("12345678\r\n123456789\r\n"));
        await using var wire = new WireStream(byteByByte ? new ByteByByteStream(bytes) : bytes, Somewhere, new WireOptions { MaxLineBytes = 9 });

        (await LineAsync(wire)).ShouldBe("12345678");
        (await FaultAsync(() => LineAsync(wire))).ShouldBe(WireFault.LimitExceeded);
    }

    [Fact]
    public async Task Line_of_many_buffers_is_read()
    {
        var text = new string('x', 300_000);
        await using var wire = Reading($"first\r\n{text}\r\nlast\r\n");

        (await LineAsync(wire)).ShouldBe("first");
        (await LineAsync(wire)).ShouldBe(text);
        (await LineAsync(wire)).ShouldBe("last");
    }

    [Fact]
    public async Task Counted_bytes_leave_the_next_line_in_its_place()
    {
        var literal = new string('\n', 70_000);
        await using var wire = Reading($"{{70000}}\r\n{literal}A\r\n{{5}}\r\nhelloB\r\n{{3}}\r\nabcC\r\n");
        var exact = new byte[70_000];
        var copy = new MemoryStream();

        await LineAsync(wire);
        await wire.ReadExactlyAsync(exact, default);
        (await LineAsync(wire)).ShouldBe("A");
        await LineAsync(wire);
        await wire.CopyExactlyAsync(copy, 5, default);
        (await LineAsync(wire)).ShouldBe("B");
        await LineAsync(wire);
        await wire.CopyExactlyAsync(null, 3, default);
        (await LineAsync(wire)).ShouldBe("C");

        exact.ShouldAllBe(b => b == '\n');
        Encoding.ASCII.GetString(copy.ToArray()).ShouldBe("hello");
        wire.BytesReceived.ShouldBe(7 + 2 + 70_000 + 3 + 5 + 8 + 5 + 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("* OK half a li")]
    public async Task End_within_a_line_is_a_closed_connection(string bytes)
    {
        await using var wire = Reading(bytes);

        (await FaultAsync(() => LineAsync(wire))).ShouldBe(WireFault.Closed);
    }

    [Fact]
    public async Task Large_write_arrives_whole_and_in_pieces()
    {
        var bytes = new byte[1_000_000];
        new Random(1).NextBytes(bytes);
        var peer = new BufferStream([]);
        await using var wire = new WireStream(peer, Somewhere, new WireOptions());

        await wire.WriteAsync("head"u8.ToArray(), default);
        await wire.WriteAsync(bytes, default);
        await wire.FlushAsync(default);

        peer.Written.ShouldBe([.. "head"u8, .. bytes]);
        peer.LargestWrite.ShouldBe(65_536);
    }

    [Fact]
    public async Task Nothing_leaves_before_the_flush()
    {
        var peer = new BufferStream([]);
        await using var wire = new WireStream(peer, Somewhere, new WireOptions());

        await wire.WriteAsync("A1 NOOP\r\n"u8.ToArray(), default);

        peer.Written.ShouldBeEmpty();
        await wire.FlushAsync(default);
        peer.Written.Length.ShouldBe(9);
    }

    [Fact]
    public async Task Cancelled_write_is_never_repeated()
    {
        await using var wire = new WireStream(new StuckStream(), Somewhere, new WireOptions());
        using var cancel = new CancellationTokenSource();
        await wire.WriteAsync("A1 NOOP\r\n"u8.ToArray(), default);
        var flush = wire.FlushAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(flush);

        (await FaultAsync(() => wire.FlushAsync(default).AsTask())).ShouldBe(WireFault.Closed);
    }

    [Fact]
    public async Task Peer_that_is_silent_or_takes_nothing_times_out()
    {
        await using var wire = new WireStream(new StuckStream(), Somewhere, new WireOptions { IdleTimeout = TimeSpan.FromMilliseconds(30) });
        await wire.WriteAsync("x"u8.ToArray(), default);

        (await FaultAsync(() => LineAsync(wire))).ShouldBe(WireFault.Timeout);
        (await FaultAsync(() => wire.FlushAsync(default).AsTask())).ShouldBe(WireFault.Timeout);
    }

    [Fact]
    public async Task Peer_that_says_a_byte_now_and_then_does_not_hold_us_for_ever()
    {
        await using var wire = new WireStream(new DrippingStream(TimeSpan.FromMilliseconds(10)), Somewhere, new WireOptions { IdleTimeout = TimeSpan.FromMilliseconds(100) });

        (await FaultAsync(() => LineAsync(wire).WaitAsync(TimeSpan.FromSeconds(60)))).ShouldBe(WireFault.Timeout);
    }

    [Fact]
    public async Task Cancelled_read_is_a_cancellation()
    {
        await using var wire = new WireStream(new StuckStream(), Somewhere, new WireOptions());
        using var cancel = new CancellationTokenSource();
        var read = LineAsync(wire, cancel.Token);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(read);
    }

    [Fact]
    public async Task Disposing_ends_a_waiting_read_and_every_later_one()
    {
        await using var server = ScriptedServer.Start(peer => peer.ExpectEndAsync());
        var wire = await WireStream.ConnectAsync(server.Endpoint(), new WireOptions(), default);
        var read = LineAsync(wire);
        await wire.DisposeAsync();
        await wire.DisposeAsync();

        (await FaultAsync(() => read)).ShouldBe(WireFault.Closed);
        (await FaultAsync(() => LineAsync(wire))).ShouldBe(WireFault.Closed);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Reset_connection_is_a_closed_one()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.ExpectAsync("A1 NOOP");
            peer.Abort();
        });
        await using var wire = await WireStream.ConnectAsync(server.Endpoint(), new WireOptions(), default);
        await wire.WriteAsync("A1 NOOP\r\n"u8.ToArray(), default);
        await wire.FlushAsync(default);

        (await FaultAsync(() => LineAsync(wire))).ShouldBe(WireFault.Closed);
    }

    [Fact]
    public async Task Transcript_has_lines_without_counted_bytes_and_without_what_is_redacted()
    {
        var transcript = new List<string>();
        var options = new WireOptions { Transcript = (direction, line) => transcript.Add($"{direction} {line}") };
        await using var wire = new WireStream(new BufferStream("{6}\r\nsecret)\r\nno such command: hunter2\r\n"u8.ToArray()), Somewhere, options);
        wire.Redact = line => line.Replace("hunter2", "***", StringComparison.Ordinal);

        wire.Trace(WireDirection.Sent, "LOGIN joe ***"u8);
        await LineAsync(wire);
        await wire.CopyExactlyAsync(null, 6, default);
        await LineAsync(wire);
        await LineAsync(wire);

        transcript.ShouldBe(["Sent LOGIN joe ***", "Received {6}", "Received )", "Received no such command: ***"]);
    }

    internal static async Task<WireFault> FaultAsync(Func<Task> act) => (await Should.ThrowAsync<WireException>(act)).Fault;

    private static WireStream Reading(string text) => new(new BufferStream(Encoding.Latin1.GetBytes(text)), Somewhere, new WireOptions());

    private static async Task<string> LineAsync(WireStream wire, CancellationToken ct = default) =>
        Encoding.Latin1.GetString((await wire.ReadLineAsync(ct)).Span);
}
