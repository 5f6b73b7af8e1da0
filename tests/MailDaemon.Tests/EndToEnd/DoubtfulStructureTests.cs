using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Messages whose broken headers a server reads in a way of its own: the message is shown as people read it.</summary>
[Collection(MailPeers.Collection)]
public sealed class DoubtfulStructureTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    private const string Common = "Date: Mon, 5 Jan 2026 10:00:00 +0800\r\nFrom: Bob <bob@example.test>\r\nTo: Nora <nora@example.test>\r\nSubject: doubtful\r\nMIME-Version: 1.0\r\n";
    private const string Gbk = "\xBA\xCF\xCD\xAC\xC9\xA8\xC3\xE8\xBC\xFE";
    private const string Pdf = "JVBERi0xLjQKJSBkZW1vCg==";

    /// <summary>The message, its text, the name, type and bytes of its attachment, and what a server may tell of its structure.</summary>
    private static readonly Dictionary<string, (string Raw, string Text, string? Filename, string? Type, string? Structure)> mails = new(StringComparer.Ordinal)
    {
        ["raw 8-bit name"] = (WithPart($"application/pdf; name=\"{Gbk}.pdf\"", $"attachment; filename=\"{Gbk}.pdf\""), "see file", "合同扫描件.pdf", "application/pdf",
            Structure("\"APPLICATION\" \"PDF\" (\"NAME\" \"??????????.pdf\")", "(\"ATTACHMENT\" (\"FILENAME\" \"????\"))")),
        ["unquoted blanks"] = (WithPart("application/pdf; name=Offer Kiel 2026.pdf", "attachment; filename=Offer Kiel 2026.pdf"), "see file", "Offer Kiel 2026.pdf", "application/pdf",
            Structure("\"APPLICATION\" \"PDF\" (\"NAME\" \"Offer\")", "(\"ATTACHMENT\" (\"FILENAME\" \"Offer\"))")),
        ["no name told"] = (WithPart("application/vnd.ms-excel; name = list 5.xls", "attachment"), "see file", "list 5.xls", "application/vnd.ms-excel",
            Structure("\"APPLICATION\" \"OCTET-STREAM\" NIL", "(\"ATTACHMENT\" NIL)")),
        ["type without semicolon"] = (Common + "Content-Type: text/html charset=\"gb2312\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>\xBA\xCF\xCD\xAC</p>\r\n", "合同", null, null,
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL \"8BIT\" 14 1 NIL NIL NIL NIL)"),
        ["multipart without boundary"] = (Common + "Content-Type: multipart/mixed\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nThe container leaves on Monday.\r\n--part--\r\n", "The container leaves on Monday.", null, null,
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 90 6 NIL NIL NIL NIL)"),
        ["multipart without semicolon"] = (Common + "Content-Type: multipart/mixed boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nThe container leaves on Monday.\r\n--part--\r\n", "The container leaves on Monday.", null, null,
            "(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL \"7BIT\" 90 NIL NIL NIL NIL)"),
        ["inner multipart without semicolon"] = (Common + "Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: multipart/alternative boundary=\"in\"\r\n\r\n--in\r\nContent-Type: text/plain\r\n\r\nInner words.\r\n--in--\r\n\r\n--out--\r\n", "Inner words.", null, null,
            "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL \"7BIT\" 60 5 NIL NIL NIL NIL) \"MIXED\" (\"BOUNDARY\" \"out\") NIL NIL NIL)"),
    };

    public static TheoryData<string> Mails() => [.. mails.Keys];

    [PeerTheory]
    [MemberData(nameof(Mails))]
    public async Task Message_is_read_through_Dovecot_as_people_read_it(string mail)
    {
        var user = peers.NewUser();
        await peers.Dovecot.DeliverAsync(user, "INBOX", Encoding.Latin1.GetBytes(mails[mail].Raw));
        await daemon.Api.AddAsync(user);

        await ShouldBeReadAsync(daemon.App, mail, (await daemon.Api.SingleAsync(user, "INBOX")).Key);
    }

    [Theory]
    [MemberData(nameof(Mails))]
    public async Task Message_is_read_as_people_read_it_whatever_the_structure_says(string mail)
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        sandbox.User.Inbox.Append(Encoding.Latin1.GetBytes(mails[mail].Raw));
        sandbox.Servers.ImapFaults.Structure.Arm(mails[mail].Structure!);
        await sandbox.SyncAsync();

        await ShouldBeReadAsync(sandbox.App, mail, (await sandbox.FindAsync("doubtful")).GetProperty("key").GetString()!);
    }

    private static async Task ShouldBeReadAsync(DaemonApp app, string mail, string key)
    {
        var (_, text, filename, type, _) = mails[mail];
        var detail = await app.GetAsync($"/api/imap/messages/{key}");
        detail.Status.ShouldBe(200, detail.Text);
        detail.Result.GetProperty("text").GetString()!.Trim().ShouldBe(text, mail);
        var attachments = detail.Result.GetProperty("attachments").EnumerateArray().ToList();
        if (filename is null)
        {
            attachments.ShouldBeEmpty(mail);
            return;
        }

        var attachment = attachments.ShouldHaveSingleItem();
        (attachment.GetProperty("filename").GetString(), attachment.GetProperty("mimeType").GetString()).ShouldBe((filename, type));
        var read = await app.PostAsync("/api/imap/attachment", new { key, attachmentId = attachment.GetProperty("id").GetString() });
        read.Status.ShouldBe(200, read.Text);
        read.Result.GetProperty("data").GetBytesFromBase64().ShouldBe(Convert.FromBase64String(Pdf));
    }

    private static string WithPart(string type, string disposition) => Common
        + "Content-Type: multipart/mixed; boundary=\"sep\"\r\n\r\n--sep\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsee file\r\n"
        + $"--sep\r\nContent-Type: {type}\r\nContent-Disposition: {disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n{Pdf}\r\n--sep--\r\n";

    private static string Structure(string type, string disposition) =>
        $"((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 8 1 NIL NIL NIL NIL)({type} NIL NIL \"BASE64\" 26 NIL {disposition} NIL NIL) \"MIXED\" (\"BOUNDARY\" \"sep\") NIL NIL NIL)";
}
