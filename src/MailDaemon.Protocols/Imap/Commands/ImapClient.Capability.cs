using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    private Task ReadCapabilitiesAsync(CancellationToken ct) => ExecuteAsync(Command("CAPABILITY"), null, ct);

    /// <summary>Tells the server who we are and learns who it is (RFC 2971); nothing without ID.</summary>
    /// <param name="ours">Not empty. Coremail hosts (163, 126, yeah.net) refuse SELECT until they have been told something.</param>
    public async Task<IReadOnlyDictionary<string, string>> IdAsync(IReadOnlyDictionary<string, string> ours, CancellationToken ct)
    {
        var theirs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!Capabilities.Has("ID"))
        {
            return theirs;
        }

        var command = Command("ID");
        if (ours.Count == 0)
        {
            command.Word("NIL");
        }
        else
        {
            command.Open();
            foreach (var (name, value) in ours)
            {
                command.String(name).String(value);
            }

            command.Close();
        }

        await ExecuteAsync(command, (in ImapReply reply) => reply.Name == DataName.Id && ReadId(reply, theirs), ct).ConfigureAwait(false);
        return theirs;
    }

    /// <summary>Turns extensions on (RFC 5161), before a mailbox is opened; nothing without ENABLE.</summary>
    /// <returns>Those of <paramref name="what"/> that are on now; only they are.</returns>
    public async Task<IReadOnlyCollection<string>> EnableAsync(IReadOnlyList<string> what, CancellationToken ct)
    {
        if (what.Count == 0 || !Capabilities.Has("ENABLE"))
        {
            return [];
        }

        var command = Command("ENABLE");
        foreach (var name in what)
        {
            ImapQuoting.RequireFlag(name, nameof(what));
            command.Word(name);
        }

        await ExecuteAsync(command, null, ct).ConfigureAwait(false);
        if (enabled.Contains("QRESYNC"))
        {
            // Enabling QRESYNC enables CONDSTORE (RFC 7162 §3.2.3).
            enabled.Add("CONDSTORE");
        }

        return [.. what.Where(enabled.Contains)];
    }

    /// <summary>Compresses both directions (RFC 4978); nothing without COMPRESS=DEFLATE.</summary>
    public async Task CompressAsync(CancellationToken ct)
    {
        if (!Capabilities.Has("COMPRESS=DEFLATE"))
        {
            return;
        }

        await ExecuteAsync(Command("COMPRESS").Word("DEFLATE"), null, ct).ConfigureAwait(false);
        wire.UpgradeToDeflate();
    }

    /// <summary>Asks for nothing, so that the server can tell its news.</summary>
    public Task NoopAsync(CancellationToken ct) => ExecuteAsync(Command("NOOP"), null, ct);

    /// <summary>Says goodbye. A connection that breaks meanwhile has ended as well.</summary>
    public async Task LogoutAsync(CancellationToken ct)
    {
        if (!IsUsable)
        {
            return;
        }

        var turn = BeginTurn(null);
        turn.ExpectsBye = true;
        try
        {
            await SendAsync(turn, Command("LOGOUT"), ct).ConfigureAwait(false);
            await FinishAsync(turn, ct).ConfigureAwait(false);
        }
        catch (Net.WireException)
        {
            // Some servers close without the tagged reply.
        }
        finally
        {
            EndTurn(turn);
            State = ImapState.LoggedOut;
            Selected = null;
        }
    }

    /// <summary>id-response = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)</summary>
    private bool ReadId(in ImapReply reply, Dictionary<string, string> theirs)
    {
        try
        {
            var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits);
            if (!tokens.TryTake((byte)'('))
            {
                return true;
            }

            while (!tokens.TryTake((byte)')'))
            {
                var name = tokens.NStringText();
                var value = tokens.Peek() == (byte)')' ? null : tokens.NStringText();
                if (name is not null && value is not null)
                {
                    theirs.TryAdd(name, value);
                }
            }
        }
        catch (ImapSyntaxException)
        {
            // A name card that cannot be read tells nothing.
        }

        return true;
    }
}
