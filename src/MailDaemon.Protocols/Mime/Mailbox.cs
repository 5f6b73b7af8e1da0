namespace MailDaemon.Protocols.Mime;

/// <summary>A display name (decoded, empty when there is none) and an address as written (RFC 5322 §3.4).</summary>
public sealed record Mailbox(string Name, string Address)
{
    /// <summary>Every mailbox of a list as people type it, <c>Ann &lt;ann@example.com&gt;, bob@example.com</c>; a piece that is no address has an empty one.</summary>
    public static IReadOnlyList<Mailbox> ParseList(string list) => Fields.AddressList.ParseTyped(list);

    /// <summary>Whether a text can be written as an address, <c>local-part@domain</c> without a name and angle brackets.</summary>
    public static bool IsAddress(string address) => Writing.MailboxText.IsAddress(address);
}
