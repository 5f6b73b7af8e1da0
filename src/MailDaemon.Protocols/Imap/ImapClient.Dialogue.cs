using System.Globalization;
using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Imap;

// How a command and its replies are matched: tags, literals, pipelining, and when a connection is given up.
public sealed partial class ImapClient
{
    private int isBusy;
    private uint lastTag;

    /// <summary>Given every untagged data reply before the client looks at it; true when it was the command's and needs no more attention.</summary>
    private delegate bool DataHandler(in ImapReply reply);

    private WriterStyle Style => new(
        Capabilities.Has("LITERAL+") ? LiteralMode.All : Capabilities.Has("LITERAL-") ? LiteralMode.Small : LiteralMode.Synchronising,
        IsUtf8Enabled);

    private ImapWriter Command(string name) => new(name, Style);

    /// <summary>Runs one command to its tagged OK.</summary>
    /// <exception cref="ImapException">NO, BAD or BYE, or a limit.</exception>
    private async Task<ImapStatus> ExecuteAsync(ImapWriter command, DataHandler? handler, CancellationToken ct)
    {
        var turn = BeginTurn(handler);
        try
        {
            await SendAsync(turn, command, ct).ConfigureAwait(false);
            await FinishAsync(turn, ct).ConfigureAwait(false);
        }
        finally
        {
            EndTurn(turn);
        }

        turn.ThrowIfRefused();
        return turn.LastStatus!;
    }

    /// <summary>Runs commands with several on their way at once. All are run; the first refusal is thrown at the end.</summary>
    private async Task<IReadOnlyList<ImapStatus>> ExecuteAllAsync(IEnumerable<ImapWriter> commands, DataHandler? handler, CancellationToken ct)
    {
        var turn = BeginTurn(handler);
        try
        {
            foreach (var command in commands)
            {
                while (turn.Outstanding >= limits.PipelineDepth)
                {
                    Dispatch(turn, await NextAsync(turn, ct).ConfigureAwait(false));
                }

                await SendAsync(turn, command, ct).ConfigureAwait(false);
            }

            await FinishAsync(turn, ct).ConfigureAwait(false);
        }
        finally
        {
            EndTurn(turn);
        }

        return turn.Statuses;
    }

    private Turn BeginTurn(DataHandler? handler)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (!IsUsable)
        {
            throw new WireException(WireFault.Closed, $"The connection to {endpoint} cannot be used any more");
        }

