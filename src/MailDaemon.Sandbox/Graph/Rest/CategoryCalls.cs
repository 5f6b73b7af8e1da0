using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Graph.Mailboxes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>The master list of categories.</summary>
internal sealed class CategoryCalls(GraphContext context)
{
    private readonly GraphPages pages = new(context.Faults);

    public GraphReply List(GraphCall call) => GraphReply.Ok(pages.Page(call, call.Mailbox.Categories, "skip", "users('me')/outlook/masterCategories", Write));

    public static GraphReply Get(GraphCall call) => GraphReply.Ok(Write(call.Mailbox.Category(IdOf(call))));

    public static GraphReply Create(GraphCall call)
    {
        var json = call.Json();
        return GraphReply.Created(Write(call.Mailbox.CreateCategory(json.Text("displayName") ?? "", json.Text("color") ?? "none")));
    }

    /// <summary>The colour only: a category cannot be renamed (Graph, "Update outlookCategory").</summary>
    public static GraphReply Update(GraphCall call)
    {
        var json = call.Json();
        return json.Has("displayName")
            ? throw new GraphException(400, "ErrorInvalidPropertySet", "The property 'DisplayName' cannot be changed.")
            : GraphReply.Ok(Write(call.Mailbox.RecolorCategory(IdOf(call), json.Text("color") ?? "none")));
    }

    public static GraphReply Delete(GraphCall call)
    {
        call.Mailbox.DeleteCategory(IdOf(call));
        return GraphReply.NoContent();
    }

    private static string IdOf(GraphCall call) => call.PathValues["outlookCategory-id"];

    private static JsonObject Write(GraphCategory category) => new() { ["id"] = category.Id, ["displayName"] = category.DisplayName, ["color"] = category.Color };
}
