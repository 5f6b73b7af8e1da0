using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Sandbox;

/// <summary>What the sandbox starts with.</summary>
public sealed record SandboxOptions
{
    /// <summary>The users, at least one. Default: <see cref="SandboxUser.Lina"/> and <see cref="SandboxUser.Tom"/>.</summary>
    public IReadOnlyList<SandboxUser> Users { get; init; } = [SandboxUser.Lina, SandboxUser.Tom];

    /// <summary>Whether the first user gets the sample mailbox; else she has the usual folders, empty. Default true.</summary>
    public bool Seed { get; init; } = true;

    public ImapServerOptions Imap { get; init; } = new();

    public SmtpServerOptions Smtp { get; init; } = new();

    public GmailServerOptions Gmail { get; init; } = new();

    public IdentityServerOptions Identity { get; init; } = new();

    public GraphServerOptions Graph { get; init; } = new();
}
