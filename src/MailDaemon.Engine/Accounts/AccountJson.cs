using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Accounts;

/// <summary>Parts of an account as they lie in <c>store.db</c>, and the presets.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AccountSettings))]
[JsonSerializable(typeof(ServerAddress))]
[JsonSerializable(typeof(PresetFile))]
internal sealed partial class AccountJson : JsonSerializerContext
{
    /// <summary>Text stays readable: none of it is ever part of a web page.</summary>
    public static AccountJson Readable => Holder.Readable;

    /// <summary>Apart, because the order of static fields over the files of a class is not defined.</summary>
    private static class Holder
    {
        public static readonly AccountJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}
