using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Conversations of every provider. Abstract: each provider has its own account.</summary>
public abstract class ThreadTests(MailAccount account)
{
    private DaemonApp App => account.App;

    [Fact]
    public async Task Conversation_is_listed_and_read_with_its_bodies()
    {
        var list = await App.GetAsync($"/api/{account.Provider}/threads?email={account.Email}&limit=500");
        var thread = list.Result.All("threads").First(t => t.String("subject") == "Request for quotation: LED panels 60x60");
        thread.GetProperty("messageCount").GetInt32().ShouldBeGreaterThanOrEqualTo(5);
        list.Result.GetProperty("total").GetInt32().ShouldBe(list.Result.All("threads").Count);

        var id = thread.String("threadId");
        var read = await App.GetAsync($"/api/threads/{id}?bodyFormat=text&stripQuotes=true");

        read.Status.ShouldBe(200, read.Text);
        read.Result.GetProperty("messageCount").GetInt32().ShouldBe(thread.GetProperty("messageCount").GetInt32());
        var messages = read.Result.All("messages");
        messages.Select(m => m.String("folder")).ShouldContain("sent");
        messages.Select(m => m.String("date")).ShouldBe(messages.Select(m => m.String("date")).Order(StringComparer.Ordinal));
        messages.ShouldAllBe(m => m.GetProperty("body").String("content")!.Length > 0 && m.String("threadId") == id);
    }

    [Fact]
    public async Task Answer_joins_the_conversation_and_another_subject_is_one_of_its_own()
    {
        var first = await account.ReceiveAsync("二十盏灯");
        var answer = await account.ReceiveAsync("Re: 二十盏灯", fields: $"In-Reply-To: {first.String("internetMessageId")}\r\nReferences: {first.String("internetMessageId")}\r\n");
        var other = await account.ReceiveAsync("something else");

        answer.String("threadId").ShouldBe(first.String("threadId"));
        other.String("threadId").ShouldNotBe(first.String("threadId"));
        var read = await App.GetAsync($"/api/threads/{first.String("threadId")}");
        read.Result.All("messages").Select(m => m.Key()).ShouldBe([first.Key(), answer.Key()]);
    }
}
