using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Providers;

/// <summary>The live provider of each account. An account that changes its servers or secret is forgotten and opened anew.</summary>
public sealed class MailProviders(ImapConnector imap, TokenSources tokens, OutgoingHttp outgoing, IOptions<GmailOptions> gmail, IOptions<OutlookOptions> outlook, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<AccountKey, Lazy<IMailProvider>> open = new();

    public IMailProvider For(Account account) =>
        open.GetOrAdd(account.Key, _ => new Lazy<IMailProvider>(() => Create(account))).Value;

    /// <summary>Closes an account's connections; the next <see cref="For"/> opens new ones.</summary>
    public async Task ForgetAsync(AccountKey key)
    {
        if (open.TryRemove(key, out var provider) && provider.IsValueCreated)
        {
            await provider.Value.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in open.Keys)
        {
            await ForgetAsync(key);
        }
    }

    private IMailProvider Create(Account account) => account.Key.Provider switch
    {
        ProviderKind.Imap => new ImapProvider(account, imap, time),
        ProviderKind.Gmail => NewGmail(account),
        ProviderKind.Outlook => NewOutlook(account),
        var other => throw MailException.NotAuthorized(other),
    };

    /// <summary>By itself: whoever has no account there does not load Graph's library.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private OutlookProvider NewOutlook(Account account) =>
        new(account, new GraphClient(outlook.Value, tokens.For(account.Key), outgoing.NewHandler(), time), time);

    private GmailProvider NewGmail(Account account)
    {
        var source = tokens.For(account.Key);
        var options = gmail.Value;
        var server = options.FirstPassByImap ? new ServerAddress(options.ImapHost, options.ImapPort, ServerSecurity.Tls) : null;
        return new GmailProvider(
            account, new GmailClient(options, source, outgoing.NewHandler(), time), server is null ? null : new GmailImap(account, server, source, imap), time);
    }
}
