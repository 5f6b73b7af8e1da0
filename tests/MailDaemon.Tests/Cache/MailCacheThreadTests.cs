using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

/// <summary>Conversations by what messages name, in whatever order they come.</summary>
public sealed class MailCacheThreadTests
{
    [Theory]
    [InlineData("1; 2>1; 3>1,2; 4", "1 2 3|4")]
    [InlineData("1; 2^1; 3^2; 4^3", "1 2 3 4")]
    [InlineData("3>1,2; 4>1,2,3", "3 4")]
    [InlineData("1; 2>1; 5>3,4; 4>2,3", "1 2 4 5")]
    [InlineData("1; 2; 3>1,2", "1 2 3")]
    [InlineData("1 Offer; 2 Re: Offer", "1 2")]
    [InlineData("1 Offer; 2 Offer", "1|2")]
    [InlineData("1 Offer; 2 Offer; 3 回复：Offer", "1 2 3")]
    [InlineData("1 Offer; 2 AW: RE: offer; 3>9 Re: Offer", "1 2|3")]
    [InlineData("1 Re: Offer; 2 Fwd: Offer", "1 2")]
    [InlineData("1 Re:; 2 Re:", "1|2")]
    [InlineData("1 [list] Offer; 2 Re: [list] Offer (fwd)", "1 2")]
    public async Task Order_of_arrival_does_not_matter(string mail, string conversations)
    {
        var messages = mail.Split(';').Select(Parse).ToList();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var order in Orders(messages))
        {
            await using var fixture = new CacheFixture();
            foreach (var message in order)
                await fixture.AddAsync(message);
            var threads = messages.Select(m => fixture.Cache.Find("INBOX", m.RemoteId)!).GroupBy(item => item.ThreadId).ToList();
            string.Join('|', threads.Select(t => string.Join(' ', t.Select(item => item.Uid).Order())).Order(StringComparer.Ordinal)).ShouldBe(conversations, string.Join(", ", order.Select(m => m.RemoteId)));
            ids.Add(string.Join(' ', threads.Select(t => t.Key).Order(StringComparer.Ordinal)));
        }

