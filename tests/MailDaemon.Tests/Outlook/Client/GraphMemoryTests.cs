using System.Net;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;
using MailDaemon.Tests.Sync.Faults;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Files of a hundred megabytes go both ways in constant memory.</summary>
[Collection(nameof(EndlessAnswerTests))]
public sealed class GraphMemoryTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task Memory_does_not_grow_with_the_mail()
    {
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage { Content = new StreamContent(new ZeroStream(100_000_000)) } };
        using var client = graph.Client();
        await client.CopyMessageAsync("m1", Stream.Null, Ct);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await client.CopyMessageAsync("m1", Stream.Null, Ct);

        // All of it completes on this thread.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_file()
    {
        const long Size = 120_000_000;
        var next = 0L;
        using var graph = new FakeGraph
        {
            Otherwise = s =>
            {
                if (s.Method == "POST")
                    return FakeGraph.Json("""{"uploadUrl":"https://upload.test/x"}""", HttpStatusCode.Created);
                next += s.Body.Length;
                return next == Size ? new HttpResponseMessage(HttpStatusCode.Created) : FakeGraph.Json($$"""{"nextExpectedRanges":["{{next}}-"]}""");
            },
        };
        using var client = graph.Client();
        var most = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await client.AddAttachmentAsync(
            "d1",
            new GraphUpload("film.png", "image/png", Size, false, null, () => new ReportingStream(new ZeroStream(Size), () =>
            {
                graph.Seen.Clear(); // The fake keeps what it has seen.
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            })),
            Ct);

        next.ShouldBe(Size);
        most.ShouldBeLessThan(20_000_000);
    }

    public void Dispose() => limit.Dispose();

    private sealed class ReportingStream(Stream inner, Action onRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead();
            return inner.ReadAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
