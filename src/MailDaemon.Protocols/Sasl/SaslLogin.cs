using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>
/// LOGIN (draft-murchison-sasl-login): two prompts, answered by user name and password. The texts of the prompts vary,
/// their order does not.
/// </summary>
internal sealed class SaslLogin(SaslCredential credential) : SaslMechanism
{
    private int answers;

    public override string Name => "LOGIN";

    public override bool HasInitialResponse => false;

    private protected override byte[] Answer(ReadOnlySpan<byte> challenge) => answers++ switch
    {
        0 => Encoding.UTF8.GetBytes(credential.Username),
        1 => Encoding.UTF8.GetBytes(credential.Secret),
        _ => throw Unexpected(),
    };
}
