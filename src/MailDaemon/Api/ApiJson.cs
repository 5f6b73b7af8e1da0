using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;

namespace MailDaemon.Api;

/// <summary>What the API reads and writes as JSON. Every request and every result type of an endpoint has its line here.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ErrorReply.Body))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(Ping.Response))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    public const int MaxDepth = 64;

    /// <summary>Chinese text stays readable, names are camelCase and exact, a key given twice is a fault.</summary>
    public static void Configure(JsonOptions options)
    {
        var json = options.SerializerOptions;
        json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        json.MaxDepth = MaxDepth;
        json.AllowDuplicateProperties = false;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        json.TypeInfoResolverChain.Clear();
        json.TypeInfoResolverChain.Add(Default.WithAddedModifier(InitialValues.Keep));
    }
}
