using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>
/// XOAUTH2 (Google and Microsoft, "XOAUTH2 Mechanism"): <c>user=… ^A auth=Bearer … ^A ^A</c>.
/// A refusal comes as a challenge with JSON, which an empty answer acknowledges; then the server reports the failure.
/// </summary>
internal sealed class SaslXOAuth2(SaslCredential credential) : SaslMechanism
{
    private bool isAnswered;

    public override string Name => "XOAUTH2";

    public override byte[] InitialResponse()
    {
        isAnswered = true;
        return Encoding.UTF8.GetBytes($"user={credential.Username}\u0001auth=Bearer {credential.Secret}\u0001\u0001");
    }

    private protected override byte[] Answer(ReadOnlySpan<byte> challenge)
    {
        if (!isAnswered)
        {
            return InitialResponse();
        }

        if (ServerError is not null)
        {
            throw Unexpected();
        }

        ServerError = Readable(challenge);
        return [];
    }
}
