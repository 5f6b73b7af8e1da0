using Google.Apis.Gmail.v1;
using static Google.Apis.Gmail.v1.UsersResource;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// What each method costs in quota units (developers.google.com/workspace/gmail/api/reference/quota). Google has raised reading and
/// trashing to 20 for new projects; those of threads are taken to have risen alike.
/// </summary>
internal static class GmailUnits
{
    /// <summary>Of one message in a list of reads.</summary>
    public const int GetMessage = 20;

    /// <param name="request">A request of <see cref="UsersResource"/>, or one of its uploads.</param>
    public static int Of(object request) => request switch
    {
        GetProfileRequest => 1,
        MessagesResource.ListRequest => 5,
        MessagesResource.GetRequest => GetMessage,
        MessagesResource.AttachmentsResource.GetRequest => 20,
        MessagesResource.SendRequest or MessagesResource.SendMediaUpload => 100,
        MessagesResource.ImportRequest or MessagesResource.ImportMediaUpload => 25,
        MessagesResource.InsertRequest or MessagesResource.InsertMediaUpload => 25,
        MessagesResource.ModifyRequest => 5,
        MessagesResource.BatchModifyRequest => 50,
        MessagesResource.BatchDeleteRequest => 50,
        MessagesResource.TrashRequest => 20,
        MessagesResource.UntrashRequest => 20,
        MessagesResource.DeleteRequest => 20,
        LabelsResource.ListRequest or LabelsResource.GetRequest => 1,
        LabelsResource.CreateRequest or LabelsResource.UpdateRequest or LabelsResource.PatchRequest or LabelsResource.DeleteRequest => 5,
        DraftsResource.ListRequest => 5,
        DraftsResource.GetRequest => 20,
        DraftsResource.CreateRequest or DraftsResource.CreateMediaUpload => 10,
        DraftsResource.UpdateRequest or DraftsResource.UpdateMediaUpload => 15,
        DraftsResource.SendRequest or DraftsResource.SendMediaUpload => 100,
        DraftsResource.DeleteRequest => 10,
        ThreadsResource.ListRequest => 10,
        ThreadsResource.GetRequest => 40,
        ThreadsResource.ModifyRequest => 10,
        ThreadsResource.TrashRequest => 40,
        ThreadsResource.UntrashRequest => 40,
        HistoryResource.ListRequest => 2,
        SettingsResource.SendAsResource.ListRequest or SettingsResource.SendAsResource.GetRequest => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.GetType().Name, "A request without a price"),
    };
}
