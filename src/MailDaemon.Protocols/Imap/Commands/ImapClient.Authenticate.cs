using System.Text;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Signs in by the strongest mechanism offered, else by LOGIN, and learns the capabilities anew.</summary>
    /// <exception cref="ImapException">AuthenticationFailed, AuthenticationTemporary, LoginDisabled, or the connection's own faults.</exception>
    public async Task AuthenticateAsync(SaslCredential credential, CancellationToken ct)
    {
        if (State != ImapState.NotAuthenticated)
        {
            throw new InvalidOperationException("The connection is authenticated already");
        }

        wire.Redact = credential.RedactIn;
        try
        {
            if (ChooseMechanism(credential) is { } mechanism)
            {
                await AuthenticateAsync(mechanism, ct).ConfigureAwait(false);
            }
            else
            {
                await LoginAsync(credential, ct).ConfigureAwait(false);
            }
        }
        catch (ImapException e)
        {
            // A server may repeat in its refusal what it was sent.
            throw new ImapException(e.Fault, credential.RedactIn(e.Message), e.ResponseCode, credential.RedactIn(e.ServerText));
        }
        finally
        {
            wire.Redact = null;
        }

        State = ImapState.Authenticated;

        // QUIRK: QQ, what it tells in the reply to LOGIN differs from what it tells when asked.
        await ReadCapabilitiesAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Null: by the LOGIN command.</summary>
    private SaslMechanism? ChooseMechanism(SaslCredential credential)
    {
        var offered = Capabilities.AuthMechanisms;
        try
        {
            return SaslMechanism.Choose(offered, credential);
        }
        catch (SaslException) when (credential.Kind == SaslSecretKind.Password && !Capabilities.Has("LOGINDISABLED"))
        {
            return null;
        }
        catch (SaslException e)
        {
            throw new ImapException(ImapFault.LoginDisabled, e.Message);
        }
    }

    private async Task LoginAsync(SaslCredential credential, CancellationToken ct)
    {
        var command = Command("LOGIN").Text(credential.Username).Secret(credential.Secret);
        try
        {
            await ExecuteAsync(command, null, ct).ConfigureAwait(false);
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.Bad)
        {
            throw SignInRefusal(e, null);
        }
    }

    private async Task AuthenticateAsync(SaslMechanism mechanism, CancellationToken ct)
    {
        var command = Command("AUTHENTICATE").Word(mechanism.Name);
        var speaksFirst = mechanism.HasInitialResponse;
        if (speaksFirst && Capabilities.Has("SASL-IR"))
        {
            command.SecretWord(Base64(mechanism.InitialResponse()));
            speaksFirst = false;
        }

        var turn = BeginTurn(null);
        SaslException? failure;
        try
        {
            await SendAsync(turn, command, ct).ConfigureAwait(false);
            failure = await ExchangeAsync(turn, mechanism, speaksFirst, ct).ConfigureAwait(false);
        }
        finally
        {
            EndTurn(turn);
        }

        if (failure is not null)
        {
            isBroken |= turn.LastStatus!.Kind == StatusKind.Ok;
            throw new ImapException(ImapFault.AuthenticationFailed, failure.Message, turn.LastStatus.Code, turn.LastStatus.Text);
        }

        try
        {
            turn.ThrowIfRefused();
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.Bad)
        {
            throw SignInRefusal(e, mechanism.ServerError);
        }
    }

    /// <summary>Answers challenges until the tagged reply; returns why the mechanism gave up, if it did.</summary>
    private async Task<SaslException?> ExchangeAsync(Turn turn, SaslMechanism mechanism, bool speaksFirst, CancellationToken ct)
    {
        SaslException? failure = null;
        while (turn.Outstanding > 0)
        {
            var reply = await NextAsync(turn, ct).ConfigureAwait(false);
            if (reply.Kind != ReplyKind.Continuation)
            {
                Dispatch(turn, reply);
                continue;
            }

            string answer;
            try
            {
                answer = Convert.ToBase64String(speaksFirst ? mechanism.InitialResponse() : mechanism.Respond(Challenge(reply)));
            }
            catch (SaslException e)
            {
                // "*" cancels the exchange; the server answers BAD (RFC 9051 §6.2.2).
                failure = e;
                answer = "*";
            }

            speaksFirst = false;
            wire.Trace(Net.WireDirection.Sent, "***"u8);
            await wire.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), ct).ConfigureAwait(false);
            await wire.FlushAsync(ct).ConfigureAwait(false);
        }

        turn.IsComplete = true;
        if (failure is null && turn.LastStatus!.Kind == StatusKind.Ok)
        {
            try
            {
                mechanism.ConfirmSuccess();
            }
            catch (SaslException e)
            {
                failure = e;
            }
        }

        return failure;
    }

    private static byte[] Challenge(in ImapReply reply)
    {
        var text = Encoding.Latin1.GetString(reply.Bytes.Span[reply.Payload..]).Trim();
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new SaslException("The server's challenge is no Base64");
        }
    }

    /// <summary>An empty initial response is written as "=" (RFC 4959 §3).</summary>
    private static string Base64(byte[] bytes) => bytes.Length == 0 ? "=" : Convert.ToBase64String(bytes);

    private static ImapException SignInRefusal(ImapException e, string? serverError)
    {
        var text = string.IsNullOrEmpty(serverError) ? e.ServerText : $"{e.ServerText} ({serverError})";
        return new ImapException(SignInFault(e.ResponseCode, e.ServerText), $"The server refused the sign-in: {text}", e.ResponseCode, text);
    }

    /// <summary>Whether the same password may work later (RFC 5530), or this connection takes none.</summary>
    internal static ImapFault SignInFault(string? code, string text) => code switch
    {
        "UNAVAILABLE" or "INUSE" or "LIMIT" or "SERVERBUG" or "THROTTLED" => ImapFault.AuthenticationTemporary,
        "PRIVACYREQUIRED" => ImapFault.LoginDisabled,
        "AUTHENTICATIONFAILED" or "AUTHORIZATIONFAILED" or "EXPIRED" => ImapFault.AuthenticationFailed,

        // QUIRK: Gmail, [ALERT] Too many simultaneous connections; Office 365, BAD Request is throttled; others say it in words only.
        _ when Says(text, "too many") || Says(text, "throttled") || Says(text, "temporar") || Says(text, "try again later")             => ImapFault.AuthenticationTemporary,
        _ => ImapFault.AuthenticationFailed,
    };

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
}
