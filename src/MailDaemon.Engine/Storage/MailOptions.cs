using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Mail</c>.</summary>
public sealed class MailOptions
{
    /// <summary>Where everything is kept; <c>~</c> stands for the home directory.</summary>
    [Required]
    public string DataDirectory { get; init; } = "~/.desirecore/mail";
}
