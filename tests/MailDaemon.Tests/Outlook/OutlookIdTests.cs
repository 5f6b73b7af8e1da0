using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <summary>Ids of Outlook hold what addresses have another use for.</summary>
public sealed class OutlookIdTests
{
    [Fact]
    public async Task Id_that_is_not_encoded_as_it_should_be_is_found_all_the_same()
    {
        await using var outlook = await OutlookApp.StartAsync();
        var id = (await outlook.ListAsync("inbox")).Select(m => m.GetProperty("id").GetString()!).First(one => one.Contains('+', StringComparison.Ordinal) && one.Contains('/', StringComparison.Ordinal));

        (await outlook.App.GetAsync($"/api/outlook/message?id={Uri.EscapeDataString(id)}&email={outlook.Email}")).Status.ShouldBe(200);
        (await outlook.App.GetAsync($"/api/outlook/message?id={id}&email={outlook.Email}")).Status.ShouldBe(200);
        (await outlook.App.GetAsync($"/api/outlook/messages/{Uri.EscapeDataString(id)}?email={outlook.Email}")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("query=x")]
    [InlineData("pageToken=abc")]
    public async Task Fetch_refuses_what_only_Gmail_has(string parameter)
    {
        await using var outlook = await OutlookApp.StartAsync(isSeeded: false);

        (await outlook.App.PostAsync($"/api/outlook/messages/fetch?email={outlook.Email}&{parameter}")).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task Folder_of_Outlooks_own_stays()
    {
        await using var outlook = await OutlookApp.StartAsync(isSeeded: false);

        (await outlook.App.DeleteAsync($"/api/outlook/folders?email={outlook.Email}&path=Outbox")).ShouldBeRefused(409, "folder_protected");
        (await outlook.App.PutAsync($"/api/outlook/folders?email={outlook.Email}&path=Outbox", new { name = "X" })).ShouldBeRefused(409, "folder_protected");
    }
}
