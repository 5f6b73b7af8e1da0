using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

/// <summary>Searching with filters, with words and without.</summary>
public sealed class MailCacheFilterTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    public static TheoryData<string, string> Filters => new()
    {
        { "unread", "4 3 1" },
        { "attachment", "2" },
        { "inbox", "3 2 1" },
        { "path", "4" },
        { "since", "4 3" },
        { "before", "2 1" },
        { "label", "3 2" },
        { "keys", "1" },
        { "unread in inbox", "3 1" },
        { "nothing", "4 3 2 1" },
    };

    public async Task InitializeAsync()
    {
        await Cache.SaveFoldersAsync([Inbox, Work], _ => true, CancellationToken.None);
        await _fixture.AddAsync(
            Mail(1),
            Mail(2, flags: MessageFlags.Read) with { HasAttachments = true, NativeLabels = ["$Red", "Blue"] },
            Mail(3) with { NativeLabels = ["Blue"] });
        await _fixture.ApplyAsync(Page(Work.Path, "1", Mail(4, folder: Work.Path)));
        while (await Cache.IndexNextAsync(CancellationToken.None))
        {
        }
    }

    public Task DisposeAsync() => _fixture.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Filters))]
    public void Filter_without_words_is_answered_by_the_rows(string filter, string uids) => Found(Query(filter)).ShouldBe(uids);

    [Theory]
    [MemberData(nameof(Filters))]
    public void Filter_beside_words_counts_too(string filter, string uids)
    {
        Found(Query(filter) with { Text = "subject" }).ShouldBe(uids);
        Found(Query(filter) with { Text = "subject", IsByRelevance = true }).Split(' ').Order(StringComparer.Ordinal).ShouldBe(uids.Split(' ').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Filters_alone_find_what_is_not_indexed_yet()
    {
        await _fixture.AddAsync(Mail(9));

        Found(new SearchQuery { IsUnread = true }).ShouldBe("9 4 3 1");
        Found(new SearchQuery { Text = "subject" }).ShouldBe("4 3 2 1");
    }

    [Fact]
    public void Unknown_folder_is_an_error() =>
        Should.Throw<MailException>(() => Cache.Search(new SearchQuery { Text = "subject", Folder = "nowhere" })).Code.ShouldBe("folder_not_found");

    [Fact]
    public async Task Total_is_exact_up_to_a_thousand_and_a_lower_bound_beyond()
    {
        await _fixture.AddAsync([.. Enumerable.Range(101, 1_200).Select(i => Mail(i) with { Subject = i <= 300 ? "rare" : "common" })]);
        while (await Cache.IndexNextAsync(CancellationToken.None))
        {
        }

        var rare = Cache.Search(new SearchQuery { Text = "rare", Offset = 150, Limit = 100 });
        (rare.Messages.Count, rare.Total, rare.IsTotalExact).ShouldBe((50, 200, true));
        var common = Cache.Search(new SearchQuery { Text = "text", Limit = 10 });
        (common.Messages.Count, common.Total, common.IsTotalExact).ShouldBe((10, SearchQuery.MostCounted + 1, false));
        var all = Cache.Search(new SearchQuery { Offset = 1_200, Limit = 100 });
        (all.Messages.Count, all.Total, all.IsTotalExact).ShouldBe((4, 1_204, true));
    }

    [Theory]
    [InlineData("quotation", "subject:Our [quotation] Q-7|text:… the [quotation] you")]
    [InlineData("\"the quotation\"", "text:please find [the quotation] you")]
    [InlineData("报价", "text:asked for. [报价]单已发")]
    [InlineData("QUOTATION valves", "subject:Our [quotation] Q-7|text:the [quotation] you|text:for [valves]")]
    [InlineData("zhang", "from:[Zhang] Wei <[zhang]@acme.example>")]
    [InlineData("tom", "to:[Tom] Lee")]
    [InlineData("pricelist", "attachment:[PriceList].pdf")]
    [InlineData("ABC", "text:model [ＡＢＣ]")]
    public async Task Highlights_say_where(string text, string expected)
    {
        await _fixture.AddAsync(Mail(50) with
        {
            Subject = "Our quotation Q-7",
            From = new EmailAddress("Zhang Wei", "zhang@acme.example"),
            To = [new EmailAddress("Tom Lee", "tom.lee@acme.example")],
            Content = new MessageContent
            {
                Text = $"{string.Concat(Enumerable.Repeat("Words that nobody seeks. ", 40))}\r\nplease find the quotation you\nasked for. 报价单已发。 Prices for valves, model ＡＢＣ.",
                Attachments = [new Attachment { Id = "0", Filename = "PriceList.pdf", MimeType = "application/pdf", Size = 1, IsInline = false }],
            },
        });
        while (await Cache.IndexNextAsync(CancellationToken.None))
        {
        }

        var hit = Cache.Search(new SearchQuery { Text = text }).Messages.ShouldHaveSingleItem();

        var shown = hit.Highlights.Select(h => $"{h.Field}:{Marked(h)}").ToList();
        foreach (var part in expected.Split('|'))
        {
            var (field, words) = (part.Split(':')[0], part.Split(':')[1].Replace("… ", "", StringComparison.Ordinal));
            shown.ShouldContain(line => line.StartsWith(field + ":", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal), string.Join('\n', shown));
        }

        hit.Highlights.ShouldAllBe(h => h.Fragment.Length < 200 && !h.Fragment.Contains('\n', StringComparison.Ordinal));
    }

    private static string Marked(Highlight highlight)
    {
        var marked = highlight.Fragment;
        foreach (var range in highlight.Matches.OrderByDescending(r => r.Start))
            marked = marked.Insert(range.Start + range.Length, "]").Insert(range.Start, "[");
        return marked;
    }

    private SearchQuery Query(string filter) => filter switch
    {
        "unread" => new() { IsUnread = true },
        "attachment" => new() { HasAttachment = true },
        "inbox" => new() { Folder = "inbox" },
        "path" => new() { Folder = Work.Path },
        "since" => new() { Since = Monday.AddMinutes(3) },
        "before" => new() { Before = Monday.AddMinutes(3) },
        "label" => new() { NativeLabel = "Blue" },
        "keys" => new() { Keys = [Cache.Find("INBOX", "1")!.Key] },
        "unread in inbox" => new() { IsUnread = true, Folder = "inbox" },
        _ => new(),
    };

    private string Found(SearchQuery query) => string.Join(' ', Cache.Search(query).Messages.Select(item => item.Uid));
}
