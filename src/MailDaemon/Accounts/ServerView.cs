using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;

namespace MailDaemon.Accounts;

/// <summary>A mail server as the API shows and takes it.</summary>
public sealed record ServerView
{
    [Example("imap.example.com"), Required, StringLength(253, MinimumLength = 1)]
    public required string Host { get; init; }

    [Example("993"), Range(1, 65535)]
    public required int Port { get; init; }

    [Description("true: TLS from the first byte; false: STARTTLS, which is then required")]
    public bool Secure { get; init; } = true;

    [Description("Instead of secure, in words; none is clear text, for a server on this machine only"), Example("tls"), AllowedValues(null, "tls", "starttls", "none")]
    public string? Security { get; init; }

    public static ServerView? Of(ServerAddress? server) => server is null ? null : new ServerView
    {
        Host = server.Host,
        Port = server.Port,
        Secure = server.Security == ServerSecurity.Tls,
        Security = server.Security switch
        {
            ServerSecurity.Tls => "tls",
            ServerSecurity.StartTls => "starttls",
            _ => "none",
        },
    };

    public ServerAddress ToAddress() => new(Host, Port, Security switch
    {
        "tls" => ServerSecurity.Tls,
        "starttls" => ServerSecurity.StartTls,
        "none" => ServerSecurity.None,
        _ => Secure ? ServerSecurity.Tls : ServerSecurity.StartTls,
    });
}
