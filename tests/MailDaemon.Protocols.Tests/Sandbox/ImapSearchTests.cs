using System.Text;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapSearchTests : SandboxTest
{
    /// <summary>Four messages: 1 plain, 2 flagged and Chinese, 3 old and large, 4 with a keyword and a date before its arrival.</summary>
    [Theory]
    [InlineData("ALL", "1 2 3 4")]
    [InlineData("FLAGGED", "2")]
    [InlineData("UNFLAGGED UNSEEN", "1 3 4")]
    [InlineData("KEYWORD todo", "4")]
    [InlineData("UNKEYWORD TODO", "1 2 3")]
    [InlineData("FROM anna", "1 3")]
    [InlineData("FROM \"nordlicht.example\" NOT SUBJECT offer", "3")]
    [InlineData("CHARSET UTF-8 SUBJECT {6+}\r\n询价", "2")]
    [InlineData("CHARSET UTF-8 BODY {6+}\r\n射灯", "2")]
    [InlineData("BODY anna", "")]
    [InlineData("TEXT anna", "1 3")]
    [InlineData("HEADER x-kind \"\"", "3")]
    [InlineData("HEADER X-Kind lar", "3")]
    [InlineData("SINCE 10-Mar-2026", "1 2 4")]
    [InlineData("BEFORE 10-Mar-2026", "3")]
    [InlineData("ON 12-Mar-2026", "2")]
    [InlineData("SENTON 1-Jan-2026", "4")]
    [InlineData("SENTSINCE 2-Jan-2026 SENTBEFORE 1-Jan-2027", "")]
    [InlineData("LARGER 1000", "3")]
    [InlineData("SMALLER 1000", "1 2 4")]
    [InlineData("YOUNGER 86400", "4")]
    [InlineData("OLDER 86400", "1 2 3")]
    [InlineData("OR FLAGGED (KEYWORD todo UNSEEN)", "2 4")]
    [InlineData("NOT (OR FLAGGED KEYWORD todo)", "1 3")]
    [InlineData("2:* UID 1:3", "2 3")]
    [InlineData("UID 4:2", "2 3 4")]
    [InlineData("EMAILID M2", "2")]
    [InlineData("RECENT", "1 2 3 4")]
    [InlineData("OLD", "")]
    public async Task Key_finds_its_messages(string keys, string expected)
    {
        await StartWithFourAsync();
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("SEARCH " + keys)).ShouldBe([$"SEARCH {expected}".TrimEnd(), "OK SEARCH completed"]);
    }

    [Theory]
    [InlineData("RETURN (MIN MAX COUNT) ALL", "MIN 1 MAX 4 COUNT 4")]
    [InlineData("RETURN () FROM anna", "ALL 1,3")]
    [InlineData("RETURN (COUNT) SUBJECT nothing", "COUNT 0")]
    [InlineData("RETURN (ALL) MODSEQ 4", "ALL 3:4 MODSEQ 5")]
    public async Task Short_answer_is_given_when_asked_for(string keys, string expected)
    {
        await StartWithFourAsync();
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        var reply = await client.CommandAsync("UID SEARCH " + keys);

        reply[^2].ShouldBe($"ESEARCH (TAG \"t3\") UID {expected}");
    }

    [Fact]
    public async Task Too_deep_search_is_refused()
    {
        await StartWithFourAsync();
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("SEARCH " + new string('(', 200) + "ALL" + new string(')', 200))).ShouldBe(["BAD The search is too large"]);
        (await client.CommandAsync("SEARCH " + string.Concat(Enumerable.Repeat("NOT ", 200)) + "ALL")).ShouldBe(["BAD The search is too large"]);
    }

    private async Task StartWithFourAsync()
    {
        await StartAsync();
        Append("From: Anna <anna@nordlicht.example>\r\nSubject: Offer\r\n\r\nHello\r\n", "2026-03-11T08:00:00Z");
        Append("From: wang@huaxin.example\r\nSubject: =?UTF-8?B?6K+i5Lu3?=\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/plain; charset=gb18030\r\n\r\nyeS1xg==\r\n", "2026-03-12T08:00:00Z", "\\Flagged");
        Append("From: anna@nordlicht.example\r\nX-Kind: large\r\n\r\n" + new string('x', 900) + "\r\n" + new string('x', 200) + "\r\n", "2026-01-05T08:00:00Z");
        Append("From: bo@c.test\r\nDate: Thu, 1 Jan 2026 23:30:00 -0500\r\n\r\n\r\n", "2026-03-14T08:00:00Z", "todo");
    }

    private void Append(string text, string date, params string[] flags) =>
        Lina.Inbox.Append(Encoding.UTF8.GetBytes(text), flags, DateTimeOffset.Parse(date));
}
