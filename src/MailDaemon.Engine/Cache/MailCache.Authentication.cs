using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Whose word about senders counts: the account's own server.</summary>
public sealed partial class MailCache
{
    /// <summary>The newest received messages, by which the server is known.</summary>
    private const int LearnedFrom = 200;

    private volatile string? _learnedServer;

    /// <summary>The authserv-id of the account's own server: as it is set, else as received mail shows it; null while neither says.</summary>
    public string? AuthenticationServer => _server() ?? _learnedServer;

    /// <summary>What was kept with messages is to be seen with other eyes: another server was set.</summary>
    internal void ForgetLists() => MarkChanged();

    private void LearnServer()
    {
        var received = Read(reader => reader.Query(
            $"""
            select m.authentication from messages m join folders f on f.id = m.folder_id
            where m.authentication is not null and f.role not in ({(int)FolderRole.Sent}, {(int)FolderRole.Drafts}) and lower(m.from_address) <> ?1
            order by m.id desc limit {LearnedFrom}
            """,
            row => AuthenticationResults.Unpack(row.GetString(0)),
            Account.Email));
        _learnedServer = AuthenticationResults.Learn(received);
    }
}
