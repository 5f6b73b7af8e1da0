using System.Text.Json;
using MailDaemon.Engine.Accounts;

namespace MailDaemon.Engine.Sync;

/// <summary>What is to change of an account. Null means: stays.</summary>
public sealed record AccountChange
{
    public string? DisplayName { get; init; }

    public int? SyncInterval { get; init; }

    public bool? Notify { get; init; }

    public string? Signature { get; init; }

    /// <summary>Whether the signature is HTML; null: as before.</summary>
    public bool? IsSignatureHtml { get; init; }

    public int? SyncDays { get; init; }

    public IReadOnlyList<string>? Folders { get; init; }

    public JsonElement? AgentPolicy { get; init; }

    /// <summary>Of its roles those that are named; an empty path clears one.</summary>
    public FolderRolePaths? FolderRoles { get; init; }

    public SentCopies? SentCopies { get; init; }

    /// <summary>Empty: as received mail shows it.</summary>
    public string? AuthservId { get; init; }

    public string? Username { get; init; }

    public ServerAddress? Imap { get; init; }

    public ServerAddress? Smtp { get; init; }

    public Secret? Password { get; init; }

    /// <summary>Whether timer, listener and connections must begin anew.</summary>
    internal bool AffectsSync =>
        SyncInterval is not null || SyncDays is not null || Folders is not null || FolderRoles is not null || Username is not null || Imap is not null || Smtp is not null || Password is not null;

    /// <summary>Whether the stored password would go to another server or user than the one it was given for.</summary>
    internal bool NeedsPassword(Account account) =>
        (Imap is not null && Imap != account.Imap)
        || (Smtp is not null && Smtp != account.Smtp)
        || (Username is not null && Username != account.Username);

    internal Account Apply(Account account) => account with
    {
        DisplayName = DisplayName ?? account.DisplayName,
        Username = Username ?? account.Username,
        Imap = Imap ?? account.Imap,
        Smtp = Smtp ?? account.Smtp,
        Settings = account.Settings with
        {
            SyncInterval = SyncInterval ?? account.Settings.SyncInterval,
            Notify = Notify ?? account.Settings.Notify,
            Signature = Signature ?? account.Settings.Signature,
            IsSignatureHtml = IsSignatureHtml ?? account.Settings.IsSignatureHtml,
            SyncDays = SyncDays ?? account.Settings.SyncDays,
            Folders = Folders ?? account.Settings.Folders,
            AgentPolicy = AgentPolicy ?? account.Settings.AgentPolicy,
            FolderRoles = FolderRoles is null ? account.Settings.FolderRoles : account.Settings.FolderRoles.With(FolderRoles),
            SentCopies = SentCopies ?? account.Settings.SentCopies,
            AuthservId = AuthservId switch
            {
                null => account.Settings.AuthservId,
                "" => null,
                _ => AuthservId,
            },
        },
    };
}
