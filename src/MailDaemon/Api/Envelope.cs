using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace MailDaemon.Api;

/// <summary>Makes the replies of endpoints.</summary>
public static class Envelope
{
    /// <summary>200.</summary>
    public static Envelope<T> Success<T>(T result) => new(StatusCodes.Status200OK, result);

    /// <summary>200 with some members of its messages only.</summary>
    internal static Envelope<T> Success<T>(T result, FieldSelection? fields) => new(StatusCodes.Status200OK, result) { Fields = fields };

    /// <summary>200 with nothing to tell.</summary>
    public static Envelope<Nothing> Success() => new(StatusCodes.Status200OK, null);

    /// <summary>201: something was made. Say it in the document with <c>[Replies(201)]</c>.</summary>
    public static Envelope<T> Created<T>(T result) => new(StatusCodes.Status201Created, result);

    /// <summary>202: taken on, to be done later. Say it in the document with <c>[Replies(202)]</c>.</summary>
    public static Envelope<T> Accepted<T>(T result) => new(StatusCodes.Status202Accepted, result);

    /// <summary>200; or, when the mail server hears of it later, 202 with <c>"queued":true</c>. Say it in the document with <c>[Replies(200, 202)]</c>.</summary>
    public static Envelope<T> Done<T>(T result, bool isQueued) => isQueued ? new(StatusCodes.Status202Accepted, result) { IsQueued = true } : Success(result);
}

/// <summary>The result of an endpoint that has nothing to tell; always null.</summary>
public sealed record Nothing;

/// <summary>A successful reply: <c>{"code":1,"msg":"Success","result":…}</c>.</summary>
public sealed class Envelope<T> : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult, IValueHttpResult<T>, IEnvelope
{
    internal Envelope(int status, T? result)
    {
        Status = status;
        Result = result;
    }

    public int Status { get; }

    public T? Result { get; }

    /// <summary>The cache shows it, and the mail server hears of it later.</summary>
    internal bool IsQueued { get; init; }

    /// <summary>Null: all members.</summary>
    internal FieldSelection? Fields { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    T? IValueHttpResult<T>.Value => Result;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        int[] statuses = method.GetCustomAttribute<RepliesAttribute>()?.Statuses ?? [StatusCodes.Status200OK];
        foreach (var status in statuses)
        {
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]));
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = ((IEnvelope)this).Write(httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);

        // The whole body is made before the first byte leaves, so that a fault while writing it is still a clean 500.
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Written.Length;
        await response.Body.WriteAsync(body.Written, httpContext.RequestAborted);
    }

    PooledBuffer IEnvelope.Write(JsonSerializerOptions json)
    {
        var body = new PooledBuffer();
        try
        {
            Write(body, json);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private void Write(PooledBuffer body, JsonSerializerOptions json)
    {
        using var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = json.Encoder, SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteNumber("code", 1);
        writer.WriteString("msg", "Success");
        if (IsQueued)
            writer.WriteBoolean("queued", true);
        writer.WritePropertyName("result");
        if (Result is null)
            writer.WriteNullValue();
        else if (Fields is null)
            JsonSerializer.Serialize(writer, Result, (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T)));
        else
            Fields.Write(writer, JsonSerializer.SerializeToElement(Result, (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T))));
        writer.WriteEndObject();
    }
}
