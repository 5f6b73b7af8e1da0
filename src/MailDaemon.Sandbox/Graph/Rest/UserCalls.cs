using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>The user, and ids of messages translated from one kind into another.</summary>
internal static class UserCalls
{
    private const int MaxIds = 1000;
    private static readonly string[] Names = ["id", "displayName", "givenName", "surname", "mail", "userPrincipalName", "preferredLanguage"];

    public static GraphReply Me(GraphCall call)
    {
        var selected = ODataSelect.Parse(call.One("select"), Names, "user");
        var json = new JsonObject { ["@odata.context"] = $"{call.BaseUrl}/$metadata#users/$entity" };
        var words = call.Mailbox.DisplayName.Split(' ', 2);
        (string Name, string? Value)[] values =
        [
            ("id", new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(call.Mailbox.Address.ToUpperInvariant())).AsSpan(0, 16)).ToString()), ("displayName", call.Mailbox.DisplayName),
            ("givenName", words[0]), ("surname", words.ElementAtOrDefault(1)), ("mail", call.Mailbox.Address), ("userPrincipalName", call.Mailbox.Address), ("preferredLanguage", null),
        ];
        foreach (var (name, value) in values.Where(one => selected?.Contains(one.Name) != false))
        {
            json[name] = value;
        }

        return GraphReply.Ok(json);
    }

    /// <summary>restId and restImmutableEntryId; the binary kinds the sandbox has not.</summary>
    public static GraphReply TranslateIds(GraphCall call)
    {
        var json = call.Json();
        var ids = json.Texts("inputIds") ?? [];
        if (ids.Count is 0 or > MaxIds || Kind(json.Text("sourceIdType")) is not { } source || Kind(json.Text("targetIdType")) is not { } target)
        {
            throw GraphException.InvalidRequest("The ids or their types are invalid.");
        }

        return GraphReply.Ok(new JsonObject
        {
            ["@odata.context"] = $"{call.BaseUrl}/$metadata#Collection(microsoft.graph.convertIdResult)",
            ["value"] = new JsonArray([.. ids.Select(id => Translate(call.Mailbox, id, source, target))]),
        });
    }

    private static JsonObject Translate(GraphMailbox mailbox, string id, GraphIdKind source, GraphIdKind target) =>
        mailbox.Ids.Read(id) is { } read && read.Kind == source && mailbox.Find(id) is { } message
            ? new JsonObject { ["sourceId"] = id, ["targetId"] = mailbox.Ids.Write(new GraphId(target, message.Key, target == GraphIdKind.Message ? message.Moves : 0)) }
            : new JsonObject { ["sourceId"] = id, ["errorDetails"] = new JsonObject { ["code"] = "ErrorInvalidIdMalformed", ["message"] = "Id is malformed." } };

    private static GraphIdKind? Kind(string? type) => type?.ToLowerInvariant() switch
    {
        "restid" => GraphIdKind.Message,
        "restimmutableentryid" => GraphIdKind.ImmutableMessage,
        _ => null,
    };
}
