using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>Small endpoints that stand on what every endpoint stands on.</summary>
public static class SampleRoutes
{
    public static Task<DaemonApp> StartAsync(IReadOnlyDictionary<string, string?>? settings = null) =>
        DaemonApp.StartAsync(AddJson, Map, settings);

    private static void AddJson(WebApplicationBuilder builder) => builder.Services.ConfigureHttpJsonOptions(json =>
        json.SerializerOptions.TypeInfoResolverChain.Add(SampleJson.Default.WithAddedModifier(InitialValues.Keep)));

    private static void Map(WebApplication app)
    {
        app.MapGet("/api/sample/{email}", (Input<SampleRequest> input) => Envelope.Success(input.Value));
        app.MapPost("/api/sample/{email}", (Input<SampleRequest> input) => Envelope.Success(input.Value));
        app.MapPut("/api/sample/{email}", (Input<SampleRequest> input) => Envelope.Created(input.Value));
        app.MapDelete("/api/sample/{email}", (Input<SampleRequest> input) => Envelope.Accepted(input.Value));
        app.MapGet("/api/strict", (Input<StrictRequest> input) => Envelope.Success(input.Value));
        app.MapPost("/api/move", (Input<MoveRequest> input) => Envelope.Success(input.Value));
        app.MapPost("/api/send", (Input<StrictRequest> input) => Envelope.Success(new StrictRequest { Q = input.Value.Q?[..1] }));
        app.MapPost("/api/touch", () => Envelope.Success());
        app.MapGet("/api/fail/{fault}", Fail);
    }

    private static Envelope<Nothing> Fail(string fault) => throw (Enum.TryParse<MailFault>(fault, out var known)
        ? new MailException(known, "stable_word", "What went wrong")
        : new InvalidOperationException("canary-4711 must not leave the daemon"));
}

public sealed record SampleRequest
{
    [Required]
    [FromRoute]
    [Description("The address of the account")]
    public string Email { get; init; } = "";

    [Required]
    public string? Name { get; init; }

    [FromQuery]
    [Range(1, 500)]
    [Description("How many")]
    public int Limit { get; init; } = 50;

    [FromQuery]
    public bool? IsUnread { get; init; }

    [FromQuery]
    public ProviderKind? Provider { get; init; }

    [FromQuery]
    public DateTimeOffset? Since { get; init; }

    [StringLength(10)]
    public string Folder { get; init; } = "inbox";

    [MultilineText, NotCalled("text")]
    public string? Body { get; init; }

    public IReadOnlyList<SamplePart>? Parts { get; init; }
}

public sealed record SamplePart
{
    [Alias("file_name")]
    public required string Filename { get; init; }

    [Range(0, 9)]
    public int Rank { get; init; } = 3;
}

public sealed record StrictRequest
{
    public string? Q { get; init; }
}

public sealed record MoveRequest
{
    [FromQuery]
    [HomeOnly]
    public string? Folder { get; init; }

    [FromBody]
    [HomeOnly]
    [Alias("folder", "to")]
    public string? Target { get; init; }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SampleRequest))]
[JsonSerializable(typeof(StrictRequest))]
[JsonSerializable(typeof(MoveRequest))]
internal sealed partial class SampleJson : JsonSerializerContext;

/// <summary>One app with the sample routes for all tests of a class.</summary>
public sealed class SampleApp : IAsyncLifetime
{
    public DaemonApp App { get; private set; } = null!;

    public async Task InitializeAsync() => App = await SampleRoutes.StartAsync();

    public async Task DisposeAsync() => await App.DisposeAsync();
}
