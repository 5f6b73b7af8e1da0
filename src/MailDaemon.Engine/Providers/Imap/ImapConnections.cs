using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>A bounded set of connections of one account: borrowed for one piece of work, kept open between.</summary>
internal sealed class ImapConnections(Account account, ImapConnector connector, MailboxNames names, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Servers allow between 4 and 20 connections an account; one more is held by IDLE.</summary>
    public const int Most = 3;

    /// <summary>After this time without use, or when it has something to say, a connection is asked whether it still lives.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim slots = new(Most);
    private readonly ConcurrentStack<(ImapClient Client, long Since)> idle = new();
    private readonly CancellationTokenSource closed = new();

    /// <summary>Set when the account is changed or removed.</summary>
    public CancellationToken Closed => closed.Token;

    public static MailException AccountChanged() => MailException.Conflict("account_changed", "The account was changed or removed meanwhile. Try again.");

    /// <summary>Does a piece of work on a connection of its own. Failures come out as <see cref="MailException"/>.</summary>
    /// <param name="listsFirst">Whether the work lists the folders before it names one.</param>
    public async Task<T> RunAsync<T>(Func<ImapClient, CancellationToken, Task<T>> work, CancellationToken ct, bool listsFirst = false)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, closed.Token);
        try
        {
            await using var lease = await RentAsync(linked.Token, listsFirst);
            return await work(lease.Client, linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw AccountChanged();
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault && !ReferenceEquals(fault, e))
        {
            throw fault;
        }
    }

    public Task RunAsync(Func<ImapClient, CancellationToken, Task> work, CancellationToken ct) =>
        RunAsync(
            async (client, token) =>
            {
                await work(client, token);
                return true;
            },
            ct);

    /// <summary>Borrows a connection until the lease is disposed; a broken one is then closed instead of kept.</summary>
    /// <param name="listsFirst">Whether the borrower lists the folders before it names one.</param>
    public async Task<Lease> RentAsync(CancellationToken ct, bool listsFirst = false)
    {
        await slots.WaitAsync(ct);
        ImapClient? client = null;
        try
        {
            client = await TakeAsync(ct) ?? await connector.OpenImapAsync(account, names, ct);
            if (!listsFirst && !names.AreLearnt)
            {
                await LearnNamesAsync(client, ct);
            }

            return new Lease(this, client);
        }
        catch
        {
            await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
            slots.Release();
            throw;
        }
    }

    /// <summary>After a start the folders are known from before, and how the server spells them is not.</summary>
    public static async Task LearnNamesAsync(ImapClient client, CancellationToken ct)
    {
        try
        {
            await client.ListAsync(new ListRequest(), ct);
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.Bad)
        {
            // What is to be done says by itself whether it can be.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        while (idle.TryPop(out var kept))
        {
            await kept.Client.DisposeAsync();
        }
    }

    /// <summary>One that was kept and still lives; null when there is none.</summary>
    private async Task<ImapClient?> TakeAsync(CancellationToken ct)
    {
        while (idle.TryPop(out var kept))
        {
            if (await IsAliveAsync(kept.Client, kept.Since, ct))
            {
                return kept.Client;
            }
        }

        return null;
    }

    private async Task<bool> IsAliveAsync(ImapClient client, long since, CancellationToken ct)
    {
        if (time.GetElapsedTime(since) < Fresh && client is { IsUsable: true, HasNews: false })
        {
            return true;
        }

        try
        {
            await client.NoopAsync(ct);
            return client.IsUsable;
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is not null)
        {
            await client.DisposeAsync();
            return false;
        }
    }

    private async ValueTask ReturnAsync(ImapClient client)
    {
        if (client.IsUsable && !closed.IsCancellationRequested)
        {
            idle.Push((client, time.GetTimestamp()));
        }
        else
        {
            await client.DisposeAsync();
        }

        slots.Release();
    }

    internal sealed class Lease(ImapConnections owner, ImapClient client) : IAsyncDisposable
    {
        public ImapClient Client { get; } = client;

        public ValueTask DisposeAsync() => owner.ReturnAsync(Client);
    }
}
