using System.Text;

namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>
/// What Dovecot's imaptest expects of a server. The scripts are read where they lie, beside the repository or at MAILDAEMON_CORPUS;
/// without them the test says so and does nothing. Left out are the scripts for SORT, THREAD, CONTEXT, NOTIFY, BINARY and URLAUTH,
/// which the sandbox does not offer, and those whose mbox is missing.
/// </summary>
public sealed class ImapTestScriptTests(Xunit.Abstractions.ITestOutputHelper output) : SandboxTest
{
    private readonly ImapTestMatcher matcher = new();
    private IReadOnlyList<string> mbox = [];
    private int nextMessage;

    [Theory]
    [InlineData("append")]
    [InlineData("atoms")]
    [InlineData("close")]
    [InlineData("copy")]
    [InlineData("esearch")]
    [InlineData("esearch-condstore")]
    [InlineData("expunge")]
    [InlineData("fetch")]
    [InlineData("fetch-body-message-rfc822-mime")]
    [InlineData("list")]
    [InlineData("logout")]
    [InlineData("move")]
    [InlineData("mutf7")]
    [InlineData("search-header")]
    [InlineData("subscribe")]
    [InlineData("uidplus")]
    [InlineData("uidvalidity")]
    [InlineData("uidvalidity-rename")]
    public async Task Script_finds_what_it_expects(string name)
    {
        if (FindScripts() is not { } folder)
        {
            output.WriteLine("The imaptest scripts are not here: nothing was tested");
            return;
        }

        var script = ImapTestScript.Parse(await File.ReadAllTextAsync(Path.Combine(folder, name)));
        var own = Path.Combine(folder, name + ".mbox");
        mbox = ImapTestScript.ParseMbox(await File.ReadAllTextAsync(File.Exists(own) ? own : Path.Combine(folder, "default.mbox")));
        await StartAsync();
        var clients = new List<RawClient>();
        try
        {
            await PrepareAsync(script, clients);
            for (var i = 0; i < script.Steps.Count; i++)
            {
                await RunAsync(script.Steps[i], clients[script.Steps[i].Connection - 1], i + 1);
            }
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    private static string? FindScripts()
    {
        var corpus = Environment.GetEnvironmentVariable("MAILDAEMON_CORPUS");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); corpus is null && at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "MailDaemon.sln")))
            {
                corpus = Path.Combine(at.FullName, "..", "shared", "corpus");
            }
        }

        var scripts = Path.Combine(corpus ?? "", "imap", "imaptest");
        return Directory.Exists(scripts) ? scripts : null;
    }

    private async Task PrepareAsync(ImapTestScript script, List<RawClient> clients)
    {
        matcher["mailbox"] = "test";
        for (var i = 0; i < script.Connections; i++)
        {
            clients.Add(script.State == "nonauth" ? await RawClient.ConnectAsync(Servers, Servers.ImapPort) : await RawClient.ImapAsync(Servers));
        }

        if (script.State is "nonauth" or "auth")
        {
            return;
        }

        var folder = Lina.CreateFolder("test");
        var count = script.Messages == "all" ? mbox.Count : int.Parse(script.Messages);
        for (var i = 0; i < count; i++)
        {
            folder.Append(Encoding.UTF8.GetBytes(NextMessage()));
        }

        if (script.State == "selected")
        {
            foreach (var client in clients)
            {
                (await client.CommandAsync("SELECT test")).Last().ShouldStartWith("OK ");
            }
        }
    }

    private async Task RunAsync(ImapTestScript.Step step, RawClient client, int place)
    {
        var command = matcher.Fill(step.Command);
        matcher["tag"] = client.NextTag;
        var words = command.Split(' ');
        var reply = words[0] == "append"
            ? await client.CommandAsync($"APPEND {(words.Length > 1 ? string.Join(' ', words[1..]) : "test")}", NextMessage())
            : await client.CommandAsync(command);
        var context = $"step {place}: {command}\n{string.Join('\n', reply)}";

        if (step.Status is { Length: > 0 } status)
        {
            matcher.Matches(status, reply[^1]).ShouldBeTrue($"expected {status} in {context}");
        }

        var untagged = Renumber(reply[..^1]);
        foreach (var (isWanted, text) in step.Expected)
        {
            untagged.Exists(line => matcher.Matches(text, line.Numbered) || matcher.Matches(Named(text), line.Named))
                .ShouldBe(isWanted, $"{(isWanted ? "expected" : "unexpected")} {text} in {context}");
        }
    }

    private string NextMessage() => mbox[nextMessage++ % mbox.Count];

    /// <summary><c>$3 expunge</c> names the message that was the third when the command began, whatever its number is now.</summary>
    private string Named(string text) => text.Length > 1 && text[0] == '$' && char.IsAsciiDigit(text[1]) ? "was" + text[1..] : "no such reply";

    /// <summary>Each reply as it came, and with the number its message had when the command began.</summary>
    private static List<(string Numbered, string Named)> Renumber(List<string> replies)
    {
        var before = Enumerable.Range(1, 100).ToList();
        var lines = new List<(string, string)>();
        foreach (var reply in replies)
        {
            var space = reply.IndexOf(' ');
            var named = reply;
            if (space > 0 && int.TryParse(reply[..space], out var number) && !reply.EndsWith("EXISTS", StringComparison.Ordinal) && !reply.EndsWith("RECENT", StringComparison.Ordinal))
            {
                named = $"was{before[number - 1]}{reply[space..]}";
                if (reply.EndsWith("EXPUNGE", StringComparison.Ordinal))
                {
                    before.RemoveAt(number - 1);
                }
            }

            lines.Add((reply, named));
        }

        return lines;
    }
}
