using System.Buffers;
using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail;

namespace MailDaemon.Tests.Providers.Gmail;

public sealed class GmailDownloadTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData("""{"raw":"SGVsbG8"}""", "Hello")]
    [InlineData("""{"raw":"SGVsbG8="}""", "Hello")]
    [InlineData("""{"raw":"SGVsbG8\u003d"}""", "Hello")]
    [InlineData("""{"raw":""}""", "")]
    [InlineData("""{"raw":"-_8"}""", "\u00fb\u00ff")]
    [InlineData("""{"raw":"+/8="}""", "\u00fb\u00ff")]
    [InlineData("""{"raw":"+\/8="}""", "\u00fb\u00ff")]
    [InlineData("""{"raw":"SGVs\r\nbG8"}""", "Hello")]
    [InlineData("""{ "id" : "raw", "payload": {"raw":"AAAA","x":["raw"]}, "snippet":"\"raw\":\"AAAA\"", "n":1, "raw" : "SGVsbG8" , "z": null }""", "Hello")]
    public void A_field_is_decoded_however_it_is_cut(string json, string expected)
    {
        for (var step = 1; step <= json.Length; step++)
        {
            var field = new Base64UrlField("raw");
            var decoded = new ArrayBufferWriter<byte>();
            foreach (var piece in Encoding.UTF8.GetBytes(json).Chunk(step))
                field.Feed(piece, decoded);
            (field.IsFound, field.IsComplete).ShouldBe((true, true));
            Encoding.Latin1.GetString(decoded.WrittenSpan).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("""{"raw":"SGV!"}""")]
    [InlineData("""{"raw":"SGVsb"}""")]
    [InlineData("""{"raw":"SG=VsbG8"}""")]
    [InlineData("""{"raw":"SGVs\t"}""")]
    [InlineData("""{"raw":"\u00e9"}""")]
    [InlineData("""{"raw":"\uzzzz"}""")]
    public void What_is_not_base64_is_an_odd_answer(string json) =>
        Should.Throw<MailException>(() => new Base64UrlField("raw").Feed(Encoding.UTF8.GetBytes(json), new ArrayBufferWriter<byte>())).Code.ShouldBe("protocol_error");

    [Fact]
    public void An_object_without_the_field_has_none()
    {
        var field = new Base64UrlField("data");
        field.Feed(Encoding.UTF8.GetBytes("""{"size":0,"a":{"data":"AAAA"},"data":null,"b":"data"}"""), new ArrayBufferWriter<byte>());
        (field.IsFound, field.IsComplete).ShouldBe((false, true));
    }

    [Fact]
    public async Task A_message_of_30_megabytes_is_copied_in_little_memory()
    {
        const int Size = 30_000_000;
        using var gmail = new FakeGmail().Answers(new HttpResponseMessage { Content = new StreamContent(new GeneratedJson(Size)) });
        using var client = gmail.Client();
        var copied = new CountingStream();
        var before = GC.GetAllocatedBytesForCurrentThread();

        await client.CopyMessageAsync(GmailLane.Person, "m1", copied, limit.Token);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(3_000_000);
        (copied.Count, copied.Sum).ShouldBe((Size, 0L));
        gmail.Seen.Single().Url.Split('?')[0].ShouldBe("https://gmail.test/gmail/v1/users/me/messages/m1");
        gmail.Seen.Single().Url.Split('?')[1].Split('&').Order(StringComparer.Ordinal).ShouldBe(["fields=raw", "format=raw"]);
    }

    [Fact]
    public async Task An_attachment_is_copied_and_an_empty_one_is_empty()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("""{"size":5,"data":"SGVsbG8"}""")).Answers(FakeGmail.Json("""{"size":0}"""));
        using var client = gmail.Client();
        using var copied = new MemoryStream();

        await client.CopyAttachmentAsync(GmailLane.Person, "m1", "a1", copied, limit.Token);
        await client.CopyAttachmentAsync(GmailLane.Person, "m1", "a2", copied, limit.Token);

        Encoding.ASCII.GetString(copied.ToArray()).ShouldBe("Hello");
        gmail.Seen[0].Url.ShouldBe("https://gmail.test/gmail/v1/users/me/messages/m1/attachments/a1?fields=data");
        client.Spending.Units.ShouldBe(40);
    }

    [Fact]
    public async Task A_reply_that_ends_too_early_is_no_message()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("""{"raw":"SGVs""")).Answers(FakeGmail.Json("{}")).Answers(FakeGmail.Error(404, "notFound"));
        using var client = gmail.Client();

        foreach (var code in new[] { "protocol_error", "protocol_error", "message_gone" })
            (await Should.ThrowAsync<MailException>(client.CopyMessageAsync(GmailLane.Person, "m1", Stream.Null, limit.Token))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_download_begins_again_before_its_first_byte_only()
    {
        using var gmail = new FakeGmail()
            .Answers(FakeGmail.Error(503, "backendError"))
            .Answers(new HttpResponseMessage { Content = new StreamContent(new GeneratedJson(1_000_000, breaksAt: 500_000)) });
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.CopyMessageAsync(GmailLane.Person, "m1", Stream.Null, limit.Token))).Code.ShouldBe("connection_lost");
        gmail.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_destination_fails_with_is_its_own()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("""{"raw":"SGVsbG8"}"""));
        using var client = gmail.Client();
        using var full = new MemoryStream(new byte[2], writable: true);

        await Should.ThrowAsync<NotSupportedException>(client.CopyMessageAsync(GmailLane.Person, "m1", full, limit.Token));
    }

    public void Dispose() => limit.Dispose();

    /// <summary>A reply as large as is wanted, made as it is read: zeros in base64 are the letter A.</summary>
    private sealed class GeneratedJson(int size, int breaksAt = int.MaxValue) : Stream
    {
        private static readonly byte[] Head = """{"raw":" """.TrimEnd().Select(c => (byte)c).ToArray();
        private readonly long textLength = (size * 4L / 3) + (size % 3 == 0 ? 0 : 1);
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (position >= breaksAt)
                throw new HttpIOException(HttpRequestError.ResponseEnded);
            var span = buffer.Span;
            var count = 0;
            while (count < span.Length && At(position) is { } c)
            {
                span[count++] = c;
                position++;
            }

            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private byte? At(long index) =>
            index < Head.Length ? Head[index]
            : index < Head.Length + textLength ? (byte)'A'
            : index == Head.Length + textLength ? (byte)'"'
            : index == Head.Length + textLength + 1 ? (byte)'}'
            : null;
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Count { get; private set; }

        public long Sum { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            foreach (var b in buffer.Span)
                Sum += b;
            return ValueTask.CompletedTask;
        }
    }
}
