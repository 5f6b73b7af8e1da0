using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Rules;

/// <summary>A rule that matched.</summary>
public sealed record MatchedRule(string Id, string Name);

/// <summary>What a webhook gets: the same words as the event.</summary>
internal sealed record RuleHookBody(string Id, string Type, DateTimeOffset At, string Provider, string Email, string Key, MessageItem Message, MatchedRule Rule);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(RuleHookBody))]
internal sealed partial class RuleHookJson : JsonSerializerContext
{
    public static RuleHookJson Readable => Holder.Readable;

    private static class Holder
    {
        public static readonly RuleHookJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}
