using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;

namespace MailDaemon.Outbox;

/// <summary>Names one mail in the outbox.</summary>
public sealed record OutboxRequest
{
    [Description("Its id"), Example("o_5d41402abc4b2a76b9719d91"), Required]
    public required string Id { get; init; }
}
