using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// Categories. A message has their names; the account's list (<c>masterCategories</c>) says which there are, and in which colour.
/// </summary>
internal sealed partial class OutlookProvider
{
    private const int MaxCategories = 1_000;

    /// <summary>Messages that are tagged again at a time.</summary>
    private const int RetaggedAtOnce = 100;

    private static readonly TimeSpan LabelInterval = TimeSpan.FromMinutes(10);

    private long? labelsReadAt;

    public async Task<IReadOnlyList<RemoteLabel>?> ReadLabelsAsync(CancellationToken ct) => [.. (await ReadCategoriesAsync(ct)).Select(Of)];

    public async Task<RemoteLabel?> CreateLabelAsync(string name, string color, CancellationToken ct)
    {
        labelsReadAt = null;
        return Of(await client.OneAsync<OutlookCategory>(
            client.Me.Outlook.MasterCategories.ToPostRequestInformation(new OutlookCategory { DisplayName = name, Color = ColorOf(color) }), ct));
    }

    /// <summary>A category cannot get another name: another is made, the messages get it in place of the old one, and that is deleted.</summary>
    public async Task<RemoteLabel?> UpdateLabelAsync(string label, string? name, string? color, CancellationToken ct)
    {
        labelsReadAt = null;
        var listed = await ReadCategoriesAsync(ct);
        var before = Named(listed, label) ?? throw MailException.NotFound("label_not_found", $"Outlook has no category {label}.");
        var wanted = color is null ? before.Color : ColorOf(color);
        if (name is null || name == before.DisplayName)
        {
            return Of(await client.OneAsync<OutlookCategory>(
                client.Me.Outlook.MasterCategories[before.Id].ToPatchRequestInformation(new OutlookCategory { Color = wanted }), ct)) with { Native = label };
        }

        // One of that name is there already when an attempt before this one was cut off.
        var made = Named(listed, name) ?? await client.OneAsync<OutlookCategory>(client.Me.Outlook.MasterCategories.ToPostRequestInformation(new OutlookCategory { DisplayName = name, Color = wanted }), ct);
        if (made.Id == before.Id)
            throw MailException.Conflict("label_exists", $"To Outlook {name} and {label} are the same name. Give the category a third name first.");
        var retagged = await ReplaceCategoryAsync(label, name, ct);
        await DeleteCategoryAsync(before.Id!, ct);
        return Of(made) with { Retagged = retagged };
    }

    /// <returns>False: what is deleted from the list stays on the messages.</returns>
    public async Task<bool> DeleteLabelAsync(string label, CancellationToken ct)
    {
        labelsReadAt = null;
        if (Named(await ReadCategoriesAsync(ct), label) is { } category)
            await DeleteCategoryAsync(category.Id!, ct);
        return false;
    }

    private async Task<IReadOnlyList<RemoteLabel>?> RefreshLabelsAsync(CancellationToken ct)
    {
        if (labelsReadAt is { } at && time.GetElapsedTime(at) < LabelInterval)
            return null;
        try
        {
            return await ReadLabelsAsync(ct);
        }
        catch (MailException e) when (!e.MayPass)
        {
            // Without the permission MailboxSettings.Read the names on messages are all there is.
            labelsReadAt = time.GetTimestamp();
            return null;
        }
    }

    private async Task<List<OutlookCategory>> ReadCategoriesAsync(CancellationToken ct)
    {
        var listed = await client.OneAsync<OutlookCategoryCollectionResponse>(client.Me.Outlook.MasterCategories.ToGetRequestInformation(query => query.QueryParameters.Top = MaxCategories), ct);
        labelsReadAt = time.GetTimestamp();
        return [.. (listed.Value ?? []).Where(category => category is { Id: not null, DisplayName: not null })];
    }

    private static OutlookCategory? Named(List<OutlookCategory> listed, string name) => listed.Find(category => string.Equals(category.DisplayName, name, StringComparison.OrdinalIgnoreCase));

    private async Task DeleteCategoryAsync(string id, CancellationToken ct)
    {
        var answer = (await client.RunAsync<OutlookCategory>([client.Me.Outlook.MasterCategories[id].ToDeleteRequestInformation()], ct))[0];
        if (answer.Failure is { Fault: not MailFault.NotFound } failure)
            throw failure;
    }

    /// <summary>On the server: the cache may not have all messages.</summary>
    private async Task<int> ReplaceCategoryAsync(string old, string name, CancellationToken ct)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var page = await client.OneAsync<MessageCollectionResponse>(
                client.Me.Messages.ToGetRequestInformation(query =>
                {
                    query.QueryParameters.Select = OutlookMessages.State;
                    query.QueryParameters.Filter = OutlookQuery.HasCategory(old);
                    query.QueryParameters.Top = RetaggedAtOnce;
                }),
                ct);
            List<string> ids = [.. (page.Value ?? []).Select(message => message.Id!).Where(done.Add)];
            if (ids.Count == 0)
                return done.Count;
            await RetagAsync(ids, [name], [old], ct);
        }
    }

    private static RemoteLabel Of(OutlookCategory category)
    {
        var preset = category.Color?.ToString().ToLowerInvariant();
        return new RemoteLabel(category.DisplayName!, category.DisplayName!, OutlookPalette.Color(preset)) { Id = category.Id, NativeColor = preset };
    }

    private static CategoryColor ColorOf(string color) => Enum.Parse<CategoryColor>(OutlookPalette.Preset(color), ignoreCase: true);
}
