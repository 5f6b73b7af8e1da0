using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Protocols.Smtp;

public sealed partial class SmtpClient
{
    /// <summary>A command line with its CRLF; a longer initial response waits for the first challenge (RFC 4954 §4).</summary>
    private const int MaxCommandBytes = 512;

    private const int MaxRounds = 8;

    /// <summary>Signs in with the strongest mechanism that the server offers for this kind of secret (RFC 4954).</summary>
    /// <exception cref="SmtpException">AuthenticationFailed, AuthenticationTemporary, AuthenticationRequired or Protocol.</exception>
    /// <exception cref="InvalidOperationException">Signed in already.</exception>
    public async Task AuthenticateAsync(SaslCredential credential, CancellationToken ct)
    {
        if (IsAuthenticated || (!wire.IsEncrypted && endpoint.Security != WireSecurity.None))
        {
            throw new InvalidOperationException(IsAuthenticated ? "Signed in already" : "Nobody signs in before TLS");
        }

        SaslMechanism mechanism;
        try
        {
            mechanism = SaslMechanism.Choose(Capabilities.AuthMechanisms, credential);
        }
        catch (SaslException e)
        {
            throw new SmtpException(SmtpFault.AuthenticationFailed, e.Message, inner: e);
        }

        wire.Redact = credential.RedactIn;
        try
        {
            var reply = (await ExchangeAsync(mechanism, ct).ConfigureAwait(false)).With(credential.RedactIn);
            if (reply.Code != 235)
            {
                var said = mechanism.ServerError is { } error ? $" ({credential.RedactIn(error)})" : string.Empty;
                throw new SmtpException(AuthenticationFaultOf(reply), $"The server refused to sign in {credential.Username}{said}", reply);
            }

            mechanism.ConfirmSuccess();
            IsAuthenticated = true;
        }
        catch (SaslException e)
        {
            IsUsable = false;
            throw new SmtpException(SmtpFault.Protocol, e.Message, inner: e);
        }
        finally
        {
            wire.Redact = null;
        }
    }

    /// <summary>Returns the reply that ends the exchange: anything but 334.</summary>
    private async Task<SmtpReply> ExchangeAsync(SaslMechanism mechanism, CancellationToken ct)
    {
        var command = "AUTH " + mechanism.Name;
        var initial = mechanism.HasInitialResponse ? Convert.ToBase64String(mechanism.InitialResponse()) : null;
        var fits = initial is not null && command.Length + initial.Length + 3 <= MaxCommandBytes;
        await WriteLineAsync(fits ? $"{command} {initial}" : command, fits ? command + " ***" : command, ct).ConfigureAwait(false);
        var pending = fits ? null : initial;
        for (var round = 0; round < MaxRounds; round++)
        {
            await FlushAsync(ct).ConfigureAwait(false);
            var reply = await ReadReplyAsync(ct).ConfigureAwait(false);
            if (reply.Code != 334)
            {
                return reply;
            }

            var response = pending ?? await AnswerAsync(mechanism, reply, ct).ConfigureAwait(false);
            pending = null;
            await WriteLineAsync(response, response.Length == 0 ? string.Empty : "***", ct).ConfigureAwait(false);
        }

        throw new SaslException($"{mechanism.Name}: the server does not come to an end");
    }

    private async Task<string> AnswerAsync(SaslMechanism mechanism, SmtpReply reply, CancellationToken ct)
    {
        try
        {
            return Convert.ToBase64String(mechanism.Respond(Challenge(reply.Lines[0])));
        }
        catch (SaslException)
        {
            // "*" cancels (RFC 4954 §4); the reply to it changes nothing.
            await CommandAsync("*", ct).ConfigureAwait(false);
            throw;
        }
    }

    private static byte[] Challenge(string text)
    {
        // QUIRK: some servers prompt with plain words ("334 Go ahead"); mechanisms that read the challenge will refuse it.
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : Encoding.UTF8.GetBytes(text);
    }

    private static SmtpFault AuthenticationFaultOf(SmtpReply reply) => reply switch
    {
        { Code: 530 or 538 } => SmtpFault.AuthenticationRequired,
        { Code: >= 500 and <= 504 } => SmtpFault.Protocol,
        { IsTemporary: true } => SmtpFault.AuthenticationTemporary,
        { IsPermanent: true } => SmtpFault.AuthenticationFailed,
        _ => SmtpFault.Protocol,
    };
}
