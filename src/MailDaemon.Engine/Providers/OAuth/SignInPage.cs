using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>What the browser shows at the end of a sign-in: a page without script, link or anything that was sent to it.</summary>
/// <param name="Status">Of HTTP.</param>
internal sealed record SignInPage(int Status, string Title, string Text)
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:15vh auto;padding:0 1em;color:#222;background:#fff}h1{font-size:1.4em}";
    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    public static SignInPage Done(string email) =>
        new(200, "Signed in", $"{email} is connected. Its mail is being read now; you can close this page.");

    public static SignInPage Failed(MailException e) => e.Code switch
    {
        SignInFaults.Cancelled => new(403, "Sign-in cancelled", e.Message),
        SignInFaults.MissingScopes => new(403, "Not everything was allowed", e.Message),
        SignInFaults.WrongMailbox => new(409, "Another mailbox was chosen", e.Message),
        SignInFaults.Expired => new(410, "Sign-in expired", e.Message),
        _ => new(StatusOf(e.Fault), "Sign-in failed", e.Message),
    };

    public static SignInPage UsedTwice() => new(409, "Already used", "This sign-in was used already. Look at the first page for what became of it, or begin a new sign-in.");

    public static SignInPage Unknown() => new(400, "Unknown sign-in", "This page was opened with a link that belongs to no sign-in of this program. Begin a new sign-in.");

    public static SignInPage Refused(int status, string text) => new(status, "Nothing here", text);

    /// <summary>The answer as it goes over the wire.</summary>
    public byte[] Write()
    {
        var body = Encoding.UTF8.GetBytes(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\"><title>{Encode(Title)} - MailDaemon</title><style>{Style}</style></head>"
            + $"<body><h1>{Encode(Title)}</h1><p>{Encode(Text)}</p></body></html>\n");
        var header = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {Status} {Reason(Status)}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nContent-Security-Policy: default-src 'none'; img-src data:; style-src 'sha256-{StyleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(header), .. body];
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static int StatusOf(MailFault fault) => fault switch
    {
        MailFault.InvalidInput => 400,
        MailFault.NotAuthorized or MailFault.Forbidden => 403,
        MailFault.Conflict => 409,
        MailFault.Refused => 502,
        MailFault.Unreachable => 503,
        MailFault.Timeout => 504,
        _ => 500,
    };

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    };
}
