using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>
/// SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677) without channel binding. The password does not cross the wire,
/// and the server has to prove that it knows it too.
/// </summary>
internal sealed class SaslScram : SaslMechanism
{
    /// <summary>Below this a listener guesses passwords too fast (RFC 7677 §4); above the other a server wastes our time.</summary>
    private const int MinIterations = 4096;

    private const int MaxIterations = 2_000_000;
    private const int MaxSaltBytes = 1024;
    private const string Gs2Header = "n,,";

    private readonly SaslCredential credential;
    private readonly HashAlgorithmName hash;
    private readonly int hashBytes;
    private readonly string clientNonce;
    private readonly string clientFirstBare;
    private byte[]? expectedSignature;
    private Step step;

    private SaslScram(string name, HashAlgorithmName hash, int hashBytes, SaslCredential credential, string clientNonce)
    {
        Name = name;
        this.hash = hash;
        this.hashBytes = hashBytes;
        this.credential = credential;
        this.clientNonce = clientNonce;
        clientFirstBare = $"n={SaslName(SaslPrep.Prepare(credential.Username))},r={clientNonce}";
    }

    private enum Step
    {
        First,
        Final,
        Verify,
        Verified,
    }

    public override string Name { get; }

    public override bool SendsSecretInClear => false;

    public static SaslScram Sha256(SaslCredential credential) => Sha256(credential, NewNonce());

    public static SaslScram Sha1(SaslCredential credential) => Sha1(credential, NewNonce());

    internal static SaslScram Sha256(SaslCredential credential, string clientNonce) =>
        new("SCRAM-SHA-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes, credential, clientNonce);

    internal static SaslScram Sha1(SaslCredential credential, string clientNonce) =>
        new("SCRAM-SHA-1", HashAlgorithmName.SHA1, SHA1.HashSizeInBytes, credential, clientNonce);

    /// <summary><c>saslname = 1*(value-safe-char / "=2C" / "=3D")</c> (RFC 5802 §7).</summary>
    internal static string SaslName(string name) =>
        name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    /// <summary><c>client-first-message = gs2-header client-first-message-bare</c></summary>
    public override byte[] InitialResponse()
    {
        step = Step.Final;
        return Encoding.UTF8.GetBytes(Gs2Header + clientFirstBare);
    }

    public override void ConfirmSuccess()
    {
        if (step != Step.Verified)
        {
            throw new SaslException($"{Name}: the server reports success without having proved that it knows the password");
        }
    }

    private protected override byte[] Answer(ReadOnlySpan<byte> challenge)
    {
        switch (step)
        {
            case Step.First:
                return InitialResponse();
            case Step.Final:
                return ClientFinal(Encoding.UTF8.GetString(challenge));
            case Step.Verify:
                Verify(Encoding.UTF8.GetString(challenge));
                return [];
            default:
                throw Unexpected();
        }
    }

    private static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

    /// <summary><c>server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]</c></summary>
    private byte[] ClientFinal(string serverFirst)
    {
        var fields = serverFirst.Split(',');
        if (fields.Length < 3)
        {
            throw Wrong("challenge");
        }

        var nonce = Value(fields[0], 'r');
        if (!nonce.StartsWith(clientNonce, StringComparison.Ordinal) || nonce.Length == clientNonce.Length)
        {
            throw Wrong("nonce");
        }

        var salt = Decode(Value(fields[1], 's'), "salt");
        if (salt.Length is 0 or > MaxSaltBytes)
        {
            throw Wrong("salt");
        }

        if (!int.TryParse(Value(fields[2], 'i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < MinIterations or > MaxIterations)
        {
            throw new SaslException($"{Name}: the iteration count must be between {MinIterations} and {MaxIterations}");
        }

        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(Gs2Header))},r={nonce}";
        var proof = Prove(salt, iterations, Encoding.UTF8.GetBytes($"{clientFirstBare},{serverFirst},{withoutProof}"));
        step = Step.Verify;
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>The algorithm of RFC 5802 §3.</summary>
    private byte[] Prove(byte[] salt, int iterations, byte[] authMessage)
    {
        var password = Encoding.UTF8.GetBytes(SaslPrep.Prepare(credential.Secret));
        var saltedPassword = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, hash, hashBytes);
        var clientKey = CryptographicOperations.HmacData(hash, saltedPassword, "Client Key"u8.ToArray());
        var storedKey = CryptographicOperations.HashData(hash, clientKey);
        var proof = CryptographicOperations.HmacData(hash, storedKey, authMessage);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        var serverKey = CryptographicOperations.HmacData(hash, saltedPassword, "Server Key"u8.ToArray());
        expectedSignature = CryptographicOperations.HmacData(hash, serverKey, authMessage);
        return proof;
    }

    /// <summary><c>server-final-message = (server-error / verifier) ["," extensions]</c></summary>
    private void Verify(string serverFinal)
    {
        var field = serverFinal.Split(',')[0];
        if (field.StartsWith("e=", StringComparison.Ordinal))
        {
            ServerError = Readable(Encoding.UTF8.GetBytes(field[2..]));
            return;
        }

        if (!CryptographicOperations.FixedTimeEquals(Decode(Value(field, 'v'), "signature"), expectedSignature))
        {
            throw new SaslException($"{Name}: the server does not know the password; it may be somebody else");
        }

        step = Step.Verified;
    }

    private string Value(string field, char name) =>
        field.Length > 2 && field[0] == name && field[1] == '=' ? field[2..] : throw Wrong($"field {name}");

    private byte[] Decode(string base64, string what)
    {
        var bytes = new byte[base64.Length];
        return Base64.IsValid(base64) && Convert.TryFromBase64String(base64, bytes, out var count) ? bytes[..count] : throw Wrong(what);
    }

    private SaslException Wrong(string what) => new($"{Name}: the server sent a wrong {what}");
}
