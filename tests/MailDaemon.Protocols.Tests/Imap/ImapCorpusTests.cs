using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Imap.Parsing;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Tests.Net;
using Xunit.Abstractions;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapCorpusTests(ITestOutputHelper output)
{
    private static readonly ImapLimits Limits = new();

    [ImapCorpusFact]
    public async Task Every_recorded_reply_is_read()
    {
        var replies = 0;
        var messages = 0;
        var trouble = new List<string>();
        foreach (var (name, text) in ImapCorpus.Recordings())
        {
            await foreach (var reply in RepliesAsync(text))
            {
                replies++;
                if (reply.Kind == ReplyKind.Junk)
                {
                    trouble.Add($"{name}: {Encoding.Latin1.GetString(reply.Bytes.Span)}");
                }

                if (reply.Name == DataName.Fetch)
                {
                    messages++;
                    var message = FetchParser.Read(reply, Limits);
                    trouble.AddRange(message.Defect is null ? [] : [$"{name}: {message.Defect}"]);
                }
                else
                {
                    trouble.AddRange(TryRead(reply).Select(t => $"{name}: {t}"));
                }
            }
        }

        output.WriteLine($"{replies} replies, {messages} of them FETCH");

        // This recording has a literal that is three bytes longer than what follows it: the message is lost, its successor is not.
        trouble.Where(t => !t.StartsWith("gmail/headers.1+unsolicited-info.txt", StringComparison.Ordinal)).ShouldBeEmpty();
        replies.ShouldBeGreaterThan(700);
    }

    [ImapCorpusFact]
    public async Task Every_recorded_dialogue_is_played_with_a_client()
    {
        var commands = ImapCorpus.Commands();
        var played = 0;
        var trouble = new List<string>();
        foreach (var (name, text) in ImapCorpus.Recordings().Where(r => r.Text.Contains("A######## ", StringComparison.Ordinal)))
        {
            var verb = commands.GetValueOrDefault(name.Replace('/', '.'), string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            try
            {
                await PlayAsync(verb.Length > 1 ? verb[1].TrimEnd() : string.Empty, verb.ElementAtOrDefault(2) ?? string.Empty, text);
                played++;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                trouble.Add($"{name} ({string.Join(' ', verb).Trim()}): {e.GetType().Name} {e.Message}");
            }
        }

        output.WriteLine($"{played} dialogues");
        trouble.ShouldBeEmpty();
        played.ShouldBeGreaterThan(120);
    }

    [ImapCorpusFact]
    public async Task Every_reply_that_another_client_accepts_is_read()
    {
        var count = 0;
        foreach (var (name, text) in ImapCorpus.NetImapReplies())
        {
            await foreach (var reply in RepliesAsync(text))
            {
                count++;
                reply.Kind.ShouldNotBe(ReplyKind.Junk, name);
                if (reply.Name == DataName.Fetch)
                {
                    FetchParser.Read(reply, Limits).Defect.ShouldBeNull(name);
                }

                TryRead(reply).ShouldBeEmpty(name);
            }
        }

        count.ShouldBe(57);
    }

    [ImapCorpusFact]
    public async Task Every_collected_line_is_survived()
    {
        var count = 0;
        foreach (var line in ImapCorpus.Lines())
        {
            count++;
            await foreach (var reply in RepliesAsync(line.EndsWith('\n') ? line : line + "\r\n"))
            {
                _ = reply.Name == DataName.Fetch ? FetchParser.Read(reply, Limits).Defect : null;
                _ = TryRead(reply).ToList();
            }
        }

        count.ShouldBe(338);
    }

    [ImapCorpusFact]
    public async Task Every_collected_structure_is_read()
    {
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in ImapCorpus.Structures().Where(s => s.Name.Contains("Envelope", StringComparison.Ordinal) || s.Name.Contains("Body", StringComparison.Ordinal)))
        {
            var item = name.Contains("Envelope", StringComparison.Ordinal) || name.Contains("Mailbox", StringComparison.Ordinal) ? "ENVELOPE" : "BODYSTRUCTURE";
            var message = FetchParser.Read(await ImapTalk.ReplyAsync($"* 1 FETCH (UID 3 {item} {text.TrimEnd()} FLAGS (\\Seen))\r\n"), Limits);
            message.Uid.ShouldBe(3u);
            results[name] = message.Defect is null ? "read" : "defect";
        }

        results.Where(r => r.Value == "defect").ShouldBeEmpty();
        results.Count.ShouldBe(13);
    }

    private static async IAsyncEnumerable<ImapReply> RepliesAsync(string text)
    {
        var reader = ImapTalk.Reader(text);
        while (true)
        {
            ImapReply reply;
            try
            {
                reply = await reader.ReadAsync(default);
            }
            catch (WireException)
            {
                yield break;
            }

            yield return reply;
        }
    }

    /// <summary>Reads a reply by its grammar; what goes wrong.</summary>
    private static IEnumerable<string> TryRead(ImapReply reply)
    {
        string? trouble = null;
        try
        {
            switch (reply.Name)
            {
                case DataName.List:
                    trouble = MailboxParser.ReadListing(reply, Limits, new MailboxNames(), isUtf8: false, tellsSubscription: true).Defect;
                    break;
                case DataName.Status:
                    MailboxParser.ReadStatus(reply, Limits, new MailboxNames(), isUtf8: false);
                    break;
                case DataName.Namespace:
                    MailboxParser.ReadNamespace(reply, Limits);
                    break;
                case DataName.ESearch:
                    SearchParser.ReadExtended(reply, Limits);
                    break;
                case DataName.Search:
                    SearchParser.ReadNumbers(reply);
                    break;
                default:
                    _ = reply.Status == StatusKind.None ? null : reply.ReadStatus();
                    break;
            }
        }
        catch (ImapSyntaxException e)
        {
            trouble = $"{reply.Name}: {e.Message}";
        }

        return trouble is null ? [] : [trouble];
    }

    /// <summary>Gives the recording as the answer to the command that fits it, and wants the client to be usable afterwards.</summary>
    private static async Task PlayAsync(string verb, string next, string text)
    {
        const string Capabilities = "IMAP4rev1 ID ENABLE NAMESPACE UNSELECT UIDPLUS MOVE ESEARCH XLIST IDLE CONDSTORE OBJECTID X-GM-EXT-1 AUTH=PLAIN SASL-IR";
        var isIdle = verb == "IDLE";
        var isSignIn = verb is "LOGIN" or "AUTHENTICATE";
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync($"* {(isSignIn ? "OK" : "PREAUTH")} [CAPABILITY {Capabilities}] hello");
            var isRecorded = false;
            while (await peer.ReadLineAsync() is { } line)
            {
                var tag = line.Split(' ')[0];
                if (line.Contains("SELECT INBOX", StringComparison.Ordinal) && !isRecorded && verb is not ("SELECT" or "EXAMINE"))
                {
                    await peer.SendAsync("* 60 EXISTS", $"{tag} OK open");
                }
                else if (isRecorded)
                {
                    await peer.SendAsync($"{tag} OK done");
                }
                else if (line.StartsWith('A') && line.EndsWith("CAPABILITY", StringComparison.Ordinal) && isSignIn)
                {
                    await peer.SendAsync($"{tag} OK done");
                }
                else
                {
                    isRecorded = true;
                    await peer.SendRawAsync(text.Replace("A########", tag, StringComparison.Ordinal));
                    if (isIdle)
                    {
                        await peer.ExpectAsync("DONE");
                        await peer.SendAsync($"{tag} OK done");
                    }
                }
            }
        });
        await using var client = await ImapClient.ConnectAsync(server.Endpoint(), new WireOptions { IdleTimeout = TimeSpan.FromSeconds(3) }, new ImapLimits { PipelineDepth = 1 }, default);
        if (!isSignIn && verb is "UID" or "IDLE" or "FETCH")
        {
            await client.SelectAsync("INBOX", new SelectOptions(), default);
        }

        try
        {
            await ActAsync(client, verb, next);
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.AuthenticationFailed && text.Contains("A######## NO", StringComparison.Ordinal))
        {
            // The recording is a refusal.
        }

        if (verb == "LOGOUT")
        {
            client.State.ShouldBe(ImapState.LoggedOut);
            return;
        }

        await client.NoopAsync(default);
        client.IsUsable.ShouldBeTrue();
    }

    private static async Task ActAsync(ImapClient client, string verb, string next)
    {
        switch (verb)
        {
            case "LIST" or "XLIST":
                (await client.ListAsync(new ListRequest(), default)).Count.ShouldBeGreaterThanOrEqualTo(0);
                break;
            case "LSUB":
                await client.ListAsync(new ListRequest { SubscribedOnly = true }, default);
                break;
            case "STATUS":
                (await client.StatusAsync("INBOX", default)).ShouldNotBeNull();
                break;
            case "NAMESPACE":
                (await client.NamespaceAsync(default)).Personal.Count.ShouldBeGreaterThan(0);
                break;
            case "SELECT" or "EXAMINE":
                (await client.SelectAsync("INBOX", new SelectOptions(), default)).UidValidity.ShouldNotBeNull();
                break;
            case "LOGIN" or "AUTHENTICATE":
                await client.AuthenticateAsync(SaslCredential.ForPassword("user", "pencil"), default);
                break;
            case "ID":
                (await client.IdAsync(new Dictionary<string, string> { ["name"] = "x" }, default)).ShouldNotBeEmpty();
                break;
            case "IDLE":
                (await client.IdleAsync(TimeSpan.FromMinutes(1), default)).End.ShouldBe(IdleEnd.Changed);
                break;
            case "LOGOUT":
                await client.LogoutAsync(default);
                break;
            case "APPEND":
                (await client.AppendAsync("INBOX", AppendMessage.FromBytes("x"u8.ToArray()), default)).ShouldNotBeNull();
                break;
            case "UID" when next == "FETCH":
                await client.FetchAsync(UidSet.From(1), new FetchRequest { Flags = true }, default).ToListAsync();
                break;
            case "UID" when next == "SEARCH":
                await client.SearchAsync(SearchQuery.All, default);
                break;
            case "UID" when next == "STORE":
                await client.StoreAsync(UidSet.Range(1, 50), FlagAction.Add, ["\\Seen"], null, default);
                break;
            case "UID" when next == "EXPUNGE":
                await client.ExpungeAsync(UidSet.Range(1, 50), default);
                break;
            default:
                await client.NoopAsync(default);
                break;
        }
    }
}
