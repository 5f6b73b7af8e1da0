using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Api;

/// <summary>Says which rows of a list are asked for.</summary>
public record PageRequest
{
    [Description("Rows to leave out"), Range(0, int.MaxValue)]
    public int Offset { get; init; }

    [Description("Rows to list"), Range(1, 500)]
    public int Limit { get; init; } = 50;
}
