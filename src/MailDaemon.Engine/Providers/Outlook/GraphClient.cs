using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Serialization;

namespace MailDaemon.Engine.Providers.Outlook;

internal sealed class GraphClient : IDisposable
{
    public GraphClient(OutlookOptions options, IAccessTokens tokens, HttpMessageHandler transport, TimeProvider time) => throw new NotSupportedException();
    public UserItemRequestBuilder Me => throw new NotSupportedException();
    public Task<T> RunAsync<T>(Func<UserItemRequestBuilder, CancellationToken, Task<T?>> call, CancellationToken ct) where T : class => throw new NotSupportedException();
    public Task RunAsync(Func<UserItemRequestBuilder, CancellationToken, Task> call, CancellationToken ct) => throw new NotSupportedException();
    public Task<IReadOnlyList<GraphResult<T>>> RunAsync<T>(IReadOnlyList<RequestInformation> requests, CancellationToken ct) where T : IParsable, new() => throw new NotSupportedException();
    public RequestInformation Page(string link) => throw new NotSupportedException();
    public Task<T> ReadPageAsync<T>(string link, CancellationToken ct) where T : IParsable, new() => throw new NotSupportedException();
    public Task CopyMessageAsync(string messageId, Stream destination, CancellationToken ct) => throw new NotSupportedException();
    public Task CopyAttachmentAsync(string messageId, string attachmentId, Stream destination, CancellationToken ct) => throw new NotSupportedException();
    public Task<Message> CreateFromMimeAsync(string? folderId, Stream mime, CancellationToken ct) => throw new NotSupportedException();
    public Task AddAttachmentAsync(string messageId, GraphUpload upload, CancellationToken ct) => throw new NotSupportedException();
    public Task SendDraftAsync(string messageId, Func<CancellationToken, Task> handOver, CancellationToken ct) => throw new NotSupportedException();
    public void Dispose() => throw new NotSupportedException();
}
