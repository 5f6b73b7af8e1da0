namespace MailDaemon.Protocols.Mime;

/// <summary>A display name (decoded, empty when there is none) and an address as written (RFC 5322 §3.4).</summary>
public sealed record Mailbox(string Name, string Address)
{
    /// <summary>Every mailbox of a list as people and header fields write them, <c>Ann &lt;ann@example.com&gt;, bob@example.com</c>; what has no address is passed over.</summary>
    public static IReadOnlyList<Mailbox> ParseList(string list) => Fields.AddressList.Parse(list);

    /// <summary>Whether a text can be written as an address, <c>local-part@domain</c> without a name and angle brackets.</summary>
    public static bool IsAddress(string address) => Writing.MailboxText.IsAddress(address);
}
