using System.Security.Cryptography.X509Certificates;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>The client of this repository against the servers, as rich and as poor as servers are.</summary>
public sealed class ImapClientWalkTests : SandboxTest
{
    public static TheoryData<string> Poorer => new(
        "", "QRESYNC", "QRESYNC CONDSTORE ENABLE", "MOVE", "UIDPLUS", "MOVE UIDPLUS", "LITERAL+", "ESEARCH", "LIST-STATUS", "LIST-EXTENDED LIST-STATUS",
        "SPECIAL-USE", "SASL-IR", "AUTH=PLAIN", "AUTH=PLAIN AUTH=LOGIN", "IDLE",
        string.Join(' ', ImapServerOptions.AllCapabilities));

    [Theory]
    [MemberData(nameof(Poorer))]
    public async Task Client_gets_along_without(string capabilities)
    {
        await StartAsync(new ImapServerOptions().Without(capabilities.Split(' ')), seed: true);
        await using var client = await LoggedInAsync(WireSecurity.StartTls);

        var folders = await client.ListAsync(new ListRequest { Status = true }, CancellationToken.None);
        var count = (await client.SelectAsync("项目/报价", new SelectOptions(), CancellationToken.None)).Exists;
        var fetched = await client.FetchAsync(
            UidSet.From(1), new FetchRequest { Flags = true, InternalDate = true, Size = true, Envelope = true, BodyStructure = true }, CancellationToken.None).ToArrayAsync();
        await client.StoreAsync(UidSet.Single(2), FlagAction.Add, ["\\Flagged", "todo"], null, CancellationToken.None);
        var flagged = await client.SearchAsync(SearchQuery.And(SearchQuery.Flagged, SearchQuery.Subject("LED panels")), CancellationToken.None);
        var chinese = await client.SearchAsync(SearchQuery.Body("技术要求见附件"), CancellationToken.None);
        await client.AppendAsync("Drafts", AppendMessage.FromBytes("Subject: 草稿\r\n\r\n"u8.ToArray()) with { Flags = ["\\Draft"] }, CancellationToken.None);
        await client.MoveAsync(UidSet.Parse("1,4"), "Archive", CancellationToken.None);

        folders.Select(f => f.Name).ShouldBe(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash", "项目", "项目/报价"], ignoreOrder: true);
        count.ShouldBe(5u);
        fetched.Select(m => $"{m.Uid} {m.Defect} {m.BodyStructure!.MediaType}").ShouldBe(
            ["1  text/plain", "2  text/plain", "3  multipart/alternative", "4  multipart/mixed", "5  text/plain"]);
        EncodedWord.Decode(fetched[3].Envelope!.Subject!).ShouldBe("询价：轨道射灯 30W 500套");
        flagged.ToString().ShouldBe("2:3");
        chinese.ToString().ShouldBe("4");
        Lina.Find("Drafts")!.Messages.Count.ShouldBe(3);
        Lina.Find("Archive")!.Messages.Count.ShouldBe(8);
        Lina.Find("项目/报价")!.Messages.Count(m => !m.Flags.Contains("\\Deleted")).ShouldBe(3);
    }

    [Fact]
    public async Task Every_message_comes_as_it_is_stored()
    {
        await StartAsync(seed: true);
        await using var client = await LoggedInAsync();
        foreach (var folder in Lina.Folders.Where(f => f.IsSelectable))
        {
            await client.SelectAsync(folder.Path, new SelectOptions(), CancellationToken.None);
            foreach (var message in folder.Messages)
            {
                using var whole = new MemoryStream();
                await client.FetchSectionAsync(message.Uid, "", whole, CancellationToken.None);
                whole.ToArray().ShouldBe(message.Raw.ToArray());
            }
        }
    }

    [Fact]
    public async Task Compressed_and_decoded_parts_arrive_whole()
    {
        await StartAsync(seed: true);
        await using var client = await LoggedInAsync();
        await client.CompressAsync(CancellationToken.None);
        var complaint = Lina.Inbox.Messages.Single(m => MimeParser.Parse(m.Raw).Headers.Subject == "URGENT: flickering drivers in shipment INV-0877");
        var picture = MimeParser.Parse(complaint.Raw).Attachments[0];
        await client.SelectAsync("INBOX", new SelectOptions(), CancellationToken.None);

        using var decoded = new MemoryStream();
        await client.FetchDecodedSectionAsync(complaint.Uid, picture.Section, decoded, CancellationToken.None);
        using var container = new MemoryStream();
        await client.FetchSectionAsync(complaint.Uid, "2", container, CancellationToken.None);

        decoded.ToArray().ShouldBe(picture.DecodeBody());
        container.ToArray().ShouldBe(MimeParser.Parse(complaint.Raw).Root.Children[1].RawBody.ToArray());
        container.Length.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task Each_part_of_a_structure_can_be_fetched_by_its_number()
    {
        await StartAsync(seed: true);
        await using var client = await LoggedInAsync();
        await client.SelectAsync("INBOX", new SelectOptions(), CancellationToken.None);
        var parts = 0;
        await foreach (var message in client.FetchAsync(UidSet.From(1), new FetchRequest { BodyStructure = true }, CancellationToken.None))
        {
            parts += Leaves(message.BodyStructure!).Count();
        }

        var invite = Lina.Inbox.Messages.Single(m => MimeParser.Parse(m.Raw).Headers.Subject == "周一例会：第四季度销售目标");
        using var text = new MemoryStream();
        await client.FetchSectionAsync(invite.Uid, "1", text, CancellationToken.None);

        parts.ShouldBe(49);
        MimeParser.Parse(invite.Raw).Leaves[0].RawBody.ToArray().ShouldBe(text.ToArray());
    }

    [Fact]
    public async Task Changes_of_another_client_are_resynchronised_quickly()
    {
        await StartAsync(seed: true);
        await using var client = await LoggedInAsync();
        await client.EnableAsync(["QRESYNC"], CancellationToken.None);
        var before = await client.SelectAsync("INBOX", new SelectOptions(), CancellationToken.None);
        var known = new QuickResync(before.UidValidity!.Value, before.HighestModSeq!.Value);
        await client.UnselectAsync(CancellationToken.None);

        Lina.Inbox.Expunge([3, 4, 7]);
        Lina.Inbox.ChangeFlags([5], f => f.Add("\\Answered"));
        Put("new");
        client.TakeUpdates();
        var after = await client.SelectAsync("INBOX", new SelectOptions { QuickResync = known }, CancellationToken.None);
        var updates = client.TakeUpdates();

        updates.Vanished.ToString().ShouldBe("3:4,7");
        updates.Flags.Select(f => f.Uid).ShouldBe([5u, 31u]);
        after.Exists.ShouldBe(28u);
    }

    [Fact]
    public async Task Idle_ends_with_the_arrival_of_mail()
    {
        await StartAsync();
        await using var client = await LoggedInAsync();
        await client.SelectAsync("INBOX", new SelectOptions(), CancellationToken.None);

        var idle = client.IdleAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        while (Servers.ImapCounters.CountOf("IDLE") == 0)
        {
            await Task.Yield();
        }

        Put("new");

        (await idle).HasArrivals.ShouldBeTrue();
        client.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task Refusals_keep_the_connection_and_cuts_lose_it()
    {
        await StartAsync(seed: true);
        await using var client = await LoggedInAsync();
        (await Should.ThrowAsync<ImapException>(client.SelectAsync("没有", new SelectOptions(), CancellationToken.None))).ResponseCode.ShouldBe("NONEXISTENT");
        await client.SelectAsync("INBOX", new SelectOptions(), CancellationToken.None);
        Servers.ImapFaults.CutInsideLiteral.Arm(10);

        using var text = new MemoryStream();
        var fault = await Should.ThrowAsync<WireException>(client.FetchSectionAsync(1, "", text, CancellationToken.None));

        fault.Fault.ShouldBe(WireFault.Closed);
        client.IsUsable.ShouldBeFalse();
    }

    [Theory]
    [InlineData(MailDaemon.Sandbox.Net.LoginRefusal.WrongPassword, ImapFault.AuthenticationFailed)]
    [InlineData(MailDaemon.Sandbox.Net.LoginRefusal.Temporary, ImapFault.AuthenticationTemporary)]
    [InlineData(MailDaemon.Sandbox.Net.LoginRefusal.AuthorizationCodeNeeded, ImapFault.AuthenticationFailed)]
    public async Task Refused_login_is_told_apart(MailDaemon.Sandbox.Net.LoginRefusal refusal, ImapFault expected)
    {
        await StartAsync();
        Servers.ImapFaults.RefuseLogin.Arm(refusal);

        (await Should.ThrowAsync<ImapException>(LoggedInAsync())).Fault.ShouldBe(expected);
    }

    private async Task<ImapClient> LoggedInAsync(WireSecurity security = WireSecurity.Tls)
    {
        var options = new WireOptions { TrustedCertificates = [X509Certificate2.CreateFromPem(Servers.CaPem)], IdleTimeout = TimeSpan.FromSeconds(30) };
        var port = security == WireSecurity.Tls ? Servers.ImapPort : Servers.ImapStartTlsPort;
        var client = await ImapClient.ConnectAsync(new WireEndpoint("localhost", port, security), options, null, CancellationToken.None);
        await client.AuthenticateAsync(SaslCredential.ForPassword("lina@sandbox.test", "sandbox"), CancellationToken.None);
        return client;
    }

    private static IEnumerable<BodyPart> Leaves(BodyPart part) => part.IsMultipart ? part.Children.SelectMany(Leaves) : [part];
}
