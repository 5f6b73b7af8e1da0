using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>
/// OAUTHBEARER (RFC 7628 §3.1): <c>client-resp = gs2-header kvsep *kvpair kvsep</c>. A refusal comes as a challenge
/// with JSON, which a single 0x01 acknowledges (§3.2.3); then the server reports the failure.
/// </summary>
internal sealed class SaslOAuthBearer(SaslCredential credential) : SaslMechanism
{
    private bool isAnswered;

    public override string Name => "OAUTHBEARER";

    public override byte[] InitialResponse()
    {
        isAnswered = true;
        return Encoding.UTF8.GetBytes($"n,a={SaslScram.SaslName(credential.Username)},\u0001auth=Bearer {credential.Secret}\u0001\u0001");
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
        return [1];
    }
}
