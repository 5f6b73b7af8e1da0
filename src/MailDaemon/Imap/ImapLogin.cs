using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Accounts;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Imap;

/// <summary>Address, password and servers of an account to be tried or added.</summary>
public abstract record ImapLogin
{
    [Description("The address"), Example("me@example.com"), Required, StringLength(320)]
    public required string Email { get; init; }

    [Description("The password, app password or authorization code"), Example("authorization code"), Required, StringLength(4096)]
    public required string Password { get; init; }

    [Description("The login name, when it is not the address"), StringLength(512, MinimumLength = 1), Example("me@example.com")]
    public string? Username { get; init; }

    [Description("Left out: found by the address' domain")]
    public ServerView? Imap { get; init; }

    [Description("Left out: found by the address' domain")]
    public ServerView? Smtp { get; init; }

    internal ImapAccountRequest ToRequest(string? displayName = null) =>
        new(Email, new Secret(Password), Username, displayName, Imap?.ToAddress(), Smtp?.ToAddress());
}