        return Interlocked.Exchange(ref isBusy, 1) == 0
            ? new Turn(handler)
            : throw new InvalidOperationException("The connection is in use: one command at a time");
    }

    /// <summary>A turn that did not come to its end leaves replies nobody waits for: the connection is given up.</summary>
    private void EndTurn(Turn turn)
    {
        isBroken |= !turn.IsComplete;
        reader.LiteralTarget = null;
        Volatile.Write(ref isBusy, 0);
    }

    private async Task FinishAsync(Turn turn, CancellationToken ct)
    {
        while (turn.Outstanding > 0)
        {
            Dispatch(turn, await NextAsync(turn, ct).ConfigureAwait(false));
        }

        turn.IsComplete = true;
    }

    /// <summary>Sends a command. When the server refuses a literal, the rest is not sent: its refusal is the command's end.</summary>
    private async Task SendAsync(Turn turn, ImapWriter command, CancellationToken ct)
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"A{++lastTag}");
        turn.Begin(tag, command.Name);
        await wire.WriteAsync(Encoding.ASCII.GetBytes(tag + " "), ct).ConfigureAwait(false);
        var trace = options.Transcript is null ? null : tag + " ";
        foreach (var piece in command.Finish())
        {
            await wire.WriteAsync(piece.Bytes, ct).ConfigureAwait(false);
            if (trace is not null)
            {
                wire.Trace(WireDirection.Sent, Encoding.Latin1.GetBytes(trace + piece.Trace));
                trace = string.Empty;
            }

            if (piece.AwaitsConsent && !await AwaitConsentAsync(turn, tag, ct).ConfigureAwait(false))
            {
                return;
            }

            if (piece.Body is not null)
            {
                await WriteBodyAsync(piece, ct).ConfigureAwait(false);
            }
        }

        await wire.FlushAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Waits for the continuation request; false when the command was refused instead.</summary>
    private async Task<bool> AwaitConsentAsync(Turn turn, string tag, CancellationToken ct)
    {
        await wire.FlushAsync(ct).ConfigureAwait(false);
        while (true)
        {
            var reply = await NextAsync(turn, ct).ConfigureAwait(false);
            if (reply.Kind == ReplyKind.Continuation)
            {
                return true;
            }

            Dispatch(turn, reply);
            if (!turn.IsOutstanding(tag))
            {
                return false;
            }
        }
    }

    private async Task WriteBodyAsync(CommandPiece piece, CancellationToken ct)
    {
        var stream = new LiteralStream(wire, piece.BodySize);
        await using (stream.ConfigureAwait(false))
        {
            await piece.Body!(stream, ct).ConfigureAwait(false);
            stream.RequireComplete();
        }
    }

    private async ValueTask<ImapReply> NextAsync(Turn turn, CancellationToken ct)
    {
        var reply = await reader.ReadAsync(ct).ConfigureAwait(false);
        Count(turn, reply);
        return reply;
    }

    private void Count(Turn turn, in ImapReply reply)
    {
        turn.Junk = reply.Kind == ReplyKind.Junk ? turn.Junk + 1 : 0;
        if (turn.Junk > limits.MaxJunkLines)
        {
            throw Broken(ImapFault.Protocol, $"{endpoint} sends what is no IMAP: '{FirstBytes(reply)}'", null);
        }

        turn.Bytes += turn.IsStreaming ? 0 : reply.Bytes.Length;
        if (++turn.Replies > limits.MaxReplies || turn.Bytes > limits.MaxAnswerBytes)
        {
            throw Broken(ImapFault.LimitExceeded, $"{endpoint} sent {turn.Replies} replies to one command, which is over the limit", null);
        }
    }

    /// <summary>Gives a reply to whom it concerns: the command, or the state of the connection.</summary>
    private void Dispatch(Turn turn, in ImapReply reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Tagged:
                // A tag nobody waits for is passed over: it answers nothing.
                if (turn.TryComplete(reply))
                {
                    Apply(turn.LastStatus!);
                }

                break;
            case ReplyKind.Status:
                var status = reply.ReadStatus();
                if (status.Kind == StatusKind.Bye && !turn.ExpectsBye)
                {
                    throw Broken(ImapFault.Bye, $"{endpoint} ended the connection: {ImapException.Clean(status.Text)}", status);
                }

                Apply(status);
                turn.Untagged?.Invoke(status);
                break;
            case ReplyKind.Data when turn.Handler is null || !turn.Handler(reply):
                Observe(reply);
                break;
        }
    }

    /// <summary>The commands on their way and what became of them.</summary>
    private sealed class Turn(DataHandler? handler)
    {
        private readonly List<(string Tag, string Command, int Index)> outstanding = [];
        private readonly List<ImapStatus> statuses = [];
        private readonly List<string> names = [];

        public DataHandler? Handler { get; } = handler;

        /// <summary>Given each untagged status: COPYUID comes in one.</summary>
        public Action<ImapStatus>? Untagged { get; set; }

        public bool ExpectsBye { get; set; }

        public bool IsComplete { get; set; }

        public int Junk { get; set; }

        public int Replies { get; set; }

        public long Bytes { get; set; }

        /// <summary>What comes is handed on and not kept.</summary>
        public bool IsStreaming { get; set; }

        public int Outstanding => outstanding.Count;

        /// <summary>In the order of the commands, once all are complete.</summary>
        public IReadOnlyList<ImapStatus> Statuses => statuses;

        public ImapStatus? LastStatus { get; private set; }

        public void Begin(string tag, string command)
        {
            outstanding.Add((tag, command, statuses.Count));
            statuses.Add(new ImapStatus(StatusKind.None, null, string.Empty, string.Empty));
            names.Add(command);
        }

        public bool IsOutstanding(string tag) => outstanding.Exists(o => o.Tag == tag);

        public bool TryComplete(in ImapReply reply)
        {
            for (var i = 0; i < outstanding.Count; i++)
            {
                if (Ascii.Equals(reply.Tag, outstanding[i].Tag))
                {
                    LastStatus = statuses[outstanding[i].Index] = reply.ReadStatus();
                    outstanding.RemoveAt(i);
                    return true;
                }
            }

            return false;
        }

        /// <summary>The index of the first command that is not answered.</summary>
        public int FirstOutstanding => outstanding.Count == 0 ? statuses.Count : outstanding[0].Index;

        /// <summary>For a command that goes on until we end it: the server has ended it.</summary>
        public void ThrowIfComplete()
        {
            if (Outstanding == 0)
            {
                ThrowIfRefused();
                throw new ImapException(ImapFault.Protocol, $"The server ended {names[^1]} at once");
            }
        }

        public void ThrowIfRefused()
        {
            for (var i = 0; i < statuses.Count; i++)
            {
                if (statuses[i].Kind != StatusKind.Ok)
                {
                    throw Refusal(names[i], statuses[i]);
                }
            }
        }
    }

    internal static ImapException Refusal(string command, ImapStatus status)
    {
        var text = ImapException.Clean(status.Text);
        var fault = status.Kind == StatusKind.No ? ImapFault.No

            // QUIRK: Exchange, BAD User is authenticated but not connected: it let us in without a mailbox behind, mostly for a while.
            : text.Contains("authenticated but not connected", StringComparison.OrdinalIgnoreCase) ? ImapFault.AuthenticationTemporary
            : ImapFault.Bad;
        return new ImapException(fault, $"The server refused {command}: {(text.Length > 0 ? text : status.Code ?? fault.ToString())}", status.Code, text);
    }
}
