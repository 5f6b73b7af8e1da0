using System.Runtime.CompilerServices;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// An account at Gmail, over its REST API. A message is there once and has labels: six of them are its place (<see cref="GmailLabelIds"/>)
/// and stand for folders, some are flags, all others are labels. One history tells what changes in all of it.
/// </summary>
internal sealed partial class GmailProvider : IMailProvider
{
    private readonly Account account;
    private readonly GmailClient client;
    private readonly GmailBodies bodies;
    private readonly GmailLabelList labels;
    private readonly OwnChanges own;
    private readonly GmailImap? imap;
    private readonly TimeProvider time;

    /// <param name="client">The provider disposes it.</param>
    /// <param name="imap">Null when the first pass is to read over the API, too.</param>
    public GmailProvider(Account account, GmailClient client, GmailImap? imap, TimeProvider time)
    {
        this.account = account;
        this.client = client;
        this.imap = imap;
        this.time = time;
        bodies = new GmailBodies(client);
        labels = new GmailLabelList(client, time);
        own = new OwnChanges(time);
    }

    public bool FilesSentMail => true;

    public string ScopeOf(string folderPath) => GmailMessages.Scope;

    public async Task<ServerState> ReadStateAsync(CancellationToken ct) =>
        new(GmailLabelIds.Places, [new ScopeState(GmailMessages.Scope, Token: null)]) { Labels = await labels.RefreshAsync(GmailLane.Pass, ct) };

    /// <summary>The history alone can say, and it is what a pass reads first.</summary>
    public bool IsCurrent(string cursor, ScopeState scope, int held, bool isCertain) => false;

    public async IAsyncEnumerable<Delta> ReadChangesAsync(IReadOnlyList<ScopeRequest> scopes, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var scope in scopes)
        {
            await using var baseline = imap is null ? null : new GmailImapBaseline(imap, bodies, labels);
            var pass = new GmailPass(client, (IGmailBaseline?)baseline ?? new GmailApiBaseline(bodies), scope, Wants, labels, own, time);
            await foreach (var delta in pass.ReadAsync(ct))
                yield return delta;
        }
    }

    /// <summary>Gmail tells changes to a server on the Internet only.</summary>
    public Task<IReadOnlyCollection<string>?> WaitForChangeAsync(IReadOnlyList<string> folders, CancellationToken ct) => Task.FromResult<IReadOnlyCollection<string>?>(null);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private GmailWants Wants => new(account.Settings, time.GetUtcNow());
}
