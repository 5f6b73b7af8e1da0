using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace MailDaemon.Api;

/// <summary>
/// What a caller gave an endpoint: route values, query string and JSON body put together into one request record, checked.
/// A parameter may come by query or by body, wherever it is documented; given twice with different values it is refused.
/// </summary>
/// <typeparam name="T">The endpoint's public nested <c>Request</c>, with init properties and a line in <see cref="ApiJson"/>.</typeparam>
public sealed class Input<T> : IEndpointParameterMetadataProvider, IInput
    where T : class
{
    private Input(T value) => Value = value;

    public T Value { get; }

    object IInput.Request => Value;

    /// <exception cref="Engine.Messages.MailException">400: a parameter is missing, malformed, out of range or contradictory.</exception>
    public static async ValueTask<Input<T>> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var model = context.GetEndpoint()!.Metadata.GetRequiredMetadata<Lazy<InputModel>>().Value;
        using var body = await InputReader.ReadBodyAsync(context.Request, context.RequestAborted);
        var provider = model.IsProviderInPath ? await RouteProvider.BindAsync(context, parameter) : null;
        var value = InputReader.Read(model, context.Request.RouteValues, context.Request.Query, body?.Root, provider);
        return new Input<T>((T)value);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        var json = builder.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var route = builder is RouteEndpointBuilder routed ? routed.RoutePattern.Parameters.Select(p => p.Name) : [];
        var methods = builder.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];
        string[] names = [.. route];
        var handler = parameter.Member as MethodInfo;

        // When it is first called: what all of them take together would be half of the time that the daemon needs to start.
        builder.Metadata.Add(new Lazy<InputModel>(() => InputModel.Of(json.GetTypeInfo(typeof(T)), names, methods, handler)));
    }
}
