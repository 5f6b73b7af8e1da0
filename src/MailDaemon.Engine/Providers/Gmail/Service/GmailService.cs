using Google.Apis.Services;

namespace Google.Apis.Gmail.v1;

/// <summary>
/// Gmail's REST API on Google's runtime, named and shaped as in the package Google.Apis.Gmail.v1, which can take its place: the methods
/// that the daemon uses (discovery document gmail:v1, revision 20260525).
/// </summary>
internal sealed class GmailService : BaseClientService
{
    public const string Version = "v1";

    public GmailService(Initializer initializer)
        : base(initializer) => Users = new UsersResource(this);

    public override IList<string> Features => [];

    public override string Name => "gmail";

    public override string BaseUri => BaseUriOverride ?? "https://gmail.googleapis.com/";

    public override string BasePath => "";

    /// <summary>Below the base address, so that a stand-in answers batches too.</summary>
    public override string BatchUri => BaseUri + BatchPath;

    public override string BatchPath => "batch/gmail/v1";

    public UsersResource Users { get; }
}
