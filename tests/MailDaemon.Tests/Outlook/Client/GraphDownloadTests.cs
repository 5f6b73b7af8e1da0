using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Mail and attachments as they come, in constant memory.</summary>
public sealed class GraphDownloadTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task A_message_and_an_attachment_come_byte_for_byte()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage { Content = new ByteArrayContent(bytes) } };
        using var client = graph.Client();
        using var message = new MemoryStream();
        using var attachment = new MemoryStream();

        await client.CopyMessageAsync(FakeGraph.OddId, message, Ct);
        await client.CopyAttachmentAsync(FakeGraph.OddId, FakeGraph.OddId, attachment, Ct);

        message.ToArray().ShouldBe(bytes);
        attachment.ToArray().ShouldBe(bytes);
        graph.Seen.Select(s => s.ToString()).ShouldBe([
            $"GET https://graph.test/v1.0/me/messages/{FakeGraph.OddIdEscaped}/$value",
            $"GET https://graph.test/v1.0/me/messages/{FakeGraph.OddIdEscaped}/attachments/{FakeGraph.OddIdEscaped}/$value",
        ]);
        graph.Seen.ShouldAllBe(s => s.Headers["Prefer"] == "IdType=\"ImmutableId\"");
    }

    [Fact]
    public async Task Trouble_before_the_first_byte_is_repeated_and_trouble_after_it_is_told()
    {
        using var graph = new FakeGraph()
            .Answers(FakeGraph.Error(503, "ErrorServerBusy"))
            .Answers(new HttpResponseMessage { Content = new StreamContent(new BrokenStream("From: "u8.ToArray())) });
        using var client = graph.Client();
        using var got = new MemoryStream();

        (await Should.ThrowAsync<MailException>(client.CopyMessageAsync("m1", got, Ct))).Code.ShouldBe("connection_lost");

        graph.Seen.Count.ShouldBe(2);
        got.ToArray().ShouldBe("From: "u8.ToArray());
    }

    [Fact]
    public async Task What_is_gone_is_told_and_nothing_is_copied()
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(404, "ErrorItemNotFound") };
        using var client = graph.Client();
        using var got = new MemoryStream();

        (await Should.ThrowAsync<MailException>(client.CopyMessageAsync("m1", got, Ct))).Code.ShouldBe("message_gone");
        got.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_reply_that_stops_is_given_up_in_time()
    {
        var clock = new ManualClock();
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage { Content = new StreamContent(new SilentStream()) } };
        using var client = graph.Client(clock);
        var copy = client.CopyMessageAsync("m1", Stream.Null, Ct);
        await clock.UntilArmedAsync(1, Ct);

        clock.Advance(GraphLimits.Try);

        (await Should.ThrowAsync<MailException>(copy)).Code.ShouldBe("server_timeout");
    }

    [Fact]
    public async Task A_permit_is_held_until_the_last_byte_and_comes_back_whatever_happens()
    {
        using var graph = new FakeGraph { Otherwise = s => s.Url.EndsWith("/me", StringComparison.Ordinal) ? FakeGraph.Json("{}") : new HttpResponseMessage { Content = new ByteArrayContent([1, 2, 3]) } };
        using var client = graph.Client();
        var gate = new TaskCompletionSource();
        var copies = Enumerable.Range(0, 4).Select(i => client.CopyMessageAsync("m" + i, new GatedStream(gate.Task), Ct)).ToList();
        var single = client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct);
        single.IsCompleted.ShouldBeFalse();
        graph.Seen.Count.ShouldBe(4);

        gate.SetException(new IOException("disk"));

        await single;
        foreach (var copy in copies)
            (await Should.ThrowAsync<IOException>(copy)).Message.ShouldBe("disk");
        await client.CopyMessageAsync("m1", Stream.Null, Ct);
    }

    [Fact]
    public async Task More_than_any_mail_holds_is_refused()
    {
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage { Content = new StreamContent(new ZeroStream(GraphLimits.StreamedBytes + 1)) } };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.CopyMessageAsync("m1", Stream.Null, Ct))).Code.ShouldBe("message_too_large");
    }

    public void Dispose() => limit.Dispose();

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class GatedStream(Task gate) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await gate;
    }
}
