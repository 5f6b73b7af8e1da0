using System.Text.Json;
using MailDaemon.Engine.Messages;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Serialization.Json;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Models of the SDK out of JSON.</summary>
internal static class GraphJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = GraphLimits.JsonDepth };

    /// <exception cref="MailException"><c>graph_odd_answer</c>: this is not JSON.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(json, Options);
        }
        catch (JsonException)
        {
            throw GraphFaults.Odd();
        }
    }

    /// <exception cref="MailException"><c>graph_odd_answer</c>: this is no such model.</exception>
    public static T Read<T>(JsonElement json)
        where T : IParsable, new()
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object && new JsonParseNode(json).GetObjectValue(Model<T>.Factory) is { } value ? value : throw GraphFaults.Odd();
        }
        catch (Exception e) when (e is not MailException && GraphFaults.Translate(e) is { } odd)
        {
            throw odd;
        }
    }

    /// <summary>What makes a model, or the derived one that its <c>@odata.type</c> names.</summary>
    public static ParsableFactory<T> FactoryOf<T>()
        where T : IParsable, new() => Model<T>.Factory;

    private static class Model<T>
        where T : IParsable, new()
    {
        public static readonly ParsableFactory<T> Factory =
            typeof(T).GetMethod("CreateFromDiscriminatorValue", [typeof(IParseNode)])?.CreateDelegate<ParsableFactory<T>>() ?? (_ => new T());
    }
}
