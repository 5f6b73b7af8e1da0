using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>Changes settings of an account; what is not named stays.</summary>
internal static class UpdateSettings
{
    [EndpointSummary("Change an account's settings")]
    [EndpointDescription("Only what is named changes. Another host, port, protection or user name needs the password again, and is tried before it is kept.")]
    [Tags("Accounts")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<SettingsView>> HandleAsync(Input<Request> input, AccountStore accounts, AccountLifecycle lifecycle, CancellationToken ct)
    {
        var account = input.Value.Find(accounts);
        return Envelope.Success(SettingsView.Of(await lifecycle.UpdateAsync(account.Key, input.Value.ToChange(), ct)));
    }

    public sealed record Request : AccountRequest
    {
        [StringLength(256), Example("Li Wei")]
        public string? DisplayName { get; init; }

        [Description("Seconds between polls, 5 to 86400; 0 stops polling and push"), Example("30")]
        public int? SyncInterval { get; init; }

        [Example("true")]
        public bool? Notify { get; init; }

        [Description("Put under what is sent or drafted, above a quotation"), MultilineText, StringLength(65536), Example("Best regards")]
        public string? Signature { get; init; }

        [Description("What the signature is: text or html; never guessed"), AllowedValues("text", "html", "text/plain", "text/html", null), Example("text")]
        public string? SignatureContentType { get; init; }

        [Description("How many days back mail is kept in the cache; 0 is all"), Example("0")]
        public int? SyncDays { get; init; }

        [Description("Folders to sync, by path or role; empty is all"), Example("[]")]
        public IReadOnlyList<string>? Folders { get; init; }

        [Description("What agents may send from this account, whatever their rules allow: send, forward, replyToDiffers: allow, hold (refused as long as nobody can approve) or deny; maxRecipients; perHour, perDay. {} leaves it to the rules"), Example("{\"send\":\"allow\",\"maxRecipients\":5,\"perHour\":20}")]
        public JsonElement? AgentPolicy { get; init; }

        [Description("Which folder is for sent, drafts, trash, spam and archive, by path, where the server does not say; only what is named changes, an empty text clears"), Example("{\"trash\":\"Abfall\"}")]
        public FolderRolePaths? FolderRoles { get; init; }

        [Description("Who puts the copy of a sent mail into the sent folder: auto (the daemon, unless the server does), daemon or server"), Example("auto")]
        public SentCopies? SentCopies { get; init; }

        [Description("The name by which the account's own server signs Authentication-Results: only its word makes authentication. It is learned from received mail when it is not set; an empty text takes it back"), StringLength(255), Example("mx.example.com")]
        public string? AuthservId { get; init; }

        [StringLength(512, MinimumLength = 1), Example("me@example.com")]
        public string? Username { get; init; }

        public ServerView? Imap { get; init; }

        public ServerView? Smtp { get; init; }

        [Description("Needed with another server or user name; may be given alone when it changed"), StringLength(4096, MinimumLength = 1), Example("authorization code")]
        public string? Password { get; init; }

        internal AccountChange ToChange() => new()
        {
            DisplayName = DisplayName,
            SyncInterval = SyncInterval,
            Notify = Notify,
            Signature = Signature,
            IsSignatureHtml = SignatureContentType is null ? null : SignatureContentType is "html" or "text/html",
            SyncDays = SyncDays,
            Folders = Folders,
            AgentPolicy = AgentPolicy,
            FolderRoles = FolderRoles,
            SentCopies = SentCopies,
            AuthservId = AuthservId,
            Username = Username,
            Imap = Imap?.ToAddress(),
            Smtp = Smtp?.ToAddress(),
            Password = Password is null ? null : new Secret(Password),
        };
    }
}
