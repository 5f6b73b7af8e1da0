using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Benchmarks;

/// <summary>
/// The floor: Kestrel over HTTPS with nothing behind it, which writes the objects of a list and of a detail as JSON for each request.
/// <c>kestrel directory</c>: <c>list.json</c> and <c>detail.json</c> in there are replies of the daemon. Says where it listens, and ends
/// with its input.
/// </summary>
internal static class BareKestrel
{
    public static async Task RunAsync(string directory)
    {
        var list = Read(Path.Combine(directory, "list.json"), BareJson.Default.BareReplyBareList);
        var detail = Read(Path.Combine(directory, "detail.json"), BareJson.Default.BareReplyBareDetail);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        using var certificate = Certificate();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var app = builder.Build();
        app.MapGet("/list", () => Results.Json(list, BareJson.Default.BareReplyBareList));
        app.MapGet("/detail", () => Results.Json(detail, BareJson.Default.BareReplyBareDetail));
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    /// <summary>It must write what the daemon wrote, or it would be measured at other work.</summary>
    private static T Read<T>(string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        var text = File.ReadAllText(file);
        var value = JsonSerializer.Deserialize(text, type)!;
        var written = JsonSerializer.Serialize(value, type);
        return JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, JsonDocument.Parse(written).RootElement)
            ? value
            : throw new InvalidOperationException($"another reply than {file}: {written}");
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}

internal sealed record BareReply<T>(int Code, string Msg, T Result);

internal sealed record BareList(IReadOnlyList<BareItem> Messages, int Total, int Offset, int Limit);

internal sealed record BareAddress(string Name, string Address);

internal record BareItem
{
    public required string Id { get; init; }

    public required string Key { get; init; }

    public required string Provider { get; init; }

    public required string Email { get; init; }

    public required string Subject { get; init; }

    public required BareAddress From { get; init; }

    public required IReadOnlyList<BareAddress> To { get; init; }

    public required IReadOnlyList<BareAddress> ToRecipients { get; init; }

    public required string Date { get; init; }

    public required string ReceivedDateTime { get; init; }

    public required string SentDateTime { get; init; }

    public required string Snippet { get; init; }

    public required string BodyPreview { get; init; }

    public required bool IsRead { get; init; }

    public required bool IsStarred { get; init; }

    public required bool HasAttachments { get; init; }

    public required string Folder { get; init; }

    public required string FolderPath { get; init; }

    public required long Uid { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public required string ThreadId { get; init; }

    public required string InternetMessageId { get; init; }

    public required long Size { get; init; }
}

internal sealed record BareDetail : BareItem
{
    public string? Text { get; init; }

    public string? Html { get; init; }

    public required IReadOnlyList<BareAddress> Cc { get; init; }

    public required IReadOnlyList<BareAddress> CcRecipients { get; init; }

    public required IReadOnlyList<BareAddress> Bcc { get; init; }

    public required IReadOnlyList<BareAddress> ReplyTo { get; init; }

    public required JsonElement Headers { get; init; }

    public required JsonElement Attachments { get; init; }

    public required IReadOnlyList<string> Defects { get; init; }

    public required BareBody Body { get; init; }
}

internal sealed record BareBody(string Content, string ContentType);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BareReply<BareList>))]
[JsonSerializable(typeof(BareReply<BareDetail>))]
internal sealed partial class BareJson : JsonSerializerContext;
