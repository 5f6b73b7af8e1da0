using System.Text;

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

    /// <summary>
    /// A text of the server without this secret, in clear or as a mechanism sends it: servers repeat lines that they do not like.
    /// Secrets of up to three characters are not looked for; their letters are everywhere.
    /// </summary>
    internal string RedactIn(string text) => Secret.Length <= 3
        ? text
        : WireForms().Aggregate(text, (t, form) => t.Replace(form, "***", StringComparison.OrdinalIgnoreCase));

    /// <summary>The longer ones first: they hold the shorter.</summary>
    private IEnumerable<string> WireForms()
    {
        IEnumerable<byte[]> messages = Kind == SaslSecretKind.Password
            ? [new SaslPlain(this).InitialResponse()]
            : [new SaslOAuthBearer(this).InitialResponse(), new SaslXOAuth2(this).InitialResponse()];
        return [.. messages.Append(Encoding.UTF8.GetBytes(Secret)).Select(Convert.ToBase64String), Secret];
    }

    /// <summary>Controls separate the fields of PLAIN (NUL) and of the OAuth mechanisms (0x01), and the lines of the protocols around them.</summary>
    private static string Checked(string value, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        return value.Any(char.IsControl) ? throw new ArgumentException("Control characters are not allowed", name) : value;
    }
}
