using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Hosting;

/// <summary>The settings section <c>Guard</c>.</summary>
public sealed class GuardOptions : IValidatableObject
{
    /// <summary>Origins of desktop apps that may call, as their <c>Origin</c> header has them (<c>app://name</c>); never <c>null</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Whether every call needs the content of <c>api-token</c> in the data directory as its bearer token.</summary>
    public bool RequireToken { get; init; }

    /// <summary>How many requests are worked on at once; more are refused with 429.</summary>
    [Range(1, 100_000)]
    public int MaxRequests { get; init; } = 512;

    /// <summary>How many bytes of large bodies are worked on at once; what is more is refused with 429. At least one body of 50 MB fits.</summary>
    [Range(50_000_000, 4_000_000_000)]
    public long MaxBodyBytes { get; init; } = 160_000_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var origin in AllowedOrigins)
        {
            var isOrigin = Uri.TryCreate(origin, UriKind.Absolute, out _) && !origin.EndsWith('/') && !origin.Contains('*', StringComparison.Ordinal);
            if (!isOrigin)
                yield return new ValidationResult("has to hold origins like app://name or https://127.0.0.1:3000", [nameof(AllowedOrigins)]);
        }
    }
}
