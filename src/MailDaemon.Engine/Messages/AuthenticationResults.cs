using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Fields <c>Authentication-Results</c> of a message (RFC 8601 §2.2), the topmost first. Whoever sends a mail can put such fields into it;
/// only those of the account's own server count, which puts its one above. Pure.
/// </summary>
public static partial class AuthenticationResults
{
    public const string Field = "Authentication-Results";

    /// <summary>Fields kept of a message; own servers stand above, so no more are needed.</summary>
    private const int MaxFields = 5;

    private const int MaxIdLength = 255;

    /// <summary>Fields of one server on so many messages make it known as the account's own.</summary>
    private const int Few = 3;

    /// <summary>As <see cref="Few"/> where a Received stands above them, as above a forged one.</summary>
    private const int Many = 20;

    /// <summary>Reads a header.</summary>
    /// <param name="header">In its order; of fields other than these and Received the value is not looked at.</param>
    public static IReadOnlyList<AuthenticationResult> Read(IEnumerable<(string Name, Func<string> Value)> header)
    {
        var found = new List<AuthenticationResult>();
        var hops = 0;
        foreach (var (name, value) in header)
        {
            if (name.Equals("Received", StringComparison.OrdinalIgnoreCase))
                hops++;
            else if (found.Count < MaxFields && name.Equals(Field, StringComparison.OrdinalIgnoreCase))
                found.Add(Parse(value(), hops));
        }

        return found;
    }

    /// <summary>The authserv-id of one field; empty when it has none.</summary>
    public static string ServerOf(string value) => Parse(value, 0).Server;

    /// <summary>
    /// What the topmost field of a server says; null when it has none. Where that is above every Received, so are others that the server wrote, one
    /// for a method (RFC 8601 §2.2), and they are read too; lower down they may be the sender's.
    /// </summary>
    /// <param name="server">Its authserv-id; null when it is not known.</param>
    public static Authentication? Of(IReadOnlyList<AuthenticationResult> results, string? server)
    {
        if (server is null || results.FirstOrDefault(result => IsSame(result.Server, server)) is not { } top)
            return null;
        AuthenticationResult[] own = [top, .. results.Where(result => top.Hops == 0 && result.Hops == 0 && !ReferenceEquals(result, top) && IsSame(result.Server, server))];
        string? First(Func<AuthenticationResult, string?> method) => own.Select(method).FirstOrDefault(word => word is not null);
        return new Authentication(First(result => result.Spf), First(result => result.Dkim), First(result => result.Dmarc), top.Server);
    }

    /// <summary>The server whose field is constantly the topmost one of received mail; null when there is none yet.</summary>
    public static string? Learn(IReadOnlyList<IReadOnlyList<AuthenticationResult>> received)
    {
        var tops = received.Where(results => results.Count > 0).Select(results => results[0]).ToList();
        if (tops.GroupBy(top => top.Server, StringComparer.OrdinalIgnoreCase).MaxBy(group => group.Count()) is not { } most)
            return null;
        var count = most.Count();
        var isConstant = count * 4 >= tops.Count * 3 && count * 2 >= received.Count;
        return isConstant && count >= (most.All(top => top.Hops == 0) ? Few : Many) ? most.Key : null;
    }

    public static bool IsSame(string left, string right) => string.Equals(left.TrimEnd('.'), right.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    /// <summary>One line a field.</summary>
    public static string Pack(IReadOnlyList<AuthenticationResult> results) =>
        string.Join('\n', results.Select(result => string.Create(CultureInfo.InvariantCulture, $"{result.Hops}\t{result.Server}\t{result.Spf}\t{result.Dkim}\t{result.Dmarc}")));

    public static IReadOnlyList<AuthenticationResult> Unpack(string packed) => packed.Length == 0 ? [] : [.. packed.Split('\n').Select(line => line.Split('\t')).Where(parts => parts.Length == 5).Select(
        parts => new AuthenticationResult(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], Word(parts[2]), Word(parts[3]), Word(parts[4])))];

    // authres-payload = [CFWS] authserv-id [ CFWS authres-version ] ( no-result / 1*resinfo ) [CFWS] CRLF
    private static AuthenticationResult Parse(string value, int hops)
    {
        var parts = Split(value);

        // QUIRK: Microsoft's servers leave the authserv-id out and begin with the first result.
        var hasServer = !parts[0].Contains('=', StringComparison.Ordinal);
        var server = hasServer ? TextCut.At(string.Concat(parts[0].Trim().Split([' ', '\t'], 2)[0].Trim('"').Where(c => !char.IsControl(c))), MaxIdLength) : "";
        var results = parts.Skip(hasServer ? 1 : 0).Select(part => Result().Match(part)).Where(match => match.Success)
            .Select(match => (Method: match.Groups["method"].Value.ToLowerInvariant(), Result: match.Groups["result"].Value.ToLowerInvariant(), Text: match.Groups["rest"].Value)).ToList();
        var dkim = results.Where(result => result.Method == "dkim").Select(result => result.Result).ToList();
        var spf = results.Where(result => result.Method == "spf").ToList();
        return new AuthenticationResult(
            hops,
            server,
            spf.OrderBy(result => result.Text.Contains("smtp.helo", StringComparison.OrdinalIgnoreCase)).Select(result => result.Result).FirstOrDefault(),
            dkim.Contains("pass", StringComparer.Ordinal) ? "pass" : dkim.FirstOrDefault(),
            results.Where(result => result.Method == "dmarc").Select(result => result.Result).FirstOrDefault());
    }

    /// <summary>At semicolons outside of quotes and comments; comments are left out.</summary>
    private static List<string> Split(string value)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var (depth, isQuoted) = (0, false);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == '\\' && (isQuoted || depth > 0))
            {
                i++;
            }
            else if (c == '"' && depth == 0)
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted)
            {
                part.Append(c is '=' or ';' ? ' ' : c);
            }
            else if (c == '(')
            {
                depth++;
            }
            else if (c == ')' && depth > 0)
            {
                depth--;
                part.Append(' ');
            }
            else if (c == ';' && depth == 0)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else if (depth == 0)
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        return parts;
    }

    private static string? Word(string text) => text.Length == 0 ? null : text;

    [GeneratedRegex(@"^\s*(?<method>[A-Za-z0-9_-]{1,30})\s*(/\s*[0-9]+\s*)?=\s*(?<result>[A-Za-z0-9_-]{1,30})(?<rest>.*)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Result();
}

/// <summary>One field.</summary>
/// <param name="Hops">Received fields above it.</param>
/// <param name="Server">The authserv-id; empty when it has none.</param>
public sealed record AuthenticationResult(int Hops, string Server, string? Spf, string? Dkim, string? Dmarc);
