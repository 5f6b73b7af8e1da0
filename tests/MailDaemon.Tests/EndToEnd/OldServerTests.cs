using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Servers that lack what modern ones have, and servers that forget who they were.</summary>
public sealed class OldServerTests
{
    [PeerTheory]
    [InlineData("QRESYNC", "VANISHED|QRESYNC")]
    [InlineData("QRESYNC CONDSTORE ENABLE LIST-STATUS", "VANISHED|QRESYNC|CHANGEDSINCE|CONDSTORE")]
    [InlineData("MOVE", "UID MOVE")]
    [InlineData("MOVE UIDPLUS", "UID MOVE|UID EXPUNGE")]
    [InlineData("QRESYNC CONDSTORE ENABLE LIST-STATUS MOVE UIDPLUS ESEARCH LITERAL+ SPECIAL-USE LIST-EXTENDED", "VANISHED|CHANGEDSINCE|UID MOVE|UID EXPUNGE")]
    public async Task Server_without_extensions_is_followed_and_changed_all_the_same(string without, string unwanted)
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions { WithoutCapabilities = without.Split(' '), Transcripts = true });
        await using var app = await DaemonApp.StartAsync(settings: MailApi.Settings(dovecot));
        var api = new MailApi(app.Client, dovecot);
        var (acting, following) = (dovecot.AddUser("acting"), dovecot.AddUser("following"));

        await MailWalks.ActAsync(dovecot, api, acting);
        await MailWalks.FollowAsync(dovecot, api, following);

        var sent = dovecot.Transcript(acting).Sent + dovecot.Transcript(following).Sent;
        foreach (var command in unwanted.Split('|'))
            sent.ShouldNotContain(command, Case.Insensitive);
    }
}
