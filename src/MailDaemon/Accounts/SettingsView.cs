using System.ComponentModel;
using System.Text.Json;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;

namespace MailDaemon.Accounts;

/// <summary>An account's settings as the API shows them.</summary>
public sealed record SettingsView
{
    public required string DisplayName { get; init; }

    [Description("Seconds between polls; 0 stops polling and push")]
    public required int SyncInterval { get; init; }

    public required bool Notify { get; init; }

    [Description("Put under what is sent or drafted, above a quotation")]
    public required string Signature { get; init; }

    [Description("text or html: what the signature is")]
    public required string SignatureContentType { get; init; }

    [Description("How many days back mail is kept in the cache; 0 is all")]
    public required int SyncDays { get; init; }

    [Description("Folders that are synced, by path or role; empty is all")]
    public required IReadOnlyList<string> Folders { get; init; }

    public required JsonElement? AgentPolicy { get; init; }

    [Description("Which folder is for sent, drafts, trash, spam and archive, where the account's owner says so; null: what the server or the folder's name tells")]
    public required FolderRolePaths FolderRoles { get; init; }

    [Description("Who puts the copy of a sent mail into the sent folder: auto, daemon or server"), Example("auto")]
    public required string SentCopies { get; init; }

    [Description("The name by which the account's own server signs Authentication-Results, as it was set; null: it is learned from received mail")]
    public required string? AuthservId { get; init; }

    public required string? Username { get; init; }

    public required ServerView? Imap { get; init; }

    public required ServerView? Smtp { get; init; }

    public static SettingsView Of(Account account) => new()
    {
        DisplayName = account.DisplayName,
        SyncInterval = account.Settings.SyncInterval,
        Notify = account.Settings.Notify,
        Signature = account.Settings.Signature,
        SignatureContentType = account.Settings.IsSignatureHtml ? "html" : "text",
        SyncDays = account.Settings.SyncDays,
        Folders = account.Settings.Folders,
        AgentPolicy = account.Settings.AgentPolicy,
        FolderRoles = account.Settings.FolderRoles,
        SentCopies = account.Settings.SentCopies.ToString().ToLowerInvariant(),
        AuthservId = account.Settings.AuthservId,
        Username = account.Username,
        Imap = ServerView.Of(account.Imap),
        Smtp = ServerView.Of(account.Smtp),
    };
}
