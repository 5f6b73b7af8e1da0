using System.IO.Compression;
using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>Over a connection of this machine, and against a server that says nothing.</summary>
public sealed class GmailWireTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task A_stand_in_on_loopback_is_spoken_to_in_clear_text_and_may_compress_its_replies()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeOneAsync(listener, Compressed("""{"emailAddress":"gina@gmail.test"}"""));
        using var client = ClientOf(((IPEndPoint)listener.LocalEndpoint).Port);

        (await client.RunAsync(GmailLane.Person, client.Users.GetProfile("me"), limit.Token)).EmailAddress.ShouldBe("gina@gmail.test");

        var request = await served;
        request.ShouldStartWith("GET /gmail/v1/users/me/profile HTTP/1.1\r\n");
        request.ShouldContain("Accept-Encoding: gzip, deflate, br\r\n");

        // Gmail compresses for those only who say gzip here.
        request.ShouldContain("User-Agent: MailDaemon google-api-dotnet-client/");
        request.ShouldContain("(gzip)");
        request.ShouldContain("Authorization: Bearer token-1\r\n");
    }

    [Fact]
    public async Task Where_nobody_listens_is_unreachable()
    {
        using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        using var client = ClientOf(port);

        var failure = await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Person, client.Users.GetProfile("me"), limit.Token));

        (failure.Code, failure.IsOffline).ShouldBe(("server_unreachable", true));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_ends_the_try_after_a_minute_and_a_person_has_waited_enough()
    {
        var clock = new ManualClock();
        using var gmail = new FakeGmail().Answers(NeverAsync).Answers(NeverAsync).Answers(FakeGmail.Json("""{"historyId":"5"}"""));
        using var client = gmail.Client(clock);
        var person = client.RunAsync(GmailLane.Person, client.Users.GetProfile("me"), limit.Token);
        await clock.UntilArmedAsync(2, limit.Token);
        clock.Advance(GmailLimits.Try);
        (await Should.ThrowAsync<MailException>(person)).Code.ShouldBe("server_timeout");
        clock.ArmedTimers.ShouldBe(0);

        var pass = client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), limit.Token);
        await clock.UntilArmedAsync(2, limit.Token);
        clock.Advance(GmailLimits.Try);

        // The limits of the call and of the pause before the second try.
        await clock.UntilArmedAsync(2, limit.Token);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await pass).HistoryId.ShouldBe(5UL);
        gmail.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_message_that_stops_coming_ends_after_a_minute()
    {
        var clock = new ManualClock();
        using var stalled = new Stalled();
        using var gmail = new FakeGmail().Answers(new HttpResponseMessage { Content = new StreamContent(stalled) });
        using var client = gmail.Client(clock);
        var copy = client.CopyMessageAsync(GmailLane.Person, "m1", Stream.Null, limit.Token);

        await stalled.Reached.Task.WaitAsync(limit.Token);
        clock.Advance(GmailLimits.Try);

        (await Should.ThrowAsync<MailException>(copy)).Code.ShouldBe("server_timeout");
    }

    [Fact]
    public async Task Who_leaves_is_not_told_a_failure()
    {
        using var gmail = new FakeGmail().Answers(NeverAsync).Answers(NeverAsync);
        using var client = gmail.Client(new ManualClock());
        using var leaving = new CancellationTokenSource();
        var single = client.RunAsync(GmailLane.Person, client.Users.GetProfile("me"), leaving.Token);
        var batch = client.RunAsync(GmailLane.Pass, [client.Users.Messages.Get("me", "1")], leaving.Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(single);
        await Should.ThrowAsync<OperationCanceledException>(batch);
    }

    public void Dispose() => limit.Dispose();

    private static GmailClient ClientOf(int port) => new(
        new GmailOptions { ApiBaseUrl = $"http://127.0.0.1:{port}" },
        new FakeTokens(),
        new OutgoingHttp(Options.Create(new OutgoingOptions())).NewHandler(),
        new HastyClock());

    private static byte[] Compressed(string json)
    {
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(json));
        return body.ToArray();
    }

    private static async Task<HttpResponseMessage> NeverAsync(SeenRequest request, CancellationToken ct)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        throw new InvalidOperationException();
    }

    private async Task<string> ServeOneAsync(System.Net.Sockets.TcpListener listener, byte[] body)
    {
        using var connection = await listener.AcceptTcpClientAsync(limit.Token);
        await using var stream = connection.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, limit.Token)));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n"), limit.Token);
        await stream.WriteAsync(body, limit.Token);
        return request.ToString();
    }

    private sealed class Stalled : MemoryStream
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
