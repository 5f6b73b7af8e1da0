using System.Globalization;
using System.Net;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Tests.Support;
using MailDaemon.Tests.Sync.Faults;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>Uploads in parts against a server that keeps the sessions as Google's protocol says, and can lose answers.</summary>
[Collection(nameof(EndlessAnswerTests))] // It measures memory.
public sealed class GmailUploadTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
    private readonly byte[] mail = new byte[1_300_000];
    private readonly List<byte> taken = [];
    private bool isAccepted;
    private int accepted;

    public GmailUploadTests() => new Random(7).NextBytes(mail);

    [Fact]
    public async Task A_mail_goes_in_parts_and_its_hand_over_comes_before_the_last()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        using var client = gmail.Client();
        var atHandOver = -1;

        var sent = await client.SendAsync(GmailLane.Person, new MemoryStream(mail), "t1", Noted(() => atHandOver = taken.Count), limit.Token);

        sent.Id.ShouldBe("sent1");
        taken.ShouldBe(mail);
        atHandOver.ShouldBe(1_048_576);
        var start = gmail.Seen[0];
        start.ToString().ShouldBe("POST https://gmail.test/upload/gmail/v1/users/me/messages/send?uploadType=resumable");
        start.Text.ShouldBe("""{"threadId":"t1"}""");
        start.Headers["X-Upload-Content-Type"].ShouldBe("message/rfc822");
        start.Headers["X-Upload-Content-Length"].ShouldBe("1300000");
        gmail.Seen.Skip(1).Select(s => s.Headers["Content-Range"]).ShouldBe(["bytes 0-524287/1300000", "bytes 524288-1048575/1300000", "bytes 1048576-1299999/1300000"]);
        gmail.Seen.ShouldAllBe(s => s.Headers["Authorization"] == "Bearer token-1");
        client.Spending.Units.ShouldBe(100);
    }

    [Fact]
    public async Task A_small_mail_is_handed_over_before_any_of_it_goes()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        using var client = gmail.Client();
        var requests = 0;

        await client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 1_000), null, Noted(() => requests = gmail.Seen.Count), limit.Token);

        (requests, gmail.Seen.Count, taken.Count).ShouldBe((1, 2, 1_000));
        gmail.Seen[0].Text.ShouldBe("{}");
    }

    [Fact]
    public async Task A_lost_part_in_the_middle_goes_on_where_the_server_is()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        gmail.Answers(Serve).Answers(s => Lost(Serve(s)));
        using var client = gmail.Client();

        (await client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, Noted(), limit.Token)).Id.ShouldBe("sent1");

        taken.ShouldBe(mail);
        accepted.ShouldBe(1);
        gmail.Seen[2].Headers["Content-Range"].ShouldBe("bytes */1300000");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_last_answer_is_asked_for_and_the_mail_is_sent_once(bool arrives)
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        gmail.Answers(Serve).Answers(Serve).Answers(Serve).Answers(s => Lost(arrives ? Serve(s) : null));
        using var client = gmail.Client();
        var handOvers = 0;

        (await client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, Noted(() => handOvers++), limit.Token)).Id.ShouldBe("sent1");

        (accepted, handOvers).ShouldBe((1, 1));
        taken.ShouldBe(mail);
    }

    [Fact]
    public async Task A_last_answer_that_stays_lost_is_uncertain()
    {
        using var gmail = new FakeGmail { Otherwise = _ => Lost(null) };
        gmail.Answers(Serve).Answers(Serve).Answers(Serve).Answers(s => Lost(Serve(s)));
        using var client = gmail.Client();

        var failure = await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, Noted(), limit.Token));

        failure.Code.ShouldBe("send_uncertain");
        accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(400)]
    public async Task A_session_that_is_gone_after_a_lost_answer_is_uncertain(int status)
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(status, "notFound") };
        gmail.Answers(Serve).Answers(s => Lost(Serve(s)));
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token))).Code.ShouldBe("send_uncertain");
        (accepted, gmail.Seen.Count).ShouldBe((1, 3));
    }

    [Theory]
    [InlineData(400, "invalidArgument", "server_refused")]
    [InlineData(403, "dailyLimitExceeded", "quota_exceeded")]
    [InlineData(413, "uploadTooLarge", "message_too_large")]
    public async Task A_no_to_the_last_part_is_certain(int status, string reason, string code)
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(status, reason) };
        gmail.Answers(Serve);
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token))).Code.ShouldBe(code);
        gmail.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_no_to_the_last_part_is_certain_though_a_part_before_was_lost()
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(400, "invalidArgument") };
        gmail.Answers(Serve).Answers(s => Lost(Serve(s))).Answers(Serve).Answers(Serve);
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, Noted(), limit.Token))).Code.ShouldBe("server_refused");
        gmail.Seen.Count.ShouldBe(5);
    }

    [Fact]
    public async Task What_fails_before_the_hand_over_is_certain()
    {
        using var gmail = new FakeGmail { Otherwise = _ => Lost(null) };
        gmail.Answers(Serve);
        using var client = gmail.Client();
        var handOvers = 0;

        var failure = await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, Noted(() => handOvers++), limit.Token));

        (failure.Code, failure.IsOffline, handOvers).ShouldBe(("connection_lost", true, 0));
    }

    [Fact]
    public async Task A_hand_over_that_fails_is_told_as_it_is_and_the_mail_is_not_sent()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        using var client = gmail.Client();

        await Should.ThrowAsync<InvalidDataException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, _ => throw new InvalidDataException(), limit.Token));

        accepted.ShouldBe(0);
    }

    [Fact]
    public async Task A_refusal_for_the_rate_of_the_last_part_is_repeated()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        gmail.Answers(Serve).Answers(FakeGmail.Error(429, "rateLimitExceeded", retryAfter: 2));
        using var client = gmail.Client();

        await client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token);

        (accepted, gmail.Seen.Count).ShouldBe((1, 3));
    }

    [Fact]
    public async Task A_limit_for_sending_is_told_with_its_end_and_does_not_stop_the_reading()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        gmail.Answers(Serve).Answers(FakeGmail.Error(429, "userRateLimitExceeded", "User-rate limit exceeded.  Retry after 2026-01-01T10:00:00.000Z"));
        using var client = gmail.Client();

        var failure = await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token));

        failure.Code.ShouldBe("rate_limited");
        failure.RetryAfter!.Value.TotalHours.ShouldBe(10, 0.01);
        (gmail.Seen.Count, client.Spending.UnitsPerMinute).ShouldBe((2, 1_000_000));
    }

    [Fact]
    public async Task A_session_elsewhere_gets_neither_the_token_nor_the_mail()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        gmail.Answers(new HttpResponseMessage { Headers = { Location = new Uri("https://elsewhere.test/session") } });
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token))).Code.ShouldBe("protocol_error");

        gmail.Seen.ShouldHaveSingleItem().Url.ShouldStartWith("https://gmail.test/");
    }

    [Fact]
    public async Task A_session_without_an_address_is_an_odd_answer()
    {
        using var gmail = new FakeGmail().Answers(new HttpResponseMessage());
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token))).Code.ShouldBe("protocol_error");
    }

    [Fact]
    public async Task A_server_that_never_has_enough_is_given_up()
    {
        using var gmail = new FakeGmail { Otherwise = _ => new HttpResponseMessage((HttpStatusCode)308) };
        gmail.Answers(Serve);
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendAsync(GmailLane.Person, new MemoryStream(mail, 0, 100), null, Noted(), limit.Token))).Code.ShouldBe("send_uncertain");
        gmail.Seen.Count.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_mail()
    {
        var size = 0L;
        using var gmail = new FakeGmail
        {
            Otherwise = s =>
            {
                if (s.Method == "POST")
                    return Serve(s);
                size += s.Body.Length;
                return size == 35_000_000 ? FakeGmail.Json("""{"id":"sent1"}""") : Halfway(size);
            },
        };
        using var client = gmail.Client();
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, new byte[35_000_000]);
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            var most = 0L;
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await client.SendAsync(GmailLane.Person, new Watched(file, () => most = Math.Max(most, Live(gmail) - before)), null, Noted(), limit.Token);
            most.ShouldBeLessThan(6_000_000);
        }
        finally
        {
            File.Delete(path);
        }

        static long Live(FakeGmail gmail)
        {
            gmail.Seen.Clear();
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }

    [Fact]
    public async Task Drafts_and_inserts_go_where_the_contract_says()
    {
        using var gmail = new FakeGmail { Otherwise = Serve };
        using var client = gmail.Client();

        (await client.CreateDraftAsync(GmailLane.Person, new MemoryStream(mail, 0, 10), "t1", limit.Token)).Id.ShouldBe("sent1");
        await client.UpdateDraftAsync(GmailLane.Person, "d1", new MemoryStream(mail, 0, 10), null, limit.Token);
        await client.InsertAsync(GmailLane.Person, new MemoryStream(mail, 0, 10), new Message { LabelIds = ["SENT"] }, limit.Token);

        gmail.Seen.Where(s => !s.Url.Contains("/session", StringComparison.Ordinal)).Select(s => $"{s} {s.Text}").ShouldBe(
        [
            """POST https://gmail.test/upload/gmail/v1/users/me/drafts?uploadType=resumable {"message":{"threadId":"t1"}}""",
            """PUT https://gmail.test/upload/gmail/v1/users/me/drafts/d1?uploadType=resumable {}""",
            """POST https://gmail.test/upload/gmail/v1/users/me/messages?uploadType=resumable&internalDateSource=dateHeader {"labelIds":["SENT"]}""",
        ]);
    }

    [Fact]
    public async Task A_draft_is_sent_once_and_a_lost_answer_is_uncertain()
    {
        using var gmail = new FakeGmail().Fails(new HttpIOException(HttpRequestError.ResponseEnded));
        using var client = gmail.Client();
        var handOvers = 0;

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync(GmailLane.Person, "d1", Noted(() => handOvers++), limit.Token))).Code.ShouldBe("send_uncertain");

        (gmail.Seen.Count, handOvers).ShouldBe((1, 1));
        gmail.Seen[0].Text.ShouldBe("""{"id":"d1"}""");
    }

    [Theory]
    [InlineData(500, "send_uncertain")]
    [InlineData(503, "send_uncertain")]
    [InlineData(400, "server_refused")]
    [InlineData(404, "message_gone")]
    public async Task An_answer_to_a_sent_draft_is_certain_when_it_is_a_no(int status, string code)
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Error(status, "x"));
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync(GmailLane.Person, "d1", Noted(), limit.Token))).Code.ShouldBe(code);
        gmail.Seen.Count.ShouldBe(1);
    }

    public void Dispose() => limit.Dispose();

    private static HttpResponseMessage Lost(HttpResponseMessage? _) => throw new HttpIOException(HttpRequestError.ResponseEnded);

    private static Func<CancellationToken, Task> Noted(Action? note = null) => _ =>
    {
        note?.Invoke();
        return Task.CompletedTask;
    };

    private static HttpResponseMessage Halfway(long has)
    {
        var response = new HttpResponseMessage((HttpStatusCode)308);
        if (has > 0)
            response.Headers.TryAddWithoutValidation("Range", string.Create(CultureInfo.InvariantCulture, $"bytes=0-{has - 1}"));
        return response;
    }

    /// <summary>One session, as developers.google.com/workspace/gmail/api/guides/uploads describes it.</summary>
    private HttpResponseMessage Serve(SeenRequest request)
    {
        if (!request.Url.Contains("/session", StringComparison.Ordinal))
        {
            (isAccepted, accepted) = (false, 0);
            taken.Clear();
            return new HttpResponseMessage { Headers = { Location = new Uri("https://gmail.test/session?upload_id=1") } };
        }

        var range = request.Headers["Content-Range"].Replace("bytes ", "", StringComparison.Ordinal).Split('/');
        var total = int.Parse(range[1], CultureInfo.InvariantCulture);
        if (range[0] != "*" && !isAccepted)
        {
            int.Parse(range[0].Split('-')[0], CultureInfo.InvariantCulture).ShouldBe(taken.Count);
            taken.AddRange(request.Body);
            isAccepted = taken.Count == total;
            accepted += isAccepted ? 1 : 0;
        }

        return isAccepted ? FakeGmail.Json("""{"id":"sent1","threadId":"t1","labelIds":["SENT"]}""") : Halfway(taken.Count);
    }

    private sealed class Watched(Stream inner, Action onRead) : Stream
    {
        private int reads;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (reads++ % 500 == 0)
                onRead();
            return inner.ReadAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
