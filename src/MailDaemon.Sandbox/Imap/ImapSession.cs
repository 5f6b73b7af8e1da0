using System.Text;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <summary>One client from greeting to logout (RFC 3501 §3). The commands of each state are in the files beside this one.</summary>
internal sealed partial class ImapSession(ClientConnection connection, ImapHost host)
{
    private const int MaxBadCommands = 20;

    private readonly ImapCommandReader reader = new(connection, host.Options);
    private readonly ImapServerOptions options = host.Options;
    private readonly ImapFaults faults = host.Faults;
    private MailUser? user;
    private OpenFolder? open;
    private bool isLeaving;
    private bool hasNamedItself;
    private bool condstore;
    private bool qresync;
    private int badCommands;

    /// <summary>What happens once the tagged reply is out.</summary>
    private Func<CancellationToken, Task>? afterReply;

    public async Task RunAsync(CancellationToken ct)
    {
        if (faults.CutAfterReplyBytes.TryTake(out var bytes))
        {
            connection.CutAfter = bytes;
        }

        if (faults.Silence.TryTake("CONNECT", out _))
        {
            await StaySilentAsync(ct);
            return;
        }

        if (faults.Goodbye.TryTake(out var text))
        {
            connection.Write($"* BYE {text}\r\n");
            await connection.FlushAsync(ct);
            return;
        }

        connection.Write($"* OK [CAPABILITY {Capabilities()}] MailDaemon sandbox is ready\r\n");
        await connection.FlushAsync(ct);
        try
        {
            while (!isLeaving && await ServeNextAsync(ct))
            {
                // All is done in the condition.
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await SayGoodbyeAsync("Too long without a command", ct);
        }
        catch (LineTooLongException)
        {
            await SayGoodbyeAsync("[TOOBIG] The line is too long", ct);
        }
        catch (FolderRebuiltException)
        {
            await SayGoodbyeAsync("[UNAVAILABLE] The folder was rebuilt, please open it again", ct);
        }
    }

    private async Task<bool> ServeNextAsync(CancellationToken ct)
    {
        ImapCommand? command;
        try
        {
            command = await reader.ReadAsync(ct);
        }
        catch (ImapSyntaxException e)
        {
            return await RefuseBadAsync("*", e.Message, ct);
        }

        if (command is null)
        {
            return false;
        }

        string result;
        try
        {
            result = await ServeAsync(command, ct);
        }
        catch (ImapRefusal e)
        {
            result = "NO " + e.Message;
        }
        catch (ImapSyntaxException e)
        {
            return await RefuseBadAsync(command.Tag, e.Message, ct);
        }

        connection.Write($"{command.Tag} {result}\r\n");
        await connection.FlushAsync(ct);
        if (afterReply is { } next)
        {
            afterReply = null;
            await next(ct);
        }

        return true;
    }

    /// <returns>The words after the tag.</returns>
    private async Task<string> ServeAsync(ImapCommand command, CancellationToken ct)
    {
        var verb = command.Word();
        var byUid = verb == "UID";
        if (byUid)
        {
            command.Space();
            verb = command.Word();
        }

        host.Counters.AddCommand(verb);
        if (await FailOnPurposeAsync(verb, ct) is { } refusal)
        {
            return refusal;
        }

        string result;
        try
        {
            result = "OK " + await (byUid ? ServeByUidAsync(verb, command, ct) : ServeAsync(verb, command, ct));
        }
        catch (ImapRefusal e)
        {
            result = "NO " + e.Message;
        }

        // No sequence number may change while the client waits for an answer that names some (RFC 3501 §7.4.1).
        Tell(withExpunges: byUid || verb is not ("FETCH" or "STORE" or "SEARCH"));
        if (faults.Inject.TryTake(verb, out var lines))
        {
            connection.Write(lines + "\r\n");
        }

        if (faults.CutBeforeReply.TryTake(verb, out _))
        {
            await connection.CutAsync(ct);
        }

        return result;
    }

    private Task<string> ServeAsync(string verb, ImapCommand command, CancellationToken ct) => verb switch
    {
        "CAPABILITY" => CapabilityAsync(command),
        "NOOP" => NoopAsync(command),
        "LOGOUT" => LogoutAsync(command),
        "ID" when options.Offers("ID") => IdAsync(command),
        "STARTTLS" when user is null => StartTlsAsync(command),
        "LOGIN" when user is null => LoginAsync(command),
        "AUTHENTICATE" when user is null => AuthenticateAsync(command, ct),
        "ENABLE" when user is not null && options.Offers("ENABLE") => EnableAsync(command),
        "COMPRESS" when user is not null && options.Offers("COMPRESS=DEFLATE") => CompressAsync(command),
        "NAMESPACE" when user is not null && options.Offers("NAMESPACE") => NamespaceAsync(command),
        "LIST" when user is not null => ListAsync(command),
        "XLIST" when user is not null && options.Offers("XLIST") => XlistAsync(command),
        "LSUB" when user is not null => LsubAsync(command),
        "STATUS" when user is not null => StatusAsync(command),
        "CREATE" when user is not null => CreateAsync(command),
        "DELETE" when user is not null => DeleteAsync(command),
        "RENAME" when user is not null => RenameAsync(command),
        "SUBSCRIBE" when user is not null => SubscribeAsync(command),
        "UNSUBSCRIBE" when user is not null => UnsubscribeAsync(command),
        "APPEND" when user is not null => AppendAsync(command),
        "IDLE" when user is not null && options.Offers("IDLE") => IdleAsync(command, ct),
        "SELECT" or "EXAMINE" when user is not null => SelectAsync(command, isReadOnly: verb == "EXAMINE"),
        "CHECK" when open is not null => NoopAsync(command),
        "CLOSE" when open is not null => CloseAsync(command, withExpunge: true),
        "UNSELECT" when open is not null && options.Offers("UNSELECT") => CloseAsync(command, withExpunge: false),
        "EXPUNGE" when open is not null => ExpungeAsync(command, byUid: false),
        "FETCH" when open is not null => FetchAsync(command, byUid: false, ct),
        "SEARCH" when open is not null => SearchAsync(command, byUid: false),
        "STORE" when open is not null => StoreAsync(command, byUid: false),
        "COPY" when open is not null => CopyAsync(command, byUid: false),
        "MOVE" when open is not null && options.Offers("MOVE") => MoveAsync(command, byUid: false),
        _ => throw new ImapSyntaxException("Unknown command, or not allowed now"),
    };

    private Task<string> ServeByUidAsync(string verb, ImapCommand command, CancellationToken ct) => verb switch
    {
        "EXPUNGE" when open is not null && options.Offers("UIDPLUS") => ExpungeAsync(command, byUid: true),
        "FETCH" when open is not null => FetchAsync(command, byUid: true, ct),
        "SEARCH" when open is not null => SearchAsync(command, byUid: true),
        "STORE" when open is not null => StoreAsync(command, byUid: true),
        "COPY" when open is not null => CopyAsync(command, byUid: true),
        "MOVE" when open is not null && options.Offers("MOVE") => MoveAsync(command, byUid: true),
        _ => throw new ImapSyntaxException("Unknown command, or not allowed now"),
    };

    /// <returns>The words of a refusal; null when the command goes its way.</returns>
    private async Task<string?> FailOnPurposeAsync(string verb, CancellationToken ct)
    {
        if (faults.Silence.TryTake(verb, out _))
        {
            await StaySilentAsync(ct);
        }

        if (faults.Delay.TryTake(verb, out var delay))
        {
            await Task.Delay(delay, host.Time, ct);
        }

        if (faults.Trickle.TryTake(verb, out var pause))
        {
            connection.BytePause = pause;
        }

        if (faults.CutInsideReply.TryTake(verb, out var kept))
        {
            connection.CutAfter = kept;
        }

        if (faults.EndlessLine.TryTake(verb, out _))
        {
            connection.Write("* OK ");
            await SendFillerAsync(long.MaxValue, ct);
        }

        return faults.Refuse.TryTake(verb, out var refusal) ? refusal : null;
    }

    private async Task StaySilentAsync(CancellationToken ct)
    {
        connection.IdleTimeout = options.IdleTimeout;
        var ignored = new byte[4096];
        while (await connection.ReadExactlyAsync(ignored, ct))
        {
            // The client may say what it likes.
        }

        throw new ConnectionCutException();
    }

    private async Task SendFillerAsync(long count, CancellationToken ct)
    {
        var filler = Encoding.ASCII.GetBytes(new string('x', 16 * 1024));
        while (count > 0)
        {
            var chunk = (int)Math.Min(count, filler.Length);
            await connection.WriteAsync(filler.AsMemory(0, chunk), ct);
            count = count == long.MaxValue ? count : count - chunk;
        }
    }

    private async Task<bool> RefuseBadAsync(string tag, string text, CancellationToken ct)
    {
        connection.Write($"{tag} BAD {text}\r\n");
        if (++badCommands >= MaxBadCommands)
        {
            await SayGoodbyeAsync("Too many bad commands", ct);
            return false;
        }

        await connection.FlushAsync(ct);
        return true;
    }

    private async Task SayGoodbyeAsync(string text, CancellationToken ct)
    {
        connection.Write($"* BYE {text}\r\n");
        await connection.FlushAsync(ct);
    }
}
