using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Labels;

/// <summary>Labels that a server lists, and renames that were cut off.</summary>
public sealed class LabelTakeOverTests : IDisposable
{
    private static readonly AccountKey Account = new(ProviderKind.Outlook, "me@outlook.com");

    private readonly TempDirectory directory = new();
    private readonly SqliteFile file;
    private readonly LabelStore store;

    public LabelTakeOverTests()
    {
        file = SqliteFile.Open(directory.File("store.db"), StoreSchema.Current);
        store = new LabelStore(file);
    }

    public void Dispose()
    {
        file.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Id_and_colour_word_of_the_server_are_kept_and_follow_it()
    {
        await TakeOverAsync(Served("Red", "1", "preset0"));
        var id = store.Served(Account)[0].Id;

        await TakeOverAsync(Served("Red", "2", "preset15"));

        var label = new LabelStore(file).Find(id).ShouldNotBeNull();
        (label.Native, label.NativeId, label.NativeColor).ShouldBe(("Red", "2", "preset15"));
    }

    [Fact]
    public async Task Rename_that_was_cut_off_after_the_new_one_was_made_leaves_one_label()
    {
        var id = await RenamingAsync();

        await TakeOverAsync(Served("Old", "1", "none"), Served("New", "2", "none"));

        (store.All().ShouldHaveSingleItem().Id, store.All()[0].Native, store.All()[0].Renaming).ShouldBe((id, "Old", "New"));
    }

    [Fact]
    public async Task Rename_that_was_cut_off_after_the_old_one_was_deleted_is_the_same_label()
    {
        var id = await RenamingAsync();

        await TakeOverAsync(Served("New", "2", "none"));

        var label = store.All().ShouldHaveSingleItem();
        (label.Id, label.Name, label.Native, label.NativeId, label.Renaming).ShouldBe((id, "New", "New", "2", null));
    }

    [Fact]
    public async Task Rename_of_which_the_server_never_heard_is_forgotten()
    {
        await RenamingAsync();

        await TakeOverAsync(Served("Old", "1", "none"));
        await TakeOverAsync(Served("Old", "1", "none"), Served("New", "2", "none"));

        store.All().Select(label => label.Name).ShouldBe(["Old", "New"]);
    }

    [Fact]
    public async Task Changes_that_wait_mean_the_label_under_its_new_name()
    {
        var changes = new ChangeStore(file, new ManualClock());
        await changes.AddAsync(Change("c_1", Account, new MessageChange { AddLabels = ["old", "x"] }), CancellationToken.None);
        await changes.AddAsync(Change("c_2", new AccountKey(ProviderKind.Outlook, "other@outlook.com"), new MessageChange { RemoveLabels = ["Old"] }), CancellationToken.None);

        await changes.RenameLabelAsync(Account, "Old", "New", CancellationToken.None);

        changes.Find("c_1")!.Change.AddLabels.ShouldBe(["New", "x"]);
        changes.Find("c_1")!.Before[0].Labels.ShouldBe(["New"]);
        changes.Find("c_2")!.Change.RemoveLabels.ShouldBe(["Old"]);
    }

    private static ChangeItem Change(string id, AccountKey account, MessageChange change) => new()
    {
        Id = id,
        Account = account,
        Change = change,
        Before = [new BeforeChange("m_1", MessageFlags.None, ["Old"])],
        IsFailed = false,
        NextAttemptAt = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static Label Served(string name, string id, string color) =>
        new() { Id = "", Type = LabelType.Account, Name = name, Color = "grey", Account = Account, Native = name, NativeId = id, NativeColor = color };

    private Task TakeOverAsync(params Label[] served) => store.TakeOverAsync(Account, served, CancellationToken.None);

    private async Task<string> RenamingAsync()
    {
        await TakeOverAsync(Served("Old", "1", "none"));
        return (await store.UpdateAsync(store.All()[0].Id, label => label with { Renaming = "New" }, CancellationToken.None)).Id;
    }
}
