using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>What the owner of a mailbox consented to, as it lies encrypted in the secret vault. Never shown.</summary>
internal sealed record Consent
{
    /// <summary>Before it ends an access token is replaced so much earlier, or after half of its life if that is shorter.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>The client id that it was given to; another one cannot use it.</summary>
    public required string ClientId { get; init; }

    /// <summary>As <see cref="TokenGrant.RefreshToken"/>; null when the consent has ended.</summary>
    public string? RefreshToken { get; init; }

    public string? AccessToken { get; init; }

    /// <summary>When <see cref="AccessToken"/> ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>From when on <see cref="AccessToken"/> is to be replaced.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Whether the provider said that it is over: withdrawn, expired, or ended by a changed password.</summary>
    [JsonIgnore]
    public bool HasEnded => RefreshToken is null;

    public static Consent Of(SignedInMailbox mailbox) =>
        new Consent { ClientId = mailbox.ClientId }.With(mailbox.Grant, mailbox.At);

    public Consent With(TokenGrant grant, DateTimeOffset now) => this with
    {
        RefreshToken = grant.RefreshToken?.Reveal() ?? RefreshToken,
        AccessToken = grant.AccessToken.Reveal(),
        ExpiresAt = now + grant.Life,
        RenewAt = now + (grant.Life > Margin * 2 ? grant.Life - Margin : grant.Life / 2),
        Scopes = grant.Scopes ?? Scopes,
    };

    /// <summary>What is left to be remembered when the provider takes the refresh token no longer.</summary>
    public Consent Ended() => new() { ClientId = ClientId, Scopes = Scopes };

    public override string ToString() => "***";
}

/// <summary>Consents as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Consent))]
internal sealed partial class ConsentJson : JsonSerializerContext;
