using MailDaemon.Engine.Messages;

namespace MailDaemon.Okki;

/// <summary>Reads what requests about records share.</summary>
internal static class OkkiInput
{
    /// <exception cref="MailException">InvalidInput: it is no address.</exception>
    public static EmailAddress Address(string text, string field) => EmailAddress.TryParseList(text) is [var address]
        ? address
        : throw MailException.InvalidInput("invalid_parameter", $"{field} takes one address, such as ann@acme.com or Ann <ann@acme.com>.");

    /// <exception cref="MailException">InvalidInput: some are none.</exception>
    public static IReadOnlyList<EmailAddress> Addresses(string text, string field) => string.IsNullOrWhiteSpace(text)
        ? []
        : EmailAddress.TryParseList(text) ?? throw MailException.InvalidInput("invalid_parameter", $"{field} takes addresses, separated by commas.");
}
