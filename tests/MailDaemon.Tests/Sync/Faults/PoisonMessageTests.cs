using MailDaemon.Tests.Support;
using System.Text;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Messages that are too much, too little or nothing at all: each is kept, and those beside it are as they are.</summary>
public sealed class PoisonMessageTests
{
    private const string Common = "From: Ann <ann@poison.test>\r\nTo: lina@sandbox.test\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n";

    private static readonly Dictionary<string, Func<string>> poisons = new(StringComparer.Ordinal)
    {
        ["empty"] = () => "",
        ["line end"] = () => "\r\n",
        ["one byte"] = () => "x",
        ["no header"] = () => "\r\nbody alone\r\n",
        ["no body"] = () => Common + "Subject: no body\r\n",
        ["no colon anywhere"] = () => string.Concat(Enumerable.Repeat("words and words\r\n", 500)),
        ["bare line feeds"] = () => Common.Replace("\r\n", "\n", StringComparison.Ordinal) + "Subject: bare\n\nbody\n",
        ["bare carriage returns"] = () => Common.Replace("\r\n", "\r", StringComparison.Ordinal) + "Subject: bare\r\rbody\r",
        ["NUL bytes"] = () => Common + "Subject: a\0b\r\nMessage-ID: <n\0ul@poison.test>\r\n\r\nbo\0dy\r\n",
        ["all bytes"] = () => Common + "Subject: " + AllBytes() + "\r\n\r\n" + AllBytes() + "\r\n",
        ["no Message-ID"] = () => Common + "Subject: nameless\r\n\r\nbody\r\n",
        ["empty Message-ID"] = () => Common + "Subject: nameless\r\nMessage-ID:\r\n\r\nbody\r\n",
        ["two Message-IDs"] = () => Common + "Message-ID: <one@poison.test>\r\nMessage-ID: <two@poison.test>\r\n\r\nbody\r\n",
        ["Message-ID of 100 KB"] = () => Common + $"Message-ID: <{new string('m', 100_000)}@poison.test>\r\n\r\nbody\r\n",
        ["header of 1 MB"] = () => Common + string.Concat(Enumerable.Range(0, 1000).Select(n => $"X-{n}: {new string('h', 1000)}\r\n")) + "\r\nbody\r\n",
        ["one header of 1 MB"] = () => Common + $"Subject: {new string('s', 1_000_000)}\r\n\r\nbody\r\n",
        ["10,000 recipients"] = () => $"From: a@b.test\r\nTo: {string.Join(",\r\n ", Enumerable.Range(0, 10_000).Select(n => $"u{n}@poison.test"))}\r\n\r\nbody\r\n",
        ["10,000 references"] = () => Common + $"References: {string.Join("\r\n ", Enumerable.Range(0, 10_000).Select(n => $"<{n}@poison.test>"))}\r\n\r\nbody\r\n",
        ["10,000 parts"] = () => Common + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + string.Concat(Enumerable.Range(0, 10_000).Select(n => $"--b\r\nContent-Type: text/plain\r\n\r\n{n}\r\n")) + "--b--\r\n",
        ["nested 1,000 deep"] = () => Common + string.Concat(Enumerable.Range(0, 1000).Select(n => $"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
            + "Content-Type: text/plain\r\n\r\nbottom\r\n",
        ["messages in messages"] = () => Common + string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 500)) + "Subject: bottom\r\n\r\nbottom\r\n",
        ["multipart without boundary"] = () => Common + "Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nbody\r\n",
        ["broken base64"] = () => Common + "Content-Type: text/plain; charset=x-unknown\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!====ab\r\n",
        ["wild encoded words"] = () => Common + $"Subject: {string.Concat(Enumerable.Repeat("=?utf-8?B?//8=?= =?x?Q?=ZZ?= =?", 2000))}\r\n\r\nbody\r\n",
        ["unfinished comments"] = () => $"From: {new string('(', 50_000)}\r\nTo: {new string('<', 50_000)}\r\nDate: {new string('(', 5000)}\r\n\r\nbody\r\n",
        ["date out of range"] = () => "From: a@b.test\r\nDate: Mon, 99 Foo 99999 99:99:99 +9999\r\n\r\nbody\r\n",
        ["control characters"] = () => Common + "Subject: \u0001\u0002\u007f\r\nX\u0001: y\r\n\r\n\u001b[2J\r\n",
        ["attachment name that climbs"] = () => Common + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename=\"../../../etc/passwd\"\r\n\r\nx\r\n--b--\r\n",
    };

