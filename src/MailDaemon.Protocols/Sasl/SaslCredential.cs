namespace MailDaemon.Protocols.Sasl;

/// <summary>What the secret of a <see cref="SaslCredential"/> is.</summary>
public enum SaslSecretKind
{
    /// <summary>A password, an app password or an authorization code of the provider's settings page.</summary>
    Password,

    /// <summary>An OAuth 2.0 bearer access token.</summary>
    AccessToken,
}

/// <summary>Who signs in and with what. The secret is seen by the mechanisms only; <see cref="ToString"/> never shows it.</summary>
public sealed record SaslCredential
{
    private SaslCredential(string username, string secret, SaslSecretKind kind)
    {
        Username = Checked(username, nameof(username));
        Secret = Checked(secret, nameof(secret));
        Kind = kind;
    }

    public string Username { get; }

    public SaslSecretKind Kind { get; }

    internal string Secret { get; }

    /// <exception cref="ArgumentException">Either is empty or has a control character.</exception>
    public static SaslCredential ForPassword(string username, string password) => new(username, password, SaslSecretKind.Password);

    /// <exception cref="ArgumentException">Either is empty or has a control character.</exception>
    public static SaslCredential ForAccessToken(string username, string token) => new(username, token, SaslSecretKind.AccessToken);

    public override string ToString() => $"{Username} ({Kind}, ***)";

    /// <summary>Controls separate the fields of PLAIN (NUL) and of the OAuth mechanisms (0x01), and the lines of the protocols around them.</summary>
    private static string Checked(string value, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        return value.Any(char.IsControl) ? throw new ArgumentException("Control characters are not allowed", name) : value;
    }
}
