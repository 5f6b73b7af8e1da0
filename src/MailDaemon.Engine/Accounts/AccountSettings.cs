using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Accounts;

/// <summary>What an account's owner can set.</summary>
public sealed record AccountSettings
{
    public const int DefaultSyncInterval = 30;
    public const int ShortestSyncInterval = 5;
    public const int LongestSyncInterval = 86_400;
    public const int MostSyncDays = 36_500;
    public const int LongestSignature = 65_536;
    public const int MostFolders = 1_000;
    private const int LongestPolicy = 65_536;

    public AccountSettings()
    {
    }

    // A row written before a setting existed must read as its default: generated JSON code keeps those of parameters, not of properties.
    [JsonConstructor]
    internal AccountSettings(
        int syncInterval = DefaultSyncInterval,
        bool notify = true,
        string? signature = null,
        int syncDays = 0,
        IReadOnlyList<string>? folders = null,
        JsonElement? agentPolicy = null,
        FolderRolePaths? folderRoles = null,
        SentCopies sentCopies = SentCopies.Auto,
        string? authservId = null,
        bool isSignatureHtml = false)
    {
        SyncInterval = syncInterval;
        Notify = notify;
        Signature = signature ?? "";
        SyncDays = syncDays;
        Folders = folders ?? [];
        AgentPolicy = agentPolicy;
        FolderRoles = folderRoles ?? FolderRolePaths.None;
        SentCopies = sentCopies;
        AuthservId = authservId;
        IsSignatureHtml = isSignatureHtml;
    }

    /// <summary>Seconds between passes, 5–86,400; 0 stops polling and push alike. Default 30.</summary>
    public int SyncInterval { get; init; } = DefaultSyncInterval;

    public bool Notify { get; init; } = true;

    /// <summary>Put under what is written; at most 65,536 characters.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Whether <see cref="Signature"/> is HTML; it is never guessed.</summary>
    public bool IsSignatureHtml { get; init; }

    /// <summary>How many days back mail is kept in the cache, 0–36,500; 0 means all.</summary>
    public int SyncDays { get; init; }

    /// <summary>Paths of the folders to read; empty means all.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Which folder is for what, where the server does not say or says otherwise.</summary>
    public FolderRolePaths FolderRoles { get; init; } = FolderRolePaths.None;

    /// <summary>Who puts the copy of a sent mail into Sent.</summary>
    public SentCopies SentCopies { get; init; }

    /// <summary>What agents may send from this account, in the form of <see cref="Accounts.AgentPolicy"/>; null means the rule decides alone.</summary>
    public JsonElement? AgentPolicy
    {
        get;
        init => field = value?.Clone();
    }

    /// <summary>
    /// The authserv-id of the account's own server, whose Authentication-Results count; at most 255 characters. Null: as received mail
    /// shows it.
    /// </summary>
    public string? AuthservId { get; init; }

    /// <summary>Whether a folder is to be read: named by its path or by what it is for, or none is named.</summary>
    public bool Wants(Folder folder) =>
        Folders.Count == 0
        || Folders.Contains(folder.Path, StringComparer.OrdinalIgnoreCase)
        || Folders.Contains(folder.Role.Name(), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="MailException">InvalidInput <c>invalid_settings</c> with what is wrong field by field.</exception>
    /// <param name="known">The account's folders; null when they are not known.</param>
    public void Validate(IReadOnlyList<Folder>? known = null)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        if (SyncInterval != 0 && SyncInterval is < ShortestSyncInterval or > LongestSyncInterval)
            faults["syncInterval"] = $"must be 0 (off) or {ShortestSyncInterval} to {LongestSyncInterval} seconds";
        if (SyncDays is < 0 or > MostSyncDays)
            faults["syncDays"] = $"must be 0 (all) to {MostSyncDays}";
        if (Signature is null || Signature.Length > LongestSignature || Signature.Contains('\0', StringComparison.Ordinal))
            faults["signature"] = $"must be a text of at most {LongestSignature} characters";
        if (Folders is null || Folders.Count > MostFolders || Folders.Any(folder => string.IsNullOrEmpty(folder) || folder.Any(char.IsControl)))
            faults["folders"] = $"must be at most {MostFolders} folder paths without control characters";
        if (AgentPolicy is { } policy && (policy.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null) || policy.GetRawText().Length > LongestPolicy))
            faults["agentPolicy"] = $"must be an object of at most {LongestPolicy} characters";
        foreach (var (name, fault) in FolderRoles.Faults(known ?? []))
            faults[name] = fault;
        if (AuthservId is { } id && (id.Length is 0 or > 255 || id.Any(c => char.IsControl(c) || c is ' ' or ';' or '=')))
            faults["authservId"] = "must be the name by which the server signs Authentication-Results, without blanks, ; and =";
        if (faults.Count == 0)
            return;
        throw new MailException(MailFault.InvalidInput, "invalid_settings", "Settings: " + string.Join("; ", faults.Select(fault => $"{fault.Key} {fault.Value}")) + ".")
        {
            Details = faults,
        };
    }
}
