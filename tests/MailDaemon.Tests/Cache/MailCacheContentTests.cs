using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

public sealed class MailCacheContentTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox, Work], _ => true, CancellationToken.None);

    [Fact]
    public async Task Detail_has_all_that_the_message_says()
    {
        var key = await AddAsync(new MessageContent
        {
            Html = "<p>你好 &amp; welcome</p>",
            Text = "你好 & welcome",
            Cc = [new EmailAddress("Cc", "cc@example.com")],
            Bcc = [new EmailAddress("", "bcc@example.com")],
            ReplyTo = [new EmailAddress("R", "r@example.com")],
            Headers = new MessageHeaders { InReplyTo = "<0@x>", References = ["<a@x>", "<0@x>"], ListId = "<l.x>", AutoSubmitted = "no" },
            Attachments = [new Attachment { Id = "0", Filename = "报价.pdf", MimeType = "application/pdf", Size = 5, IsInline = true, ContentId = "c1" }],
            Defects = ["no date"],
        });

        await _fixture.RestartAsync();
        var detail = Cache.ReadDetail(key)!;

        detail.Body.ShouldBe(new MessageBody("<p>你好 &amp; welcome</p>", "html"));
        detail.Text.ShouldBe("你好 & welcome");
        detail.CcRecipients.ShouldBe([new EmailAddress("Cc", "cc@example.com")]);
        detail.Bcc.ShouldBe([new EmailAddress("", "bcc@example.com")]);
        detail.ReplyTo.ShouldBe([new EmailAddress("R", "r@example.com")]);
        detail.Headers.References.ShouldBe(["<a@x>", "<0@x>"]);
        detail.Headers.InReplyTo.ShouldBe("<0@x>");
        detail.Headers.ListId.ShouldBe("<l.x>");
        detail.Headers.AutoSubmitted.ShouldBe("no");
        detail.Attachments.ShouldHaveSingleItem().ShouldBe(
            new Attachment { Id = "0", Filename = "报价.pdf", MimeType = "application/pdf", Size = 5, IsInline = true, ContentId = "c1" });
        detail.Defects.ShouldBe(["no date"]);
        detail.Subject.ShouldBe("Subject 1");
    }

    [Fact]
    public async Task File_is_readable_json_for_its_owner_only_and_named_by_hash()
    {
        await AddAsync(new MessageContent { Text = "你好 <&>" });

        var file = _fixture.ContentFiles().ShouldHaveSingleItem();

        File.ReadAllText(file).ShouldContain("\"text\":\"你好 <&>\"");
        Path.GetFileName(file).Length.ShouldBe(37);
        Path.GetFileName(file).ShouldStartWith(Path.GetFileName(Path.GetDirectoryName(file)!));
        if (OperatingSystem.IsWindows())
            return;
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(file)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("one byte changed")]
    [InlineData("other content")]
    [InlineData("link")]
    public async Task Damaged_content_reads_as_none_and_is_mended_by_fetching_again(string damage)
    {
        var content = new MessageContent { Text = "the text" };
        var key = await AddAsync(content);
        Damage(_fixture.ContentFiles().Single(), damage);

        Cache.ReadContent(key).ShouldBeNull();
        Cache.ReadDetail(key).ShouldBeNull();
        Cache.Find(key).ShouldNotBeNull();

        (await Cache.SaveContentAsync(key, content, CancellationToken.None)).ShouldBeTrue();
        Cache.ReadDetail(key)!.Text.ShouldBe("the text");
    }

    [Fact]
    public async Task Applying_the_page_again_mends_a_missing_file()
    {
        var key = await AddAsync(new MessageContent { Text = "the text" });
        File.Delete(_fixture.ContentFiles().Single());

        await AddAsync(new MessageContent { Text = "the text" });

        Cache.ReadContent(key)!.Text.ShouldBe("the text");
    }

    [Fact]
    public async Task Equal_contents_share_a_file_until_the_last_is_gone()
    {
        var content = new MessageContent { Text = "same" };
        await _fixture.AddAsync(Mail(1) with { Content = content }, Mail(2) with { Content = content });
        _fixture.ContentFiles().Length.ShouldBe(1);

        await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });
        _fixture.ContentFiles().Length.ShouldBe(1);

        await _fixture.ApplyAsync(Page("INBOX", "3") with { Removed = ["2"] });
        _fixture.ContentFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Changed_content_replaces_the_old()
    {
        var key = await AddAsync(new MessageContent { Text = "old" });

        var applied = await _fixture.AddAsync(Mail(1) with { Content = new MessageContent { Text = "new" } });

        applied.Updated.ShouldBe([key]);
        Cache.ReadContent(key)!.Text.ShouldBe("new");
        Cache.Find(key)!.Snippet.ShouldBe("new");
        _fixture.ContentFiles().Length.ShouldBe(1);
    }

    [Fact]
    public async Task Sweeping_takes_what_no_message_names_and_nothing_else()
    {
        var key = await AddAsync(new MessageContent { Text = "kept" });
        var shard = Path.GetDirectoryName(_fixture.ContentFiles().Single())!;
        File.WriteAllText(Path.Combine(shard, new string('0', 32) + ".json"), "{}");
        File.WriteAllText(Path.Combine(shard, "half.json.abc.tmp"), "{");
        Directory.CreateDirectory(Path.Combine(_fixture.Files.Messages, "zz"));
        var outside = Path.Combine(_fixture.Files.Messages, "zz", "foreign.json");
        File.WriteAllText(outside, "{}");

        var steps = 0;
        while (await Cache.SweepNextAsync(CancellationToken.None))
            steps++;

        steps.ShouldBe(256);
        _fixture.ContentFiles().Length.ShouldBe(2);
        File.Exists(outside).ShouldBeTrue();
        Cache.ReadContent(key)!.Text.ShouldBe("kept");
    }

    [Fact]
    public async Task Folder_of_contents_that_is_a_link_is_refused()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_fixture.Paths.Root, "elsewhere")).FullName;
        for (var shard = 0; shard < 256; shard++)
            Directory.CreateSymbolicLink(Path.Combine(_fixture.Files.Messages, $"{shard:x2}"), elsewhere);

        var failure = await Should.ThrowAsync<MailException>(() => _fixture.AddAsync(Mail(1)));

        failure.Code.ShouldBe("unsafe_path");
        Directory.EnumerateFileSystemEntries(elsewhere).ShouldBeEmpty();
        Cache.Cursor("INBOX").ShouldBeNull();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    private static void Damage(string file, string damage)
    {
        var bytes = File.ReadAllBytes(file);
        File.Delete(file);
        switch (damage)
        {
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            case "truncated":
                File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
                break;
            case "one byte changed":
                bytes[bytes.Length / 2] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "other content":
                File.WriteAllText(file, """{"text":"not ours"}""");
                break;
            case "link":
                File.WriteAllBytes(file + ".target", bytes);
                File.CreateSymbolicLink(file, file + ".target");
                break;
        }
    }

    private async Task<string> AddAsync(MessageContent content)
    {
        await _fixture.AddAsync(Mail(1) with { Content = content });
        return Cache.Find("INBOX", "1")!.Key;
    }
}
