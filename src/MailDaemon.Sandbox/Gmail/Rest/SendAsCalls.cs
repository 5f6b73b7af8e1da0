using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>users.settings.sendAs, reading only: the own address and the aliases of the options.</summary>
internal sealed class SendAsCalls(MessageWriting writing)
{
    public JsonObject List(GmailCall call) => new() { ["sendAs"] = new JsonArray([.. writing.OwnAddresses(call.Mailbox).Select(address => (JsonNode)Write(call, address))]) };

    public JsonObject Get(GmailCall call)
    {
        var wanted = call.PathValues["sendAsEmail"];
        return Write(call, writing.OwnAddresses(call.Mailbox).FirstOrDefault(address => address.Equals(wanted, StringComparison.OrdinalIgnoreCase)) ?? throw GmailException.NotFound());
    }

    private static JsonObject Write(GmailCall call, string address)
    {
        var isPrimary = address == call.Mailbox.Address;
        var json = new JsonObject { ["sendAsEmail"] = address, ["displayName"] = call.Mailbox.DisplayName, ["replyToAddress"] = "", ["signature"] = "" };
        if (isPrimary)
        {
            json["isPrimary"] = true;
            json["isDefault"] = true;
        }
        else
        {
            json["treatAsAlias"] = true;
            json["verificationStatus"] = "accepted";
        }

        return json;
    }
}
