using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>What is known of somebody whose customer is looked for by likeness.</summary>
/// <param name="Text">Plain, without quoted parts.</param>
public sealed record CustomerQuery(EmailAddress From, string Subject, string Text);

/// <summary>A customer that is like it.</summary>
/// <param name="Score">0 to 1.</param>
public sealed record CustomerHit(long CompanyId, string Name, double Score, string Evidence);

/// <summary>Looks for customers by likeness; the likeliest first, a few.</summary>
internal interface ICustomerSearch
{
    /// <exception cref="MailException">A server was asked and failed.</exception>
    Task<IReadOnlyList<CustomerHit>> SearchAsync(CustomerQuery query, CancellationToken ct);
}
