using System.Runtime.CompilerServices;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// An account at Outlook.com or Microsoft 365, over Microsoft Graph v1.0. A message has an id that it keeps when it is moved, so that the
/// account is one scope, though each folder has a link of its own that tells what changed in it.
/// </summary>
internal sealed partial class OutlookProvider : IMailProvider
{
    private readonly Account account;
    private readonly GraphClient client;
    private readonly OutlookReader reader;
    private readonly OutlookFolders folders;
    private readonly OwnChanges own;
    private readonly TimeProvider time;

    /// <param name="client">The provider disposes it.</param>
    public OutlookProvider(Account account, GraphClient client, TimeProvider time)
    {
        this.account = account;
        this.client = client;
        this.time = time;
        reader = new OutlookReader(client);
        folders = new OutlookFolders(client, () => account.Settings);
        own = new OwnChanges(time);
    }

    public bool FilesSentMail => true;

    public string ScopeOf(string folderPath) => OutlookMessages.Scope;

    public async Task<ServerState> ReadStateAsync(CancellationToken ct)
    {
        var listed = await folders.RefreshAsync(ct);
        return new ServerState([.. listed.Select(folder => folder.Folder)], [new ScopeState(OutlookMessages.Scope, Token: null)]) { Labels = await RefreshLabelsAsync(ct) };
    }

    /// <summary>Its links alone can say.</summary>
    public bool IsCurrent(string cursor, ScopeState scope, int held, bool isCertain) => false;

    public async IAsyncEnumerable<Delta> ReadChangesAsync(IReadOnlyList<ScopeRequest> scopes, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var scope in scopes)
        {
            var pass = new OutlookPass(client, reader, await folders.AllAsync(ct), scope, account.Settings, own, time);
            await foreach (var delta in pass.ReadAsync(ct))
                yield return delta;
        }
    }

    /// <summary>Graph tells changes to a server on the Internet only.</summary>
    public Task<IReadOnlyCollection<string>?> WaitForChangeAsync(IReadOnlyList<string> folders, CancellationToken ct) => Task.FromResult<IReadOnlyCollection<string>?>(null);

    public ValueTask DisposeAsync()
    {
        folders.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
