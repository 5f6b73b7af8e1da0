namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>The scopes of the API and which of them a method takes (Gmail API v1, discovery document).</summary>
internal static class GmailScopes
{
    public const string Mail = "https://mail.google.com/";
    public const string Compose = "https://www.googleapis.com/auth/gmail.compose";
    public const string Insert = "https://www.googleapis.com/auth/gmail.insert";
    public const string Labels = "https://www.googleapis.com/auth/gmail.labels";
    public const string Metadata = "https://www.googleapis.com/auth/gmail.metadata";
    public const string Modify = "https://www.googleapis.com/auth/gmail.modify";
    public const string ReadOnly = "https://www.googleapis.com/auth/gmail.readonly";
    public const string Send = "https://www.googleapis.com/auth/gmail.send";
    public const string SettingsBasic = "https://www.googleapis.com/auth/gmail.settings.basic";

    private const string AddOnCompose = "https://www.googleapis.com/auth/gmail.addons.current.action.compose";
    private const string AddOnAction = "https://www.googleapis.com/auth/gmail.addons.current.message.action";
    private const string AddOnMetadata = "https://www.googleapis.com/auth/gmail.addons.current.message.metadata";
    private const string AddOnReadOnly = "https://www.googleapis.com/auth/gmail.addons.current.message.readonly";

    public static IReadOnlyList<string> ForProfile { get; } = [Mail, Compose, Metadata, Modify, ReadOnly];

    public static IReadOnlyList<string> ForLists { get; } = [Mail, Metadata, Modify, ReadOnly];

    public static IReadOnlyList<string> ForMessages { get; } = [Mail, AddOnAction, AddOnMetadata, AddOnReadOnly, Metadata, Modify, ReadOnly];

    public static IReadOnlyList<string> ForAttachments { get; } = [Mail, AddOnAction, AddOnReadOnly, Modify, ReadOnly];

    public static IReadOnlyList<string> ForChanges { get; } = [Mail, Modify];

    public static IReadOnlyList<string> ForDeleting { get; } = [Mail];

    public static IReadOnlyList<string> ForInserting { get; } = [Mail, Insert, Modify];

    public static IReadOnlyList<string> ForSending { get; } = [Mail, AddOnCompose, Compose, Modify, Send];

    public static IReadOnlyList<string> ForReadingDrafts { get; } = [Mail, Compose, Modify, ReadOnly];

    public static IReadOnlyList<string> ForWritingDrafts { get; } = [Mail, AddOnCompose, Compose, Modify];

    public static IReadOnlyList<string> ForReadingLabels { get; } = [Mail, Labels, Metadata, Modify, ReadOnly];

    public static IReadOnlyList<string> ForWritingLabels { get; } = [Mail, Labels, Modify];

    public static IReadOnlyList<string> ForSettings { get; } = [Mail, Modify, ReadOnly, SettingsBasic];
}
