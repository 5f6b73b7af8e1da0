using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>Who is on the other side of a mail. Pure.</summary>
public static class Counterparty
{
    private const int Most = 20;

    /// <summary>
    /// The direction, and the other side: of what came in the sender, by Reply-To where there is one; of what went out the recipients. Addresses
    /// of machines are on neither side.
    /// </summary>
    public static (bool IsOutgoing, IReadOnlyList<EmailAddress> Others) Of(
        EmailAddress from, IReadOnlyList<EmailAddress> replyTo, IReadOnlyList<EmailAddress> to, IReadOnlyList<EmailAddress> cc, Ourselves us)
    {
        var isOutgoing = us.Has(from.Address);
        IEnumerable<EmailAddress> others = isOutgoing ? [.. to, .. cc] : [.. replyTo, from];
        return (isOutgoing, [.. others.Where(address => address.Address.Contains('@', StringComparison.Ordinal) && !us.Has(address.Address) && !MachineMail.IsMachine(address.Address)).DistinctBy(address => address.Address.ToUpperInvariant()).Take(Most)]);
    }

    internal static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..].Trim();
}
