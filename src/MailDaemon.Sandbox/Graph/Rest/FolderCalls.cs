using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Folders of mail and their delta query.</summary>
internal sealed class FolderCalls(GraphContext context)
{
    private static readonly string[] Names = ["id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "isHidden", "childFolders"];
    private static readonly HashSet<string> Filterable = new(Names[..^1], StringComparer.Ordinal);

    private readonly GraphPages pages = new(context.Faults);
    private readonly DeltaLinks links = new(context);

    public GraphReply List(GraphCall call) => List(call, call.Mailbox.Folder(WellKnownFolders.Root));

    public GraphReply ListChildren(GraphCall call) => List(call, call.Folder());

    public static GraphReply Get(GraphCall call) => GraphReply.Ok(Entity(call, call.Folder()));

    public static GraphReply Create(GraphCall call) => Create(call, null);

    public static GraphReply CreateChild(GraphCall call) => Create(call, call.Folder().Id);

    public static GraphReply Update(GraphCall call) =>
        GraphReply.Ok(Entity(call, call.Mailbox.RenameFolder(call.Folder().Id, call.Json().Text("displayName") ?? throw GraphException.InvalidRequest("The folder name is missing."))));

    public GraphReply Delete(GraphCall call)
    {
        if (context.Options.KeepsDeletedFolders)
        {
            call.Mailbox.DeleteFolder(call.Folder().Id);
        }
        else
        {
            call.Mailbox.DeleteFolderForGood(call.Folder().Id);
        }

        return GraphReply.NoContent();
    }

    public static GraphReply Move(GraphCall call) => GraphReply.Created(Entity(call, call.Mailbox.MoveFolder(call.Folder().Id, MessageCalls.Destination(call).Id)));

    public static GraphReply Copy(GraphCall call) => GraphReply.Created(Entity(call, call.Mailbox.CopyFolder(call.Folder().Id, MessageCalls.Destination(call).Id)));

    /// <summary>Folders of all levels, hidden ones not (Graph, "mailFolder: delta").</summary>
    public GraphReply Delta(GraphCall call)
    {
        using var gate = call.Mailbox.Gate.EnterScope();
        var selected = Selected(call.One("select"));
        var token = links.Read(call, 0) ?? links.Start(call, 0) with { Select = call.One("select") };
        if (token.Since > 0)
        {
            selected = Selected(token.Select);
        }

        var (changed, removed) = call.Mailbox.FolderChangesAfter(token.Since, context.Options.FolderDeltaTellsCounts);
        JsonNode[] items =
        [
            .. changed.Where(folder => !folder.IsHidden).Select(folder => Write(call, folder, selected, [])),
            .. token.Since == 0 ? [] : removed.Select(key => new JsonObject
            {
                ["id"] = call.Mailbox.Ids.Write(new GraphId(GraphIdKind.Folder, key, 0)),
                ["@removed"] = new JsonObject { ["reason"] = "deleted" },
            }),
        ];
        var (size, start) = (call.MaxPageSize ?? int.MaxValue, token.Told);
        var page = items.Skip(start).Take(size).ToArray();
        var isLast = start + page.Length >= items.Length;
        var answer = new JsonObject { ["@odata.context"] = $"{call.BaseUrl}/$metadata#Collection(mailFolder)", ["value"] = pages.Values(page, item => item.DeepClone()) };
        links.Add(call, answer, isLast ? token with { Since = call.Mailbox.LastChange, Told = 0 } : token with { Told = start + page.Length }, isLast);
        return GraphReply.Ok(answer);
    }

    private GraphReply List(GraphCall call, GraphFolder parent)
    {
        var properties = new ODataProperties<GraphFolder>((folder, name) => Value(call, folder, name), Filterable);
        var (selected, expands) = (Selected(call.One("select")), ODataExpand.Parse(call.One("expand")));
        var (filter, order) = (ODataFilter<GraphFolder>.Parse(call.One("filter"), properties), ODataOrder.Parse(call.One("orderby"), Filterable));
        var showsHidden = call.One("includeHiddenFolders") == "true";
        var folders = call.Mailbox.ChildrenOf(parent).Where(folder => (showsHidden || !folder.IsHidden) && filter?.Matches(folder) != false);
        return GraphReply.Ok(pages.Page<GraphFolder>(call, [.. order?.Apply(folders, properties.Get) ?? folders], "skip", "users('me')/mailFolders", folder => Write(call, folder, selected, expands)));
    }

    private static GraphReply Create(GraphCall call, string? parent)
    {
        var json = call.Json();
        return GraphReply.Created(Entity(call, call.Mailbox.CreateFolder(json.Text("displayName") ?? "", parent, json.Truth("isHidden") ?? false)));
    }

    private static IReadOnlySet<string>? Selected(string? select) => ODataSelect.Parse(select, Names, "mailFolder");

    private static JsonObject Entity(GraphCall call, GraphFolder folder)
    {
        var json = Write(call, folder, Selected(call.One("select")), ODataExpand.Parse(call.One("expand")));
        json.Insert(0, "@odata.context", $"{call.BaseUrl}/$metadata#users('me')/mailFolders/$entity");
        return json;
    }

    private static JsonObject Write(GraphCall call, GraphFolder folder, IReadOnlySet<string>? selected, IReadOnlyList<ODataExpand> expands)
    {
        var json = new JsonObject { ["id"] = folder.Id };
        foreach (var name in selected ?? Filterable)
        {
            if (Filterable.Contains(name) && name != "id")
            {
                json[name] = Value(call, folder, name) switch { string text => text, bool truth => truth, long number => number, _ => null };
            }
        }

        foreach (var expand in expands)
        {
            json[expand.Property] = expand.Property == "childFolders"
                ? new JsonArray([.. call.Mailbox.ChildrenOf(folder).Where(child => !child.IsHidden).Select(child => Write(call, child, Selected(expand.Options.GetValueOrDefault("select")), ODataExpand.Parse(expand.Options.GetValueOrDefault("expand"))))])
                : throw GraphException.BadUri($"Could not find a property named '{expand.Property}' on type 'microsoft.graph.mailFolder'.");
        }

        return json;
    }

    private static object? Value(GraphCall call, GraphFolder folder, string name) => name switch
    {
        "id" => folder.Id,
        "displayName" => folder.DisplayName,
        "parentFolderId" => folder.ParentId,
        "childFolderCount" => (long)call.Mailbox.ChildrenOf(folder).Count(child => !child.IsHidden),
        "unreadItemCount" => (long)call.Mailbox.CountsOf(folder).Unread,
        "totalItemCount" => (long)call.Mailbox.CountsOf(folder).Total,
        "isHidden" => folder.IsHidden,
        _ => null,
    };
}
