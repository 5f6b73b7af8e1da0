using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>JSON as Google writes it: indented unless <c>prettyPrint=false</c>, in UTF-8.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Pretty = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode body, bool isPretty) => body.ToJsonString(isPretty ? Pretty : Plain);
}
