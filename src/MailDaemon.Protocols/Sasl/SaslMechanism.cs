using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>
/// The client side of one authentication exchange (RFC 4422), in raw bytes: Base64 and lines belong to IMAP and SMTP.
/// An instance serves one exchange.
/// </summary>
public abstract class SaslMechanism
{
    private const int MaxChallengeBytes = 64 * 1024;

    /// <summary>The best first; for each kind of secret the server's offer decides.</summary>
    private static readonly (string Name, SaslSecretKind Kind, Func<SaslCredential, SaslMechanism> Create)[] Known =
    [
        ("SCRAM-SHA-256", SaslSecretKind.Password, SaslScram.Sha256),
        ("SCRAM-SHA-1", SaslSecretKind.Password, SaslScram.Sha1),
        ("PLAIN", SaslSecretKind.Password, c => new SaslPlain(c)),
        ("LOGIN", SaslSecretKind.Password, c => new SaslLogin(c)),
        ("OAUTHBEARER", SaslSecretKind.AccessToken, c => new SaslOAuthBearer(c)),
        ("XOAUTH2", SaslSecretKind.AccessToken, c => new SaslXOAuth2(c)),
    ];

    /// <summary>The registered name, as it is offered and asked for.</summary>
    public abstract string Name { get; }

    /// <summary>Whether who listens learns something that signs in again; such a mechanism must not be used without TLS.</summary>
    public virtual bool SendsSecretInClear => true;

    /// <summary>Whether the client speaks first, so that <see cref="InitialResponse"/> has something to say.</summary>
    public virtual bool HasInitialResponse => true;

    /// <summary>What the server said of its refusal inside the exchange (the JSON of RFC 7628 §3.2.2), untrusted and bounded; null if nothing.</summary>
    public string? ServerError { get; private protected set; }

    /// <summary>Chooses the strongest mechanism that the server offers for this kind of secret.</summary>
    /// <exception cref="SaslException">None fits.</exception>
    public static SaslMechanism Choose(IReadOnlyCollection<string> offered, SaslCredential credential)
    {
        foreach (var (name, kind, create) in Known)
        {
            if (kind == credential.Kind && offered.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return create(credential);
            }
        }

        var secret = credential.Kind == SaslSecretKind.Password ? "a password" : "an access token";
        var names = offered.Count == 0 ? "no authentication" : "only " + string.Join(", ", offered);
        throw new SaslException($"The server offers {names}, which does not work with {secret}");
    }

    /// <summary>The first message of a mechanism in which the client speaks first; empty for the others.</summary>
    public virtual byte[] InitialResponse() => [];

    /// <summary>Answers a challenge; an empty answer is one too.</summary>
    /// <exception cref="SaslException">The challenge is wrong or one too many: the exchange is to be cancelled.</exception>
    public byte[] Respond(ReadOnlySpan<byte> challenge) =>
        challenge.Length <= MaxChallengeBytes ? Answer(challenge) : throw new SaslException($"{Name}: the challenge is too long");

    /// <summary>To be called when the server reports success: a mechanism that also checks the server confirms that it has.</summary>
    /// <exception cref="SaslException">The server has not proved that it knows the password: it may be somebody else.</exception>
    public virtual void ConfirmSuccess()
    {
        // Most mechanisms leave the proof of the server to TLS.
    }

    private protected abstract byte[] Answer(ReadOnlySpan<byte> challenge);

    /// <summary>A challenge as text for people: bounded, without control characters.</summary>
    private protected static string Readable(ReadOnlySpan<byte> challenge)
    {
        var text = Encoding.UTF8.GetString(challenge[..Math.Min(challenge.Length, 500)]);
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }

    private protected SaslException Unexpected() => new($"{Name}: the server asks for more than the mechanism has");
}
