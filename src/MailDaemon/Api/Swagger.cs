using System.Text.Json.Serialization.Metadata;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MailDaemon.Api;

/// <summary>The OpenAPI document at <c>/openapi.json</c> and the page at <c>/swagger</c> that reads it.</summary>
internal static class Swagger
{
    public const string DocumentPath = "/openapi.json";
    public const string PagePath = "/swagger";

    public static void AddApiDocument(this IServiceCollection services, bool requiresToken) =>
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = _ => true;
            options.CreateSchemaReferenceId = ReferenceId;
            options.AddSchemaTransformer(ShowExampleAsync);
            options.AddOperationTransformer<OperationText>();
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document, requiresToken);
                return Task.CompletedTask;
            });
        });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi(DocumentPath).ExcludeFromDescription();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = PagePath[1..];
            page.DocumentTitle = "MailDaemon";
            page.SwaggerEndpoint(DocumentPath, "MailDaemon");
            page.EnableTryItOutByDefault();
            page.DisplayRequestDuration();
            page.DisplayOperationId();
            page.EnableDeepLinking();
        });
    }

    // Many endpoints have a nested Response; its name in the document carries the endpoint's.
    private static string? ReferenceId(JsonTypeInfo type)
    {
        var id = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        return id is not null && type.Type is { IsNested: true, DeclaringType: { } outer } ? outer.Name + id : id;
    }

    private static void Describe(OpenApiDocument document, bool requiresToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "MailDaemon",
            Version = Ping.Version,
            Description = "Local mail over Gmail, Outlook and IMAP. Every reply has the form {code, msg, result}, or {code: 0, msg, error} when it failed. "
                + "Names of parameters and members are exact, upper and lower case included: one that is not known, at any depth, is refused (400 unknown_parameter), and the refusal names the nearest one. "
                + "null is as left out. What the path says (provider, email, id) may be repeated elsewhere and must be the same there.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        if (requiresToken)
        {
            document.AddComponent("token", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The content of api-token in the data directory",
            });
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
        }
    }

    private static Task ShowExampleAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        // Written by converters of ours, whose form a schema cannot be made of.
        if ((Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type) == typeof(DateTimeOffset))
        {
            schema.Type = context.JsonTypeInfo.Type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }
        else if (context.JsonPropertyInfo is { CustomConverter: LongTextConverter } text)
        {
            schema.Type = text.IsGetNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }

        var attributes = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
        if (attributes.OfType<AliasAttribute>().Any())
            schema.Description = InputModel.DescriptionOf(attributes);
        var shown = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(ExampleAttribute), inherit: true);
        if (shown is [ExampleAttribute example] && Examples.Parse(example.Value, context.JsonPropertyInfo!.PropertyType) is { } value)
            schema.Examples = [value];
        return Task.CompletedTask;
    }
}
