using Google.Apis.Gmail.v1;
using Google.Apis.Requests;
using MailDaemon.Engine.Providers.Http;
using static Google.Apis.Gmail.v1.UsersResource;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Which methods may be sent once more though it is not known what became of the first time.</summary>
internal static class GmailRepeats
{
    /// <param name="request">A request of <see cref="UsersResource"/>, or one of its uploads.</param>
    public static RetryRule Of(object request) => request switch
    {
        // A second mail, draft or label would come of it.
        DraftsResource.SendRequest or DraftsResource.CreateRequest or LabelsResource.CreateRequest => RetryRule.IfRefused,
        MessagesResource.SendRequest or MessagesResource.ImportRequest or MessagesResource.InsertRequest => RetryRule.IfRefused,
        IClientServiceRequest => RetryRule.Always,
        _ => RetryRule.IfRefused,
    };
}
