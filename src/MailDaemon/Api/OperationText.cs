using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MailDaemon.Api;

/// <summary>Describes one operation: its name, what <see cref="Input{T}"/> takes, the envelope around its result, its failures.</summary>
internal sealed class OperationText : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var handler = metadata.OfType<MethodInfo>().LastOrDefault();
        var takesProvider = handler?.GetParameters().Any(p => p.ParameterType == typeof(RouteProvider)) == true;
        var mapped = takesProvider ? metadata.OfType<RouteProvider>().LastOrDefault() : null;
        operation.OperationId = NameOf(handler) + mapped?.Kind;
        var hasBody = false;
        if (metadata.OfType<Lazy<InputModel>>().LastOrDefault()?.Value is { } input)
        {
            var schema = await context.GetOrCreateSchemaAsync(input.Type.Type, null, cancellationToken);
            operation.Parameters = [.. input.Fields.Where(f => f.Home != InputHome.Body).Select(f => Parameter(f, schema))];
            var inBody = input.Fields.Where(f => f.Home == InputHome.Body).ToList();
            hasBody = inBody.Count > 0;
            operation.RequestBody = hasBody ? Body(inBody, schema) : null;
        }

        if (takesProvider && mapped is null)
            operation.Parameters = [Provider, .. operation.Parameters ?? []];
        if (handler?.GetParameters().Any(p => p.ParameterType == typeof(IdempotencyKey)) == true)
            operation.Parameters = [.. operation.Parameters ?? [], Idempotency];
        WrapResults(operation, metadata);
        var declared = metadata.OfType<FailsAttribute>().LastOrDefault();
        foreach (var status in Statuses(declared, hasBody))
            operation.Responses![Text(status)] = Failure(status, context.Document!);
    }

    // The provider is read from the path, not from an endpoint's request.
    private static OpenApiParameter Provider => new()
    {
        Name = RouteProvider.Parameter,
        In = ParameterLocation.Path,
        Required = true,
        Description = "gmail, outlook or imap",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. ProviderKinds.All.Select(kind => (JsonNode)JsonValue.Create(kind.Name()))],
        },
        Example = JsonValue.Create("imap"),
    };

    private static OpenApiParameter Idempotency => new()
    {
        Name = IdempotencyKey.Header,
        In = ParameterLocation.Header,
        Description = "A word of your own for this mail: the same request under the same key gets the first reply and sends nothing again",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = JsonValue.Create("quotation-2026-01"),
    };

    private static string? NameOf(MethodInfo? handler) => handler?.DeclaringType is { } type && !type.Name.StartsWith('<')
        ? JsonNamingPolicy.CamelCase.ConvertName(type.Name)
        : null;

    private static OpenApiParameter Parameter(InputField field, OpenApiSchema request)
    {
        var schema = SchemaOf(field, request);
        return new OpenApiParameter
        {
            Name = field.Name,
            In = field.Home == InputHome.Route ? ParameterLocation.Path : ParameterLocation.Query,
            Required = field.Home == InputHome.Route || field.IsRequired,
            Description = field.Description,
            Schema = schema,
            Example = field.Example is null ? Examples.Of(schema, field.Name) : Examples.Parse(field.Example, field.Property.PropertyType),
        };
    }

    private static OpenApiRequestBody Body(List<InputField> fields, OpenApiSchema request)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(f => f.Name, f => SchemaOf(f, request), StringComparer.Ordinal),
            Required = fields.Where(f => f.IsRequired).Select(f => f.Name).ToHashSet(StringComparer.Ordinal),
        };
        return new OpenApiRequestBody
        {
            Required = fields.Exists(f => f.IsRequired),
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [Json] = new() { Schema = schema, Example = Examples.Of(schema, "") },
            },
        };
    }

    private static IOpenApiSchema SchemaOf(InputField field, OpenApiSchema request)
    {
        var schema = request.Properties![field.Name];
        if (schema is OpenApiSchema own)
        {
            own.Description ??= field.Description;
            if (field is { IsRequired: false, IsScalar: true, Initial: not (null or "") })
                own.Default ??= JsonSerializer.SerializeToNode(field.Initial, field.Property.Options.GetTypeInfo(field.Property.PropertyType));
        }

        return schema;
    }

    // An endpoint declares its result; what goes over the wire is the envelope around it.
    private static void WrapResults(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            var isEnveloped = metadata.OfType<IProducesResponseTypeMetadata>()
                .Any(m => m.Type is not null && string.Equals(Text(m.StatusCode), status, StringComparison.Ordinal));
            if (!isEnveloped || response is not OpenApiResponse { Content: { } content } || !content.TryGetValue(Json, out var media))
                continue;

            var example = Examples.Of(media.Schema, "result");
            media.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string>(["code", "msg", "result"], StringComparer.Ordinal),
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["code"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Enum = [JsonValue.Create(1)], Description = "Always 1: done" },
                    ["msg"] = new OpenApiSchema { Type = JsonSchemaType.String },
                    ["result"] = media.Schema!,
                },
            };
            media.Example = new JsonObject { ["code"] = 1, ["msg"] = "Success", ["result"] = example };
        }
    }

    private static IEnumerable<int> Statuses(FailsAttribute? declared, bool hasBody)
    {
        int[] always = hasBody ? [400, 403, 413, 415, 429, 500] : [400, 403, 429, 500];
        int[] common = [401, 404, 409, 502, 503, 504];
        return always.Concat(declared?.Statuses ?? common).Distinct().Order();
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static OpenApiResponseReference Failure(int status, OpenApiDocument document)
    {
        var (description, example) = status switch
        {
            400 => ("A parameter is missing, malformed or contradictory", Examples.Failure("Missing email parameter", "missing_parameter")),
            401 => ("The account is unknown, or its authorization is missing or expired", Examples.Failure("Account not configured", "account_not_configured")),
            403 => ("Refused by the guard", Examples.Failure("This Host is not served", "host_not_allowed")),
            404 => ("There is no such thing", Examples.Failure("There is no such message", "message_not_found")),
            409 => ("The present state does not allow it", Examples.Failure("This account is already there", "account_exists")),
            413 => ("The body is too large", Examples.Failure("The body is larger than this route takes", "too_large")),
            415 => ("The body is not application/json", Examples.Failure("The body must be application/json", "json_only")),
            429 => ("Too many requests at once", Examples.Failure("Too many requests are being worked on", "too_many_requests")),
            500 => ("A fault of the daemon", Examples.Failure("Something failed inside the daemon; its log says what", "internal_error")),
            502 => ("The mail server refused or broke the dialogue", Examples.Failure("The mail server refused: mailbox full", "server_refused")),
            503 => ("The mail server cannot be reached", Examples.Failure("Nothing answers at imap.example.com:993", "server_unreachable")),
            504 => ("The mail server did not answer in time", Examples.Failure("imap.example.com was silent for 60 s", "server_timeout")),
            _ => ("Failed", Examples.Failure("Failed", "failed")),
        };
        document.AddComponent("Failure", FailureSchema());
        document.AddComponent($"Failure{Text(status)}", new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [Json] = new() { Schema = new OpenApiSchemaReference("Failure", document), Example = example },
            },
        });
        return new OpenApiResponseReference($"Failure{Text(status)}", document);
    }

    private static OpenApiSchema FailureSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(["code", "msg", "error"], StringComparer.Ordinal),
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Enum = [JsonValue.Create(0)], Description = "Always 0: not done" },
            ["msg"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What went wrong, and what to do" },
            ["error"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A stable word for programs" },
            ["details"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Field to what is wrong with it",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        },
    };
}
