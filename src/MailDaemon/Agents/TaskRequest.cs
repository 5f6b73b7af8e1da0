using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;

namespace MailDaemon.Agents;

/// <summary>Names one task.</summary>
public sealed record TaskRequest
{
    [Description("The task's id"), Example("t_5d41402abc4b2a76b9719d91"), Required]
    public required string TaskId { get; init; }
}
