using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Messages;

/// <summary>A display name, empty when there is none, and an address as written.</summary>
public sealed record EmailAddress(string Name, string Address)
{
    /// <summary>A list as people write it, <c>Ann &lt;ann@example.com&gt;, bob@example.com</c>; null when a part of it is no address.</summary>
    public static IReadOnlyList<EmailAddress>? TryParseList(string list)
    {
        var addresses = Mailbox.ParseList(list).Select(mailbox => new EmailAddress(mailbox.Name, mailbox.Address)).ToList();
        return addresses.TrueForAll(address => Mailbox.IsAddress(address.Address)) && (addresses.Count > 0 || string.IsNullOrWhiteSpace(list)) ? addresses : null;
    }
}
