using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>users.labels.</summary>
internal static class LabelCalls
{
    private static readonly string[] MessageVisibilities = ["show", "hide"];
    private static readonly string[] LabelVisibilities = ["labelShow", "labelShowIfUnread", "labelHide"];

    public static JsonObject List(GmailCall call) => new()
    {
        ["labels"] = new JsonArray([.. SystemLabels.All.Select(id => (JsonNode)System(id)), .. call.Mailbox.Labels.Select(Write)]),
    };

    public static JsonObject Get(GmailCall call)
    {
        var json = SystemLabels.Has(call.Id) ? System(call.Id) : Write(Find(call));
        var messages = call.Mailbox.Messages.Where(message => message.LabelIds.Contains(call.Id)).ToList();
        var unread = messages.Where(message => message.LabelIds.Contains(SystemLabels.Unread)).ToList();
        json["messagesTotal"] = messages.Count;
        json["messagesUnread"] = unread.Count;
        json["threadsTotal"] = Threads(messages);
        json["threadsUnread"] = Threads(unread);
        return json;
    }

    public static JsonObject Create(GmailCall call)
    {
        var json = call.Json();
        var settings = Settings.Of(json);
        return Write(settings.Set(call.Mailbox.CreateLabel(json.Text("name") ?? "")));
    }

    public static JsonObject Update(GmailCall call)
    {
        var json = call.Json();
        return Change(call, json, json.Text("name") ?? "", Settings.Of(json));
    }

    /// <summary>What is not said stays.</summary>
    public static JsonObject Patch(GmailCall call)
    {
        var json = call.Json();
        var label = ForChange(call);
        var present = new Settings(label.MessageListVisibility, label.LabelListVisibility, label.Color);
        return Change(call, json, json.Text("name") ?? label.Name, Settings.Of(json, present));
    }

    public static JsonNode? Delete(GmailCall call)
    {
        ForChange(call, "Invalid delete request");
        call.Mailbox.DeleteLabel(call.Id);
        return null;
    }

    private static JsonObject Change(GmailCall call, JsonElement json, string name, Settings settings)
    {
        ForChange(call);
        if (json.Text("id") is { Length: > 0 } id && id != call.Id)
        {
            throw GmailException.InvalidArgument("Label id in body does not match the id in the path");
        }

        return Write(settings.Set(call.Mailbox.RenameLabel(call.Id, name)));
    }

    private static GmailLabel ForChange(GmailCall call, string refusal = "Invalid label") =>
        SystemLabels.Has(call.Id) ? throw GmailException.InvalidArgument(refusal) : Find(call);

    private static GmailLabel Find(GmailCall call) => call.Mailbox.FindLabel(call.Id) ?? throw GmailException.NotFound();

    private static int Threads(List<GmailMessage> messages) => messages.DistinctBy(message => message.ThreadId).Count();

    private static JsonObject System(string id)
    {
        var json = new JsonObject { ["id"] = id, ["name"] = id };
        if (SystemLabels.IsHidden(id))
        {
            json["messageListVisibility"] = "hide";
            json["labelListVisibility"] = "labelHide";
        }

        json["type"] = "system";
        return json;
    }

    private static JsonObject Write(GmailLabel label)
    {
        var json = new JsonObject
        {
            ["id"] = label.Id,
            ["name"] = label.Name,
            ["messageListVisibility"] = label.MessageListVisibility,
            ["labelListVisibility"] = label.LabelListVisibility,
            ["type"] = "user",
        };
        if (label.Color is { } color)
        {
            json["color"] = new JsonObject { ["textColor"] = color.Text, ["backgroundColor"] = color.Background };
        }

        return json;
    }

    private sealed record Settings(string MessageList, string LabelList, GmailColor? Color)
    {
        /// <exception cref="GmailException">A value is none of those that exist.</exception>
        public static Settings Of(JsonElement json, Settings? present = null)
        {
            present ??= new Settings("show", "labelShow", null);
            return new Settings(
                OneOf(json, "messageListVisibility", MessageVisibilities) ?? present.MessageList,
                OneOf(json, "labelListVisibility", LabelVisibilities) ?? present.LabelList,
                json.Object("color") is { } color ? ColorOf(color) : present.Color);
        }

        public GmailLabel Set(GmailLabel label)
        {
            label.MessageListVisibility = MessageList;
            label.LabelListVisibility = LabelList;
            label.Color = Color;
            return label;
        }

        private static string? OneOf(JsonElement json, string name, string[] values) =>
            json.Text(name) is not { } value ? null
            : values.Contains(value, StringComparer.Ordinal) ? value
            : throw GmailException.InvalidArgument($"Invalid value at '{name}' (TYPE_ENUM), \"{value}\"");

        private static GmailColor ColorOf(JsonElement json)
        {
            var (text, background) = (json.Text("textColor") ?? "", json.Text("backgroundColor") ?? "");
            foreach (var color in new[] { text, background })
            {
                if (!GmailPalette.Has(color))
                {
                    throw GmailException.InvalidArgument($"Label color {color} is not on the allowed color palette");
                }
            }

            return new GmailColor(text, background);
        }
    }
}
