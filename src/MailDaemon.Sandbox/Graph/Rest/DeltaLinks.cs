using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Links of delta queries: written, read back, and refused when they are too old.</summary>
internal sealed class DeltaLinks(GraphContext context)
{
    private readonly GraphPages pages = new(context.Faults);

    public DeltaToken Start(GraphCall call, long folderKey) => new(folderKey, call.Mailbox.SyncGeneration, context.Time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>What the call's link stands for; null for a first call.</summary>
    /// <exception cref="GraphException">The link is forgotten, or none of this folder.</exception>
    public DeltaToken? Read(GraphCall call, long folderKey)
    {
        var text = call.One("deltatoken");
        var (fault, isLink) = text is not null ? (context.Faults.DeltaLinkGone, true) : (context.Faults.NextLinkGone, call.One("skiptoken") is not null);
        if (!isLink)
        {
            return null;
        }

        if (fault.TryTake(out var error))
        {
            throw new GraphException(error);
        }

        // "latest" is for directory objects: Outlook does not know it (18).
        if (DeltaToken.Read(text ?? call.One("skiptoken")!) is not { } token || token.FolderKey != folderKey)
        {
            throw new GraphException(400, "BadRequest", "Badly formed token.");
        }

        var isOld = context.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(token.IssuedAt) > context.Options.DeltaLifetime;
        return isOld || token.Generation != call.Mailbox.SyncGeneration ? throw new GraphException(GraphError.SyncStateNotFound) : token;
    }

    /// <summary>Adds the link that leads on, or the one for the next round.</summary>
    public void Add(GraphCall call, JsonObject answer, DeltaToken next, bool isLast)
    {
        var token = (next with { IssuedAt = context.Time.GetUtcNow().ToUnixTimeSeconds() }).Write();
        answer[isLast ? "@odata.deltaLink" : "@odata.nextLink"] = pages.Link(call, $"${(isLast ? "deltatoken" : "skiptoken")}={token}");
    }
}