        ids.Count.ShouldBe(1, "the ids are the same whatever came first");
    }

    [Fact]
    public async Task Long_conversation_in_any_order_is_one()
    {
        var random = new Random(7);
        var messages = Enumerable.Range(1, 300).Select(i => Parse(i == 1 ? "1" : i % 3 == 0 ? $"{i}^{random.Next(1, i)}" : $"{i}>1,{random.Next(1, i)}")).ToArray();
        random.Shuffle(messages);
        await using var fixture = new CacheFixture();
        foreach (var part in messages.Chunk(7))
            await fixture.AddAsync(part);

        var thread = fixture.Cache.Find("INBOX", "1")!.ThreadId;
        fixture.Cache.Thread(thread).Select(item => item.Uid).ShouldBe(Enumerable.Range(1, 300).Select(i => (long?)i));
    }

    [Fact]
    public async Task Id_given_out_before_two_became_one_still_leads_there()
    {
        await using var fixture = new CacheFixture();
        await fixture.AddAsync(Parse("1"), Parse("2"));
        var before = new[] { "1", "2" }.Select(uid => fixture.Cache.Find("INBOX", uid)!.ThreadId).ToList();

        var applied = await fixture.AddAsync(Parse("3>1,2"));

        applied.Updated.Count.ShouldBe(1, "the one whose conversation has another id now");
        foreach (var id in before)
            fixture.Cache.Thread(id).Count.ShouldBe(3);
        await fixture.RestartAsync();
        fixture.Cache.Thread(before[1]).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Answer_to_a_running_conversation_changes_no_id()
    {
        await using var fixture = new CacheFixture();
        await fixture.AddAsync(Parse("1"));
        var thread = fixture.Cache.Find("INBOX", "1")!.ThreadId;

        for (var i = 2; i < 40; i++)
            (await fixture.AddAsync(Parse(i % 2 == 0 ? $"{i}^{i - 1}" : $"{i}>{i - 2},{i - 1}"))).Updated.ShouldBeEmpty();

        fixture.Cache.Thread(thread).Count.ShouldBe(39);
    }

    [Fact]
    public async Task Providers_own_conversation_is_kept()
    {
        await using var fixture = new CacheFixture();
        await fixture.AddAsync(Parse("1") with { ThreadId = "g1" }, Parse("2>1") with { ThreadId = "g2" });

        fixture.Cache.Find("INBOX", "2")!.ThreadId.ShouldBe("g2");
    }

    [Fact]
    public async Task List_shows_the_newest_first_with_what_is_in_them()
    {
        await using var fixture = new CacheFixture();
        await fixture.Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None);
        await fixture.AddAsync(Parse("1 Offer"), Parse("2 Other") with { Flags = MessageFlags.Read }, Parse("4>1 Re: Offer") with { HasAttachments = true, From = new EmailAddress("Bob", "bob@example.com") });
        await fixture.ApplyAsync(Page("Sent", "1", Parse("3>1 Re: Offer") with { FolderPath = "Sent", Flags = MessageFlags.Read }));

        var page = fixture.Cache.Threads(new ThreadQuery());

        page.Total.ShouldBe(2);
        var offer = page.Threads[0];
        (offer.Subject, offer.MessageCount, offer.UnreadCount, offer.HasAttachments, offer.Date).ShouldBe(("Offer", 3, 2, true, Monday.AddMinutes(4)));
        offer.Participants.Select(p => p.Name).ShouldBe(["Ann", "Bob"]);
        page.Threads[1].Subject.ShouldBe("Other");
        fixture.Cache.Threads(new ThreadQuery { Offset = 1, Limit = 1 }).Threads.Single().Subject.ShouldBe("Other");
        fixture.Cache.Threads(new ThreadQuery { Offset = 2 }).ShouldSatisfyAllConditions(p => p.Threads.ShouldBeEmpty(), p => p.Total.ShouldBe(2));
        fixture.Cache.Threads(new ThreadQuery { Limit = 1 }).Total.ShouldBe(2);
        fixture.Cache.Threads(new ThreadQuery { IsUnread = true }).Threads.Single().Subject.ShouldBe("Offer");
        fixture.Cache.Threads(new ThreadQuery { Folder = "sent" }).Threads.Single().MessageCount.ShouldBe(3);
    }

    [Theory]
    [InlineData("Offer", "offer", false)]
    [InlineData("Re: Offer", "offer", true)]
    [InlineData("RE[2]: Fwd:  Offer ", "offer", true)]
    [InlineData("AW: WG: Angebot", "angebot", true)]
    [InlineData("回复：转发: 报价", "报价", true)]
    [InlineData("[Fwd: Offer]", "offer", true)]
    [InlineData("[list] Re: [list] Offer (fwd)", "offer", true)]
    [InlineData("[list]", "[list]", false)]
    [InlineData("Reminder: pay", "reminder: pay", false)]
    [InlineData("Re:", "", true)]
    [InlineData("Ｏｆｆｅｒ", "offer", false)]
    public void Base_subject_is_what_is_left(string subject, string text, bool isReply) => BaseSubject.Of(subject).ShouldBe(new BaseSubject(text, isReply));

    /// <summary><c>3&gt;1,2 Subject</c>: message 3 with references to 1 and 2; <c>3^2</c> with In-Reply-To alone.</summary>
    private static RemoteMessage Parse(string text)
    {
        var parts = text.Trim().Split(' ', 2);
        var marks = parts[0].Split('>', '^');
        var uid = long.Parse(marks[0], System.Globalization.CultureInfo.InvariantCulture);
        var named = marks.Length == 1 ? [] : marks[1].Split(',').Select(id => $"<{id}@example.com>").ToList();
        var headers = parts[0].Contains('^', StringComparison.Ordinal) ? new MessageHeaders { InReplyTo = named[0] } : new MessageHeaders { References = named };
        var mail = Mail(uid) with { Content = new MessageContent { Text = $"Text of {uid}", Headers = headers } };
        return parts.Length == 2 ? mail with { Subject = parts[1] } : mail;
    }

    private static IEnumerable<List<RemoteMessage>> Orders(List<RemoteMessage> messages) => messages.Count == 1
        ? [messages]
        : messages.SelectMany(first => Orders([.. messages.Where(m => m != first)]).Select(rest => (List<RemoteMessage>)[first, .. rest]));
}
