using System.Text.Json;

namespace MailDaemon.Api;

/// <summary>A successful reply of any endpoint.</summary>
internal interface IEnvelope
{
    int Status { get; }

    /// <summary>The body as it is sent; the caller disposes it.</summary>
    PooledBuffer Write(JsonSerializerOptions json);
}