    public static TheoryData<string> Poisons() => [.. poisons.Keys];

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task Message_is_kept_and_the_others_are_as_they_are(string poison)
    {
        foreach (var kind in (ServerKind[])[ServerKind.Modern, ServerKind.Old])
        {
            await using var server = await FaultyServer.StartAsync(kind);
            var raw = Encoding.Latin1.GetBytes(poisons[poison]());
            server.Fill(server.Inbox, 2);
            server.Inbox.Append(raw);
            await server.ShouldHealAsync(poison);

            // Once more as new mail, and twice the same, with others around it.
            server.Deliver();
            server.InjectMail(raw, copies: 2);
            server.Deliver();
            await server.ShouldHealAsync(poison);

            server.Inbox.RebuildWithNewUidValidity();
            await server.ShouldHealAsync(poison);
            var kept = server.Cache.List(new MessageQuery { Folder = "INBOX" }).Messages;
            kept.Count.ShouldBe(7);
            kept.Select(m => m.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(7);
            foreach (var message in kept)
            {
                server.Cache.ReadDetail(message.Key).ShouldNotBeNull();
            }
        }
    }

    [Theory]
    [InlineData("NIL")]
    [InlineData("()")]
    [InlineData("(")]
    [InlineData("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 4294967295 1)")]
    [InlineData("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" -1 -1)")]
    [InlineData("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 10 NIL NIL 1)")]
    [InlineData("\"unfinished")]
    [InlineData("{5}\r\nab")]
    [InlineData("deep")]
    [InlineData("wide")]
    public async Task Structure_that_nobody_can_read_costs_nothing(string structure)
    {
        var told = structure switch
        {
            "deep" => new string('(', 20_000),
            "wide" => $"({string.Concat(Enumerable.Repeat("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)", 20_000))} \"MIXED\")",
            _ => structure,
        };
        await using var server = await FaultyServer.StartReadAsync();
        server.Deliver();
        server.Deliver();
        server.Faults.Structure.Arm(told, times: 1);

        await server.PassAsync();

        server.Faults.Structure.Hits.ShouldBe(1);
        server.Faults.Reset();
        await server.PassAsync();
        server.Cache.List(new MessageQuery { Folder = "INBOX" }).Messages.Select(m => m.Uid).Order().ShouldBe([1, 2, 3, 4, 5]);
        server.Cache.AwaitingItems().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Equal_messages_have_a_key_each_and_keep_it()
    {
        await using var server = await FaultyServer.StartAsync();
        var raw = Encoding.ASCII.GetBytes(Common + "Subject: twin\r\nMessage-ID: <twin@poison.test>\r\n\r\nbody\r\n");
        server.InjectMail(raw, copies: 5);
        await server.ShouldHealAsync();
        var before = Keys();

        server.Inbox.RebuildWithNewUidValidity();
        await server.ShouldHealAsync();
        Keys().ShouldBe(before, ignoreOrder: true);

        server.Inbox.Expunge([2, 3]);
        await server.ShouldHealAsync();
        Keys().ShouldBeSubsetOf(before);
        Keys().Count.ShouldBe(3);

        List<string> Keys() => [.. server.Cache.List(new MessageQuery { Folder = "INBOX" }).Messages.Select(m => m.Key)];
    }

    private static string AllBytes() => string.Concat(Enumerable.Range(0, 256).Where(c => c is not ('\r' or '\n')).Select(c => (char)c));
}
