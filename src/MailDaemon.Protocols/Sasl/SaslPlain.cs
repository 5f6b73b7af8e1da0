using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>PLAIN (RFC 4616): <c>message = [authzid] NUL authcid NUL passwd</c> in UTF-8.</summary>
internal sealed class SaslPlain(SaslCredential credential) : SaslMechanism
{
    private bool isAnswered;

    public override string Name => "PLAIN";

    public override byte[] InitialResponse()
    {
        isAnswered = true;
        return Encoding.UTF8.GetBytes($"\0{credential.Username}\0{credential.Secret}");
    }

    private protected override byte[] Answer(ReadOnlySpan<byte> challenge) => isAnswered ? throw Unexpected() : InitialResponse();
}
