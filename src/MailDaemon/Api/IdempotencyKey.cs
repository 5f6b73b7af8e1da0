using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace MailDaemon.Api;

/// <summary>
/// The header <c>Idempotency-Key</c>: who repeats a request under the same key, because the first reply was lost, gets that reply and
/// causes nothing again.
/// </summary>
public sealed class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private const int Longest = 255;
    private readonly HttpContext context;

    private IdempotencyKey(HttpContext context, string? value)
    {
        this.context = context;
        Value = value;
    }

    /// <summary>Null when none was given.</summary>
    public string? Value { get; }

    /// <exception cref="MailException">400 <c>invalid_parameter</c>.</exception>
    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(Of(context));

    /// <exception cref="MailException">400 <c>invalid_parameter</c>.</exception>
    internal static IdempotencyKey Of(HttpContext context)
    {
        var values = context.Request.Headers[Header];
        var value = values.Count == 0 ? null : values.ToString();
        if (value is not null && (values.Count > 1 || value.Length is 0 or > Longest || value.AsSpan().ContainsAnyExceptInRange('!', '~')))
            throw MailException.InvalidInput("invalid_parameter", $"{Header} must have 1 to {Longest} visible ASCII characters");
        return new IdempotencyKey(context, value);
    }

    /// <summary>The key together with what tells this request from another under the same key.</summary>
    internal SendOptions With<T>(T request, DateTimeOffset? sendAt = null)
    {
        return Value is null ? new SendOptions(sendAt) : new SendOptions(sendAt, Value, Hash(request, typeof(T)));
    }

    /// <summary>What tells this request from another under the same key.</summary>
    internal byte[] Hash(IInput? input) => Hash(input?.Request, input?.Request.GetType());

    private byte[] Hash(object? request, Type? type)
    {
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(context.Request.Path.Value ?? "", ApiJson.Default.String));
        if (request is not null)
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, json.GetTypeInfo(type!)));
        return hash.GetHashAndReset();
    }
}
