using System.Text;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <content>Commands of any state and of the state before a login (RFC 3501 §6.1, §6.2).</content>
internal sealed partial class ImapSession
{
    private const int MaxRefusedLogins = 5;

    private int refusedLogins;
    private bool isCompressed;

    private string Capabilities()
    {
        var words = new List<string> { "IMAP4rev1" };
        if (user is null && !connection.IsEncrypted)
        {
            words.AddRange(["STARTTLS", "LOGINDISABLED"]);
        }

        foreach (var name in options.Capabilities.Where(options.Offers))
        {
            var isForLogin = name.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase);
            if (!isForLogin || (user is null && connection.IsEncrypted))
            {
                words.Add(name.Equals("APPENDLIMIT", StringComparison.OrdinalIgnoreCase) ? $"{name}={options.MaxMessageBytes}" : name);
            }
        }

        return string.Join(' ', words);
    }

    private Task<string> CapabilityAsync(ImapCommand command)
    {
        command.End();
        connection.Write($"* CAPABILITY {Capabilities()}\r\n");
        return Task.FromResult("CAPABILITY completed");
    }

    private static Task<string> NoopAsync(ImapCommand command)
    {
        command.End();
        return Task.FromResult("Completed");
    }

    private Task<string> LogoutAsync(ImapCommand command)
    {
        command.End();
        isLeaving = true;
        open = null;
        connection.Write("* BYE Good bye\r\n");
        return Task.FromResult("LOGOUT completed");
    }

    /// <summary>RFC 2971: what the client says of itself is checked for its form only.</summary>
    private Task<string> IdAsync(ImapCommand command)
    {
        command.Space();
        if (command.Next == '(')
        {
            command.Take('(');
            for (var count = 0; !command.TryTake(')'); count++)
            {
                if (count > 0)
                {
                    command.Space();
                }

                _ = command.Next is '"' or '{' ? command.String().Length : command.Word().Length;
            }

            hasNamedItself = true;
        }
        else if (command.Word() != "NIL")
        {
            throw new ImapSyntaxException("Expected a list or NIL");
        }

        command.End();
        connection.Write("* ID (\"name\" \"MailDaemon sandbox\" \"vendor\" \"MailDaemon\")\r\n");
        return Task.FromResult("ID completed");
    }

    private Task<string> StartTlsAsync(ImapCommand command)
    {
        command.End();
        if (connection.IsEncrypted)
        {
            throw new ImapSyntaxException("TLS is on already");
        }

        afterReply = ct => connection.UpgradeToTlsAsync(host.Certificate, ct);
        return Task.FromResult("Begin TLS now");
    }

    private Task<string> LoginAsync(ImapCommand command)
    {
        command.Space();
        var name = command.AString();
        command.Space();
        var password = command.AString();
        command.End();
        return Task.FromResult(LogIn(name, password));
    }

    private async Task<string> AuthenticateAsync(ImapCommand command, CancellationToken ct)
    {
        command.Space();
        var mechanism = command.Word();
        if (!options.Offers("AUTH=" + mechanism))
        {
            throw new ImapRefusal("[CANNOT] The mechanism is not offered");
        }

        string? initial = null;
        if (command.TryTake(' '))
        {
            initial = options.Offers("SASL-IR") ? command.AString() : throw new ImapSyntaxException("No initial response is taken");
        }

        command.End();
        if (mechanism == "XOAUTH2")
        {
            return await LogInByTokenAsync(initial is null ? await AskAsync("", ct) : Decode(initial), ct);
        }

        if (mechanism == "PLAIN")
        {
            // message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616)
            var parts = (initial is null ? await AskAsync("", ct) : Decode(initial)).Split('\0');
            return parts.Length == 3 ? LogIn(parts[1], parts[2]) : throw new ImapSyntaxException("Invalid PLAIN message");
        }

        var name = initial is null ? await AskAsync("Username:", ct) : Decode(initial);
        return LogIn(name, await AskAsync("Password:", ct));
    }

    /// <summary>Google's XOAUTH2: <c>user=</c> name 0x01 <c>auth=Bearer </c> token 0x01 0x01; a refusal is told in JSON, which the client answers with an empty line.</summary>
    private async Task<string> LogInByTokenAsync(string message, CancellationToken ct)
    {
        if (message.Split('\x01') is not [['u', 's', 'e', 'r', '=', .. var name], var auth, "", ""] || !auth.StartsWith("auth=Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            throw new ImapSyntaxException("Invalid SASL argument");
        }

        if (host.FindByToken!(name, auth["auth=Bearer ".Length..]) is { } found)
        {
            return LogIn(found);
        }

        await AskAsync("""{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}""", ct);
        return LogIn(null);
    }

    private async Task<string> AskAsync(string challenge, CancellationToken ct)
    {
        connection.Write($"+ {Convert.ToBase64String(Encoding.ASCII.GetBytes(challenge))}\r\n");
        await connection.FlushAsync(ct);
        var answer = await reader.ReadLineAsync(ct) ?? throw new ConnectionCutException();
        return answer == "*" ? throw new ImapSyntaxException("AUTHENTICATE was cancelled") : Decode(answer);
    }

    private static string Decode(string base64)
    {
        try
        {
            return base64 == "=" ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new ImapSyntaxException("Invalid base64");
        }
    }

    /// <summary>Where tokens open the mailbox no password does.</summary>
    private string LogIn(string name, string password) => LogIn(host.FindByToken is null ? host.World.Authenticate(name, password) : null);

    private string LogIn(MailUser? found)
    {
        if (!connection.IsEncrypted)
        {
            throw new ImapRefusal("[PRIVACYREQUIRED] Use STARTTLS first");
        }

        var refusal = found is null ? LoginRefusal.WrongPassword : faults.RefuseLogin.TryTake(out var wanted) ? wanted : (LoginRefusal?)null;
        host.Counters.AddLogin(refusal is null);
        if (refusal is { } reason)
        {
            isLeaving = ++refusedLogins >= MaxRefusedLogins;
            throw new ImapRefusal(TextOf(reason));
        }

        user = found;
        reader.IsAuthenticated = true;
        connection.IdleTimeout = options.IdleTimeout;
        return $"[CAPABILITY {Capabilities()}] Logged in";
    }

    private static string TextOf(LoginRefusal reason) => reason switch
    {
        LoginRefusal.Temporary => "[UNAVAILABLE] Temporary authentication failure",
        LoginRefusal.AuthorizationCodeNeeded => "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
            + "or system is busy. More information at https://open.work.weixin.qq.com/help2/pc/18884",
        _ => "[AUTHENTICATIONFAILED] Invalid user or password",
    };

    private Task<string> EnableAsync(ImapCommand command)
    {
        var enabled = new List<string>();
        do
        {
            command.Space();
            var name = command.Word();
            if (name is "CONDSTORE" or "QRESYNC" && options.Offers(name))
            {
                condstore = true;
                qresync |= name == "QRESYNC";
                enabled.Add(name);
            }
        }
        while (!command.AtEnd);

        connection.Write($"* ENABLED{string.Concat(enabled.Select(e => " " + e))}\r\n");
        return Task.FromResult("ENABLE completed");
    }

    private Task<string> CompressAsync(ImapCommand command)
    {
        command.Space();
        if (command.Word() != "DEFLATE")
        {
            throw new ImapSyntaxException("Unknown compression");
        }

        command.End();
        if (isCompressed)
        {
            throw new ImapRefusal("[COMPRESSIONACTIVE] Compressed already");
        }

        isCompressed = true;
        afterReply = _ =>
        {
            connection.UpgradeToDeflate();
            return Task.CompletedTask;
        };
        return Task.FromResult("Compression begins");
    }

    private Task<string> NamespaceAsync(ImapCommand command)
    {
        command.End();
        connection.Write("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
        return Task.FromResult("NAMESPACE completed");
    }
}
