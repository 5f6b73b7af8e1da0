using System.Globalization;

namespace MailDaemon.Engine.Messages;

/// <summary>How a provider's ids stand in the API: as they are, but for IMAP <c>imap:&lt;uid&gt;</c>.</summary>
public static class MessageIds
{
    private const string ImapPrefix = "imap:";

    public static string Show(ProviderKind provider, string remoteId) => provider == ProviderKind.Imap ? ImapPrefix + remoteId : remoteId;

    /// <summary>The provider's id of what a caller gave; an IMAP UID may come with its prefix or without.</summary>
    /// <exception cref="MailException">InvalidInput: not an IMAP UID.</exception>
    public static string Read(ProviderKind provider, string id) => TryRead(provider, id) ?? throw Invalid(id);

    /// <summary>As <see cref="Read"/>; null when it is not an IMAP UID.</summary>
    public static string? TryRead(ProviderKind provider, string id)
    {
        if (provider != ProviderKind.Imap)
            return Native(provider, id);

        var uid = id.StartsWith(ImapPrefix, StringComparison.OrdinalIgnoreCase) ? id[ImapPrefix.Length..] : id;
        return uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value.ToString(CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>An id of the provider as it was meant. Those of Outlook are base64: a plus sign that was not encoded arrives as a blank.</summary>
    public static string Native(ProviderKind provider, string id) => provider == ProviderKind.Outlook ? id.Replace(' ', '+') : id;

    public static MailException Invalid(string id) =>
        MailException.InvalidInput("invalid_parameter", $"'{TextCut.At(id, 80)}' is no IMAP message: it is named by its uid (4711 or imap:4711) or its key (m_…).");
}
