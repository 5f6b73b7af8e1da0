using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Hosting;

/// <summary>Passwords and tokens that are stored or given never come out again: not in a reply, not in a log, not in a file in clear text.</summary>
public sealed class SecretsStayInsideTests
{
    private const string Password = "canary-password-7d1f";
    private const string Wrong = "canary-wrong-93ab";
    private const string Token = "canary-token-5e20";

    private static readonly byte[][] forbidden =
    [
        .. new[] { Password, Wrong, Token, Base64($"\0lina@sandbox.test\0{Password}"), Base64($"\0lina@sandbox.test\0{Wrong}"), Base64(Password), Base64(Wrong) }
            .Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public async Task No_reply_log_or_file_shows_a_secret()
    {
        var lina = new SandboxUser("lina@sandbox.test", Password, "李娜");
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Users = [lina, SandboxUser.Tom] }, ("Serilog:MinimumLevel:Default", "Verbose"));
        var app = sandbox.App;
        app.Services.GetRequiredService<SecretVault>().Save(new AccountKey(ProviderKind.Imap, "lina@sandbox.test"), SecretVault.OAuthToken, new Secret(Token));

        var replies = new List<Reply>
        {
            await app.PutAsync("/api/accounts/imap/lina@sandbox.test/settings", new { password = Wrong }),
            await app.PutAsync("/api/accounts/imap/lina@sandbox.test/settings", new { password = Wrong, imap = new { host = "127.0.0.1", port = 1 } }),
            await app.PostAsync("/api/imap/test", sandbox.Login(Wrong)),
            await app.PostAsync("/api/imap/test", sandbox.Login(Password)),
            await app.PostAsync("/api/imap/accounts", new { email = "tom@sandbox.test", password = Wrong, imap = sandbox.Imap, smtp = sandbox.Smtp }),
            await app.PostAsync("/api/imap/accounts", $$"""{"email":"tom@sandbox.test","password":"{{Wrong}}","imap":7}"""),
            await app.PostAsync("/api/imap/accounts", $$"""{"password":"{{Wrong}}\u0000"}"""),
            await app.PostAsync("/api/imap/accounts", $$"""{"password":["{{Wrong}}"],"email":"tom@sandbox.test"}"""),
            await app.PostAsync($"/api/imap/accounts?password={Wrong}x", new { email = "tom@sandbox.test", password = Wrong }),
            await app.PostAsync("/api/imap/accounts", $"{{\"password\":\"{Wrong}\""),
        };
        sandbox.Servers.ImapFaults.RefuseLogin.Arm(LoginRefusal.WrongPassword);
        sandbox.Servers.SmtpFaults.RefuseLogin.Arm(LoginRefusal.AuthorizationCodeNeeded);
        replies.Add(await app.PostAsync("/api/imap/accounts/verify-smtp", new { email = "lina@sandbox.test" }));
        replies.Add(await app.PostAsync("/api/imap/test", sandbox.Login(Password)));
        sandbox.Servers.ImapFaults.Reset();
        sandbox.Servers.SmtpFaults.Reset();
        replies.AddRange(await CallAllAsync(sandbox));

        replies.Count.ShouldBeGreaterThan(50);
        foreach (var reply in replies)
        {
            Shows(Encoding.UTF8.GetBytes(reply.Text)).ShouldBeFalse(reply.ToString());
            reply.Headers.Values.ShouldAllBe(h => !Shows(Encoding.UTF8.GetBytes(h)));
        }

        ShowingFiles(app.DataDirectory).ShouldBeEmpty();
        File.ReadAllText(Directory.GetFiles(Path.Combine(app.DataDirectory, "logs")).First()).Length.ShouldBeGreaterThan(1_000, "something was logged");
    }

    [Fact]
    public void Search_finds_a_secret_where_there_is_one()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("a/clean.json"), "nothing");
        File.WriteAllText(directory.File("a/log.txt"), $"AUTHENTICATE PLAIN {Base64($"\0lina@sandbox.test\0{Password}")}");

        ShowingFiles(directory.Path).ShouldHaveSingleItem().ShouldEndWith("log.txt");
    }

    private static async Task<List<Reply>> CallAllAsync(SandboxApp sandbox)
    {
        var item = await sandbox.FindAsync("合同已盖章 📄 请查收");
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["p"] = "imap",
            ["provider"] = "imap",
            ["email"] = sandbox.Email,
            ["id"] = item.GetProperty("key").GetString()!,
            ["messageId"] = item.GetProperty("key").GetString()!,
            ["key"] = item.GetProperty("key").GetString()!,
            ["attachmentId"] = "0",
            ["password"] = Wrong,
            ["follow"] = "false",
        };

        // What removes the message and then the account comes last.
        var routes = (await AllRoutes.ReadAsync(sandbox.App)).OrderBy(r => r.Method == "DELETE").ThenByDescending(r => r.Template, StringComparer.Ordinal);
        var replies = new List<Reply>();
        foreach (var route in routes)
        {
            // Servers of the examples are real names.
            if (route.Template is not ("/api/imap/test" or "/api/imap/accounts"))
                replies.Add(await sandbox.App.SendAsync(route.Method, RouteCalls.PathOf(route, values), RouteCalls.BodyOf(route, values)));
        }

        return replies;
    }

    private static string[] ShowingFiles(string directory) =>
        [.. Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "daemon.lock" && Shows(ReadShared(f)))];

    private static bool Shows(byte[] bytes) => forbidden.Any(secret => bytes.AsSpan().IndexOf(secret) >= 0);

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=');
}
