using System.Runtime.ExceptionServices;
using Google;
using Google.Apis.Gmail.v1;
using Google.Apis.Gmail.v1.Data;
using Google.Apis.Upload;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Mail that goes to Gmail, in parts of half a megabyte (Google's resumable upload). When the answer to a part is lost the runtime asks how
/// much has come, and sends on within the same session, which makes one mail however often its last part is sent.
/// </summary>
internal sealed partial class GmailClient
{
    private const string Mail = "message/rfc822";
    private const int PartBytes = 2 * ResumableUpload.MinimumChunkSize;

    /// <summary>Sends a mail to those that it names; Gmail takes the Bcc field out and files a copy in Sent.</summary>
    /// <param name="mail">From its first byte; can seek.</param>
    /// <param name="threadId">The conversation it belongs to; null when the headers decide.</param>
    /// <param name="handOver">Awaited before the last part goes: until it returns the mail is not accepted.</param>
    /// <exception cref="MailException"><c>send_uncertain</c> when it is not known whether the mail was sent.</exception>
    public Task<Message> SendAsync(GmailLane lane, Stream mail, string? threadId, Func<CancellationToken, Task> handOver, CancellationToken ct) =>
        UploadAsync(lane, mail, handOver, isSending: true, (service, stream) => service.Users.Messages.Send(new Message { ThreadId = threadId }, "me", stream, Mail), ct);

    /// <summary>Sends a draft as it is at Gmail, which deletes it.</summary>
    /// <param name="handOver">Awaited before the request goes.</param>
    /// <exception cref="MailException"><c>send_uncertain</c> when it is not known whether the mail was sent.</exception>
    public async Task<Message> SendDraftAsync(GmailLane lane, string draftId, Func<CancellationToken, Task> handOver, CancellationToken ct)
    {
        var request = Users.Drafts.Send(new Google.Apis.Gmail.v1.Data.Draft { Id = draftId }, "me");
        var call = await BeginAsync(lane, request, ct);
        request.ModifyRequest = call.Attach;
        await handOver(ct);
        using var limit = new TimeLimit(LimitOf(lane), time, ct);
        try
        {
            return await request.ExecuteAsync(limit.Token);
        }
        catch (Exception e) when (FailureOf(e, request, call, ct) is { } failure)
        {
            throw IsCertain(e, call) ? failure : GmailFaults.Uncertain(e as HttpRequestException);
        }
    }

    /// <summary>Puts a mail into the mailbox as it is, without Gmail looking at it.</summary>
    /// <param name="about">Its labels, and its conversation.</param>
    public Task<Message> InsertAsync(GmailLane lane, Stream mail, Message about, CancellationToken ct) =>
        UploadAsync(lane, mail, NothingToDo, isSending: false, (service, stream) => WithDate(service.Users.Messages.Insert(about, "me", stream, Mail)), ct);

    /// <summary>Makes a draft of a mail.</summary>
    public Task<Google.Apis.Gmail.v1.Data.Draft> CreateDraftAsync(GmailLane lane, Stream mail, string? threadId, CancellationToken ct) =>
        UploadAsync(lane, mail, NothingToDo, isSending: false, (service, stream) => service.Users.Drafts.Create(NewDraft(threadId), "me", stream, Mail), ct);

    /// <summary>Puts a mail in the place of a draft, whose message gets another id.</summary>
    public Task<Google.Apis.Gmail.v1.Data.Draft> UpdateDraftAsync(GmailLane lane, string draftId, Stream mail, string? threadId, CancellationToken ct) =>
        UploadAsync(lane, mail, NothingToDo, isSending: false, (service, stream) => service.Users.Drafts.Update(NewDraft(threadId), "me", draftId, stream, Mail), ct);

    private async Task<TResponse> UploadAsync<TBody, TResponse>(
        GmailLane lane,
        Stream mail,
        Func<CancellationToken, Task> handOver,
        bool isSending,
        Func<GmailService, Stream, GmailMediaUpload<TBody, TResponse>> make,
        CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfZero(mail.Length);
        var price = GmailUnits.Of(make(service, mail));
        await quota.SpendAsync(lane, price, ct);
        var call = new GmailCall(lane, price, RetryRule.IfRefused, time.GetUtcNow() + GmailLimits.Upload);
        await using var stream = new HandOverStream(mail, async token =>
        {
            await handOver(token);
            call.MayHaveActed = false; // What was lost of the parts before tells nothing of the last one.
        });
        using var limit = new TimeLimit(GmailLimits.Upload, time, ct);
        using var endless = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var upload = make(http.NewService(call), stream);
        upload.ChunkSize = PartBytes;

        // Where the parts go is looked at before the hand-over.
        upload.UploadSessionData += session => http.RequireOwn(session.UploadUri);

        // A server that takes the same part again and again would be sent it for ever.
        var left = 10 + (2 * mail.Length / PartBytes);
        upload.ProgressChanged += _ =>
        {
            if (--left < 0)
                endless.Cancel();
        };
        var failed = await RunAsync(upload, endless.Token);
        if (failed is null && upload.ResponseBody is { } done)
            return done;
        if (stream.Failure is { } own)
            ExceptionDispatchInfo.Throw(own);
        if (isSending && stream.IsHandedOver && !IsCertain(failed, call) && !ct.IsCancellationRequested)
            throw GmailFaults.Uncertain(failed as HttpRequestException);
        if (failed is OperationCanceledException && ct.IsCancellationRequested)
            ExceptionDispatchInfo.Throw(failed);
        throw (failed is null ? null : FailureOf(failed, upload, call, ct)) ?? GmailFaults.Odd();
    }

    /// <returns>What it failed with; null when it did not.</returns>
    private static async Task<Exception?> RunAsync(ResumableUpload upload, CancellationToken ct)
    {
        try
        {
            var progress = await upload.UploadAsync(ct);
            return progress.Status == UploadStatus.Completed ? null : progress.Exception;
        }
        catch (OperationCanceledException e)
        {
            return e;
        }
    }

    /// <summary>The server surely did not do it: it said no, or was never asked.</summary>
    private static bool IsCertain(Exception? e, GmailCall call) => !call.MayHaveActed && e switch
    {
        GoogleApiException api => (int)api.HttpStatusCode is >= 400 and < 500,
        MailException => true,
        _ => NetworkFaults.WasNeverSent(e),
    };

    private static UsersResource.MessagesResource.InsertMediaUpload WithDate(UsersResource.MessagesResource.InsertMediaUpload upload)
    {
        upload.InternalDateSource = UsersResource.MessagesResource.InsertMediaUpload.InternalDateSourceEnum.DateHeader;
        return upload;
    }

    private static Google.Apis.Gmail.v1.Data.Draft NewDraft(string? threadId) =>
        new() { Message = threadId is null ? null : new Message { ThreadId = threadId } };

    private static Task NothingToDo(CancellationToken ct) => Task.CompletedTask;
}
