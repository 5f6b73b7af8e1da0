using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapFoldersTests
{
    [Theory]
    [InlineData("\\Sent", "sent")]
    [InlineData("\\Drafts", "drafts")]
    [InlineData("\\Trash", "trash")]
    [InlineData("\\Junk", "spam")]
    [InlineData("\\Archive", "archive")]
    [InlineData("\\All", "archive")]
    [InlineData("\\sent", "sent")]
    [InlineData("\\Spam", "spam")] // XLIST
    [InlineData("\\AllMail", "archive")] // XLIST
    [InlineData("\\Flagged", "other")]
    [InlineData("\\HasNoChildren", "other")]
    public void Special_use_says_the_role_whatever_the_name(string attribute, string role)
    {
        Roles(Listing("Whatever", attribute)).ShouldBe([$"Whatever={role}"]);
    }

    [Theory]
    [InlineData("Sent Messages", "sent")] // QQ, Apple
    [InlineData("Deleted Messages", "trash")]
    [InlineData("Deleted Items", "trash")]
    [InlineData("sent items", "sent")]
    [InlineData("Junk E-mail", "spam")]
    [InlineData("已发送", "sent")] // 163
    [InlineData("草稿箱", "drafts")]
    [InlineData("已删除", "trash")]
    [InlineData("垃圾邮件", "spam")]
    [InlineData("归档", "archive")]
    [InlineData("Gesendet", "sent")]
    [InlineData("Entwürfe", "drafts")]
    [InlineData("Papierkorb", "trash")]
    [InlineData("Spamverdacht", "spam")]
    [InlineData("Archiv", "archive")]
    [InlineData("INBOX/Sent", "sent")]
    [InlineData("Sentinel", "other")]
    [InlineData("订单", "other")]
    public void Name_says_the_role_where_special_use_is_missing(string name, string role)
    {
        Roles(Listing(name)).ShouldBe([$"{name}={role}"]);
    }

    [Fact]
    public void Inbox_is_the_inbox_and_takes_no_other_role()
    {
        Roles(Listing("INBOX", "\\Archive"), Listing("Archive")).ShouldBe(["INBOX=inbox", "Archive=archive"]);
        Roles(Listing("Posteingang", "\\Inbox")).ShouldBe(["Posteingang=inbox"]);
    }

    [Fact]
    public void Special_use_goes_before_a_name()
    {
        Roles(Listing("Sent"), Listing("Gesendet", "\\Sent")).ShouldBe(["Sent=other", "Gesendet=sent"]);
    }

    [Fact]
    public void Of_several_candidates_the_first_one_takes_the_role()
    {
        Roles(Listing("Trash"), Listing("Deleted Items")).ShouldBe(["Trash=trash", "Deleted Items=other"]);
        Roles(Listing("A", "\\Sent"), Listing("B", "\\Sent")).ShouldBe(["A=sent", "B=other"]);
    }

    [Fact]
    public void Trash_of_a_project_is_not_the_trash()
    {
        Roles(Listing("Projects/Old/Trash"), Listing("INBOX/Trash"), Listing("Trash")).ShouldBe(
            ["Projects/Old/Trash=other", "INBOX/Trash=other", "Trash=trash"]);
        Roles(Listing("Projects/Old/Trash"), Listing("INBOX/Trash")).ShouldBe(["Projects/Old/Trash=other", "INBOX/Trash=trash"]);
    }

    [Fact]
    public void Level_without_messages_has_no_role()
    {
        Roles(Listing("Sent", "\\Noselect"), Listing("Sent/2025"), Listing("Sent Items")).ShouldBe(
            ["Sent=other", "Sent/2025=other", "Sent Items=sent"]);
        Roles(Listing("Trash", "\\NonExistent")).ShouldBe(["Trash=other"]);
    }

    [Fact]
    public void Folder_with_two_uses_takes_one()
    {
        Roles(Listing("Everything", "\\All", "\\Trash")).ShouldBe(["Everything=trash"]);
    }

    [Fact]
    public void Folder_keeps_the_servers_words()
    {
        var folder = ImapFolders.Resolve([Listing("项目/报价", "\\HasNoChildren", "\\Junk")]).Single();

        folder.Path.ShouldBe("项目/报价");
        folder.Name.ShouldBe("报价");
        folder.SpecialUse.ShouldBe("\\Junk");
        folder.Flags.ShouldBe(["\\HasNoChildren", "\\Junk"]);
        folder.IsSelectable.ShouldBeTrue();
        ImapFolders.Resolve([new MailboxListing { Name = "a/b" }]).Single().Name.ShouldBe("a/b");
    }

    private static MailboxListing Listing(string name, params string[] attributes) => new() { Name = name, Delimiter = '/', Attributes = attributes };

    private static string[] Roles(params MailboxListing[] listings) => [.. ImapFolders.Resolve(listings).Select(f => $"{f.Path}={f.Role.Name()}")];
}
