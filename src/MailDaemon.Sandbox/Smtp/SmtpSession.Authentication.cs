using System.Text;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Smtp;

/// <content>AUTH (RFC 4954) with PLAIN and LOGIN.</content>
internal sealed partial class SmtpSession
{
    private const int MaxRefusedLogins = 5;
    private const int MaxAuthLine = 12288;

    private int refusedLogins;

    private async Task<string> AuthenticateAsync(string argument, CancellationToken ct)
    {
        if (!isExtended || user is not null || sender is not null)
        {
            return "503 5.5.1 Not now";
        }

        if (!connection.IsEncrypted)
        {
            return "538 5.7.11 Encryption is required";
        }

        var words = argument.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var mechanism = words.FirstOrDefault("").ToUpperInvariant();
        if (!options.Offers("AUTH " + mechanism))
        {
            return "504 5.5.4 The mechanism is not offered";
        }

        var initial = words.Length == 2 ? words[1] : null;
        try
        {
            if (mechanism == "PLAIN")
            {
                // message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616)
                var parts = (initial is null ? await AskAsync("", ct) : Decode(initial)).Split('\0');
                return parts.Length == 3 ? LogIn(parts[1], parts[2]) : "501 5.5.2 Invalid PLAIN message";
            }

            var name = initial is null ? await AskAsync("Username:", ct) : Decode(initial);
            return LogIn(name, await AskAsync("Password:", ct));
        }
        catch (FormatException)
        {
            return "501 5.5.2 Invalid base64";
        }
        catch (AuthCancelledException)
        {
            return "501 5.0.0 Authentication was cancelled";
        }
    }

    private async Task<string> AskAsync(string challenge, CancellationToken ct)
    {
        connection.Write($"334 {Convert.ToBase64String(Encoding.ASCII.GetBytes(challenge))}\r\n");
        await connection.FlushAsync(ct);
        var line = await connection.ReadLineAsync(MaxAuthLine, ct) ?? throw new ConnectionCutException();
        var answer = Encoding.ASCII.GetString(line).TrimEnd('\r', '\n');
        return answer == "*" ? throw new AuthCancelledException() : Decode(answer);
    }

    private static string Decode(string base64) => base64 == "=" ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private string LogIn(string name, string password)
    {
        var found = host.World.Authenticate(name, password);
        var refusal = found is null ? LoginRefusal.WrongPassword : faults.RefuseLogin.TryTake(out var wanted) ? wanted : (LoginRefusal?)null;
        host.Counters.AddLogin(refusal is null);
        if (refusal is { } reason)
        {
            isLeaving = ++refusedLogins >= MaxRefusedLogins;
            return TextOf(reason);
        }

        user = found;
        return "235 2.7.0 Logged in";
    }

    private static string TextOf(LoginRefusal reason) => reason switch
    {
        LoginRefusal.Temporary => "454 4.7.0 Temporary authentication failure",
        LoginRefusal.AuthorizationCodeNeeded => "535 Login fail. Please enter your authorization code to login. More information in https://service.mail.qq.com/detail/0/53",
        _ => "535 5.7.8 Invalid user or password",
    };

    private sealed class AuthCancelledException : Exception;
}
